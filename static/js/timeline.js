// Owns the timeline's comforts: it picks entries out, steps from one to the next, and shows on the scale which is
// which. Without it the whole list stands there, and the scale leads to every entry.

const form = document.querySelector(".picks");
const steps = document.querySelector(".steps");
// How many entries before a goal browsers may lay out: those of one and a half tall windows.
const BEFORE = 40;
const KEYS = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "last" };

if (form && steps) {
  const entries = [...document.querySelectorAll(".timeline-list > li")];
  const phases = [...document.querySelectorAll(".phase")];
  const scale = document.querySelector(".scale");
  const marks = new Map();
  for (const mark of document.querySelectorAll(".scale svg a")) {
    marks.set(mark.getAttribute("href").slice(1), mark);
    mark.setAttribute("tabindex", "-1");
  }
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let shown = entries;
  let current = null;
  let steppedAt = -Infinity;
  let remembering = 0;

  // Picking out

  function pick() {
    const theme = form.elements.theme?.value;
    const person = form.elements.people?.value;
    for (const entry of entries) {
      const named = !person || (entry.dataset.people ?? "").split(" ").includes(person);
      entry.hidden = !named || Boolean(theme && entry.dataset.theme !== theme);
      marks.get(entry.id)?.classList.toggle("aside", entry.hidden);
    }
    for (const phase of phases) phase.hidden = !phase.querySelector("li[id]:not([hidden])");
    shown = entries.filter((entry) => !entry.hidden);
    const status = form.querySelector("[role=status]");
    status.textContent = status.dataset.words.replace("{shown}", shown.length).replace("{all}", entries.length);
    form.querySelector("[type=reset]").disabled = !theme && !person;
    be(shown.includes(current) ? current : null);
  }

  function pickAll() {
    for (const select of form.querySelectorAll("select")) select.value = "";
    pick();
  }

  // Addresses

  function named() {
    return document.getElementById(location.hash.slice(1));
  }

  // Whoever follows a link to what is not picked out sees everything again. Returns the entry, if it is one.
  function arrive() {
    const target = named();
    if (target?.closest("[hidden]")) {
      pickAll();
      bring(target);
    }
    if (!entries.includes(target)) return null;
    be(target);
    return target;
  }

  // In a long list what is out of sight has only a supposed height; what lies before a goal gets its true one first.
  function bring(target, behavior = "instant") {
    const after = (entry) => target.compareDocumentPosition(entry) & Node.DOCUMENT_POSITION_FOLLOWING;
    const found = entries.findIndex((entry) => entry.contains(target) || after(entry));
    const end = found < 0 ? entries.length : found;
    for (const entry of entries.slice(Math.max(end - BEFORE, 0), end)) entry.classList.add("laid-out");
    target.scrollIntoView({ behavior });
  }

  // The address no longer names what has just been hidden, or a link to it would lead nowhere.
  function forget() {
    clearTimeout(remembering);
    if (named()?.closest("[hidden]")) history.replaceState(history.state, "", location.pathname);
  }

  // Browsers refuse to note every step of a key that is held down.
  function remember(entry) {
    clearTimeout(remembering);
    remembering = setTimeout(() => history.replaceState(history.state, "", `#${entry.id}`), 300);
  }

  // Stepping

  function be(entry) {
    for (const element of [current, marks.get(current?.id)]) element?.removeAttribute("aria-current");
    for (const element of [entry, marks.get(entry?.id)]) element?.setAttribute("aria-current", "true");
    current = entry;
    const index = shown.indexOf(entry);
    const [number, title] = steps.querySelectorAll(".number, .title");
    const words = number.dataset.words.replace("{number}", index + 1).replace("{shown}", shown.length);
    number.textContent = entry ? words : "";
    title.textContent = entry ? inWords(entry) : "";
    for (const button of steps.querySelectorAll("button")) {
      const end = ["next", "last"].includes(button.dataset.to) ? shown.length - 1 : 0;
      button.setAttribute("aria-disabled", !shown.length || index === end);
    }
    makeTabStop(marks.get(entry?.id) ?? marksShown()[0]);
  }

  function inWords(entry) {
    const date = entry.querySelector(".date").textContent;
    return `${date}: ${entry.querySelector("h3").textContent.replace(date, "").trim()}`;
  }

  // Where to go among those shown. From the current entry, also while it is still scrolling into sight; where the
  // visitor has left it behind, from what is in sight.
  function place(to) {
    if (to === "first") return 0;
    if (to === "last") return shown.length - 1;
    const box = current?.getBoundingClientRect();
    const scrolling = performance.now() - steppedAt < 1000;
    if (box && (scrolling || (box.bottom > 0 && box.top < innerHeight))) {
      return shown.indexOf(current) + (to === "next" ? 1 : -1);
    }
    const ahead = shown.findIndex((entry) => entry.getBoundingClientRect().top > 0);
    const next = ahead < 0 ? shown.length : ahead;
    return to === "next" ? next : next - 1;
  }

  function step(to, { focus = false, repeated = false } = {}) {
    const entry = shown[Math.min(Math.max(place(to), 0), shown.length - 1)];
    if (!entry) return;
    be(entry);
    steppedAt = performance.now();
    const near = ["previous", "next"].includes(to) && !repeated;
    bring(entry, near && !calm.matches ? "smooth" : "instant");
    if (focus) focusOn(entry);
    remember(entry);
  }

  function focusOn(entry) {
    const heading = entry.querySelector("h3");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  // The scale: one stop for the Tab key, from which the arrow keys go on; what a mark stands for is said above it.

  const reading = document.createElement("span");
  reading.className = "reading";
  reading.ariaHidden = "true";
  let tabStop = null;

  function marksShown() {
    return shown.map((entry) => marks.get(entry.id)).filter(Boolean);
  }

  function makeTabStop(mark) {
    tabStop?.setAttribute("tabindex", "-1");
    mark?.setAttribute("tabindex", "0");
    tabStop = mark;
  }

  function stepOnScale(mark, to) {
    const row = marksShown();
    const index = row.indexOf(mark);
    const place = { first: 0, previous: index - 1, next: index + 1, last: row.length - 1 }[to];
    const other = row[Math.min(Math.max(place, 0), row.length - 1)];
    makeTabStop(other);
    other?.focus();
  }

  function read(event) {
    if (event.pointerType === "touch") return;
    const mark = event.target.closest("svg a");
    reading.textContent = mark?.getAttribute("aria-label") ?? "";
    mark?.closest(".strip").querySelector(".strip-head").append(reading);
  }

  // A finger need not hit a mark: the nearest one is meant.
  function nearest(strip, x, y) {
    const distance = (mark) => {
      const box = mark.getBoundingClientRect();
      return Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    };
    const found = [...strip.querySelectorAll("a:not(.aside)")].map((mark) => [distance(mark), mark]);
    return found.sort((one, other) => one[0] - other[0])[0]?.[1];
  }

  // Events

  form.addEventListener("change", () => {
    pick();
    forget();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", pickAll);

  steps.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) step(button.dataset.to);
  });

  addEventListener("keydown", (event) => {
    const to = KEYS[event.key];
    const { target } = event;
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (!to || modified || event.defaultPrevented || target.closest("input, select, textarea, dialog")) return;
    // Elsewhere Home and End lead to the ends of the page.
    if (["first", "last"].includes(to) && !target.closest(".timeline-list, .steps, .scale")) return;
    event.preventDefault();
    const mark = target.closest(".scale svg a");
    if (mark) stepOnScale(mark, to);
    else step(to, { focus: true, repeated: event.repeat });
  });

  scale?.addEventListener("pointerover", read);
  scale?.addEventListener("focusin", read);
  scale?.addEventListener("click", (event) => {
    const strip = event.target.closest("svg");
    if (!strip || event.target.closest("a")) return;
    const mark = nearest(strip, event.clientX, event.clientY);
    if (mark) location.hash = mark.getAttribute("href");
  });

  addEventListener("hashchange", () => {
    const entry = arrive();
    if (named()) bring(named());
    if (entry) focusOn(entry);
  });

  // Whoever comes back finds the browser's memory of what was chosen, and the list accordingly; and the place.
  addEventListener("pageshow", (event) => {
    pick();
    arrive();
    const [visit] = performance.getEntriesByType("navigation");
    if (named() && visit.type === "navigate" && !event.persisted) bring(named());
  });

  for (const phase of phases) phase.classList.add("stepped");
  form.hidden = steps.hidden = false;
  pick();
}
