/* The tools above each field of prose. Marks are typed as a hand would type them, so that undoing works as ever. */
import {pick} from "./picker.js";
import {ask, calmly, everywhere, latest, record} from "./writing.js";

const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const open = (id) => document.getElementById(id).showModal();

/** Put `words` in place of a stretch of the text, and select a stretch of what then stands there. */
function type(text, [start, end], words, [from, to] = [start + words.length, start + words.length]) {
  text.focus();
  text.setSelectionRange(start, end);
  // The browser's own history of changes knows this command; setRangeText is what there is without it.
  if (!document.execCommand(words ? "insertText" : "delete", false, words)) {
    text.setRangeText(words, start, end, "end");
    text.dispatchEvent(new Event("input", {bubbles: true}));
  }
  text.setSelectionRange(from, to);
}

/** Put a mark around what is selected, or take it away. */
function around(text, mark) {
  const {selectionStart: start, selectionEnd: end, value} = text;
  const words = value.slice(start, end);
  const isMarked = value.slice(start - mark.length, start) === mark && value.slice(end, end + mark.length) === mark
    && (mark.length > 1 || value.slice(start - 2, start) !== "**" || value.slice(start - 3, start) === "***");
  if (isMarked) {
    const from = start - mark.length;
    return type(text, [from, end + mark.length], words, [from, from + words.length]);
  }
  type(text, [start, end], mark + words + mark, [start + mark.length, end + mark.length]);
}

/** Begin each selected line with a mark, or take it away where all of them have it. */
function lines(text, begin, pattern) {
  const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const next = text.value.indexOf("\n", text.selectionEnd);
  const end = next < 0 ? text.value.length : next;
  const found = text.value.slice(start, end).split("\n");
  const isMarked = found.every((line) => pattern.test(line));
  const made = found.map((line, index) => (isMarked ? line.replace(pattern, "") : begin(index) + line)).join("\n");
  type(text, [start, end], made, [start, start + made.length]);
}

async function insert(text, what) {
  const stretch = [text.selectionStart, text.selectionEnd];
  const made = await pick(what, text.lang, text.value.slice(...stretch));
  if (!made) return text.focus();
  const isAfterWord = what === "cite" && /\S$/.test(text.value.slice(0, stretch[1]));
  // A citation stands after what is selected, a link in its place.
  type(text, what === "cite" ? [stretch[1], stretch[1]] : stretch, (isAfterWord ? " " : "") + made);
}

async function mend(text) {
  const answer = await ask("mend", {words: text.value, language: text.lang});
  if (!answer) return;
  const dialog = document.getElementById("mend");
  document.getElementById("mend-changes").innerHTML = answer.changes;
  for (const [id, isShown] of [["mend-none", !answer.changes], ["mend-some", answer.changes], ["mend-changes", answer.changes]])
    document.getElementById(id).hidden = !isShown;
  dialog.querySelector("[value=apply]").hidden = !answer.changes;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "apply") type(text, [0, text.value.length], answer.words);
    text.focus();
  }, {once: true});
  dialog.showModal();
}

const TOOLS = {
  bold: (text) => around(text, "**"),
  italic: (text) => around(text, "*"),
  heading: (text) => lines(text, () => "### ", /^#{1,6} /),
  list: (text) => lines(text, () => "- ", /^[-*+] /),
  numbers: (text) => lines(text, (index) => `${index + 1}. `, /^\d+[.)] /),
  quotation: (text) => lines(text, () => "> ", /^> ?/),
  cite: (text) => insert(text, "cite"),
  link: (text) => insert(text, "link"),
  mend,
  preview: (text, button, told) => {
    const preview = told.querySelector(".prose-preview");
    preview.hidden = !preview.hidden;
    button.setAttribute("aria-pressed", !preview.hidden);
    told.read();
  },
  marks: () => open("marks"),
};
const KEYS = {b: "bold", i: "italic", k: "link"};

/** One stop for the tab key; arrows, Home and End move among the buttons. */
function roving(bar) {
  const buttons = [...bar.querySelectorAll("button")];
  const moves = {ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity};
  const reach = (chosen) => buttons.forEach((button) => (button.tabIndex = button === chosen ? 0 : -1));
  reach(buttons[0]);
  bar.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const place = buttons.indexOf(document.activeElement) + move;
    const next = Number.isFinite(place) ? (place + buttons.length) % buttons.length : move < 0 ? 0 : buttons.length - 1;
    reach(buttons[next]);
    buttons[next].focus();
  });
  bar.addEventListener("click", (event) => event.target.closest("button") && reach(event.target.closest("button")));
}

/** What is told below a text: its length, what is wrong with it, and how it will be read. */
function telling(text) {
  const told = copy("prose-told");
  const [length, faults, status, preview] = ["prose-length", "prose-faults", "visually-hidden", "prose-preview"]
    .map((name) => told.querySelector(`.${name}`));
  const ready = latest();
  preview.lang = text.lang;
  told.read = async () => {
    const answer = await ready("read", {words: text.value, language: text.lang, field: text.name, record: record()});
    if (!answer) return;
    length.textContent = answer.length;
    const sentences = [...answer.faults, ...answer.long];
    faults.replaceChildren(...sentences.map((words) => Object.assign(document.createElement("li"), {textContent: words})));
    // Said aloud where it is new, and not at each pause.
    if (status.textContent !== sentences.join(" ")) status.textContent = sentences.join(" ");
    preview.innerHTML = answer.html;
    // Several previews stand on one page: each keeps to its own notes.
    for (const element of preview.querySelectorAll("[id]")) element.id = `${text.id}-${element.id}`;
    for (const link of preview.querySelectorAll("a[href]")) {
      const address = link.getAttribute("href");
      if (/^#./.test(address)) link.setAttribute("href", `#${text.id}-${address.slice(1)}`);
      else Object.assign(link, {target: "_blank", rel: "noopener"});
    }
  };
  return told;
}

if (document.getElementById("prose-tools")) everywhere("textarea.prose", (text) => {
  const bar = copy("prose-tools");
  const told = telling(text);
  const use = (tool) => TOOLS[tool](text, bar.querySelector(`[data-tool=${tool}]`), told);
  const label = text.labels[0]?.textContent.trim() || text.getAttribute("aria-label");
  if (label) bar.setAttribute("aria-label", `${bar.getAttribute("aria-label")}: ${label}`);
  const frame = Object.assign(document.createElement("div"), {className: "prose-field"});
  text.replaceWith(frame);
  frame.append(bar, text, told);
  roving(bar);
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) use(button.dataset.tool);
  });
  text.addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "F10") return bar.querySelector("[tabindex='0']").focus();
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const tool = event.shiftKey ? event.key.toLowerCase() === "l" && "cite" : KEYS[event.key.toLowerCase()];
    if (!tool) return;
    event.preventDefault();
    use(tool);
  });
  text.addEventListener("input", calmly(told.read, 700));
  text.addEventListener("focus", told.read, {once: true});
});
