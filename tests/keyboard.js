// Probes that tests/test_keyboard.py puts into a page: what the Tab key stops at, whether that is seen, how large
// targets are.

const SELECTOR = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]";

// A radio button is a stop where it is chosen, or where it is the first of a group without a choice.
const isStop = (element) => {
  if (element.tabIndex < 0 || element.disabled || element.closest("[inert]")) return false;
  if (!element.checkVisibility({ visibilityProperty: true })) return false;
  if (element.type !== "radio") return true;
  const group = [...document.querySelectorAll(`input[name="${element.name}"]`)];
  return element === (group.find((radio) => radio.checked) ?? group[0]);
};
const stops = () => [...document.querySelectorAll(SELECTOR)].filter(isStop);
const name = (element) =>
  `<${element.localName}> ${element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 40)}`;

// What is seen of a control: its label where it is itself unseen, as the radio button of a drawn choice.
const shown = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 2 && box.height > 2 ? element : element.labels?.[0] ?? element;
};
const boxes = (element) => [...element.getClientRects()].filter((box) => box.width && box.height);

// What is drawn may be drawn otherwise instead of having a ring.
const strokes = (element) => [...element.querySelectorAll(":is(rect, circle, line, path)")]
  .map((part) => getComputedStyle(part)).map(({ stroke, strokeWidth }) => `${stroke} ${strokeWidth}`).join();

// Where it is looked for: in the middle and near the edges.
const POINTS = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]];
const faultsOfFocus = () => {
  const element = document.activeElement;
  const seen = shown(element);
  const faults = [];
  const ring = getComputedStyle(seen);
  const hasRing = ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2;
  if (!hasRing && strokes(element) === walked.strokes.get(element)) faults.push("has no ring");
  const points = boxes(seen).flatMap((box) =>
    POINTS.map(([x, y]) => [box.left + x * box.width, box.top + y * box.height]));
  if (!points.some(([x, y]) => seen.contains(document.elementFromPoint(x, y)))) faults.push("is hidden");
  return faults.map((fault) => `${name(element)} ${fault}`);
};

// A walk with the Tab key: after each step, the place in the order of what was expected (-1 for what was not), and
// faults. It ends where the keyboard leaves the page or is at the beginning again.
const startWalk = () => {
  const expected = stops();
  const drawn = new Map(expected.map((element) => [element, strokes(element)]));
  window.walked = { expected, strokes: drawn, steps: [], over: false };
  addEventListener("keyup", () => {
    const place = walked.expected.indexOf(document.activeElement);
    walked.over ||= document.activeElement === document.body || (place === 0 && walked.steps.length > 0);
    if (!walked.over) walked.steps.push([place, faultsOfFocus()]);
  });
  return walked.expected.map(name);
};

// WCAG 2.5.8: 24 by 24; or so far from others that circles of 24 around the small ones touch nothing; or in a line
// of text.
const SIZE = 24;
const smallTargets = () => {
  const targets = stops().filter((stop) => stop.matches("a, button, input, select, textarea, summary"))
    .map((stop) => ({ stop, boxes: boxes(shown(stop)), box: shown(stop).getBoundingClientRect() }));
  const isLarge = ({ boxes }) => boxes.some((box) => box.width >= SIZE && box.height >= SIZE);
  const blockOf = (element) =>
    getComputedStyle(element).display.startsWith("inline") ? blockOf(element.parentElement) : element;
  const inText = ({ stop }) => {
    const block = blockOf(stop);
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      const isText = /[\p{L}\d]/u.test(data) && !parentElement.closest("a, button");
      if (isText && blockOf(parentElement) === block) return true;
    }
    return false;
  };
  const centre = ({ box }) => [box.left + box.width / 2, box.top + box.height / 2];
  const distance = ([x, y], box) =>
    Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  const small = targets.filter((target) => !isLarge(target));
  const crowded = (target) => targets.some((other) => other !== target && (
    other.boxes.some((box) => distance(centre(target), box) < SIZE / 2)
    || small.includes(other) && Math.hypot(...centre(target).map((c, i) => c - centre(other)[i])) < SIZE));
  return small.filter((target) => !inText(target) && crowded(target))
    .map(({ stop, box }) => `${name(stop)} is ${Math.round(box.width)} by ${Math.round(box.height)}`);
};
Object.assign(window, { startWalk, smallTargets });
