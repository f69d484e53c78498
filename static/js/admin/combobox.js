/* A line of text with a list of what it leads to, as the pattern of WAI-ARIA has it: typed, by arrow keys or by pointer. */
import {calmly, latest} from "./writing.js";

/**
 * Make `input` and `list` a combobox.
 * `kinds` are asked for; `choose(result)` is told what was chosen, `say(answer)` what was found.
 */
export function combobox(input, list, {kinds, language, choose, say}) {
  const find = latest();
  let results = [];
  let active = -1;
  let isTaking = false;

  const isOpen = () => input.getAttribute("aria-expanded") === "true";

  function open() {
    list.hidden = false;
    if (list.popover) {
      const box = input.getBoundingClientRect();
      list.showPopover();
      list.style.left = `${Math.min(box.left, innerWidth - list.offsetWidth - 8)}px`;
      list.style.top = box.bottom + list.offsetHeight < innerHeight ? `${box.bottom}px` : `${box.top - list.offsetHeight}px`;
    }
    input.setAttribute("aria-expanded", "true");
  }

  function close() {
    if (list.popover && list.matches(":popover-open")) list.hidePopover();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function activate(index) {
    active = index;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", place === index));
    if (index < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({block: "nearest"});
  }

  function show(answer) {
    results = answer.results;
    list.replaceChildren(...results.map((result, index) => option(result, `${list.id}-${index}`)));
    say?.(answer);
    results.length ? open() : close();
    activate(-1);
  }

  async function search() {
    const answer = await find("find", {q: input.value, language: language(), ...kinds()});
    if (answer && document.activeElement === input) show(answer);
  }

  function take(index) {
    close();
    // What is chosen is written into the line, which is no question.
    isTaking = true;
    choose(results[index]);
    isTaking = false;
  }

  const keys = {
    ArrowDown: () => (isOpen() ? activate((active + 1) % results.length) : search()),
    ArrowUp: () => isOpen() && activate((active < 1 ? results.length : active) - 1),
    Enter: () => active >= 0 && take(active),
    Escape: close,
  };
  input.addEventListener("keydown", (event) => {
    // Enter sends a form and Escape closes a dialog where no list is open.
    const isMeant = event.key === "ArrowDown" || (isOpen() && (event.key !== "Enter" || active >= 0));
    if (!keys[event.key] || !isMeant) return;
    event.preventDefault();
    keys[event.key]();
  });
  const soon = calmly(search, 200);
  input.addEventListener("input", () => isTaking || soon());
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) take([...list.children].indexOf(chosen));
  });
  return {search, close};
}

function option(result, id) {
  const item = document.createElement("li");
  item.id = id;
  item.setAttribute("role", "option");
  const parts = [["strong", result.name], ["span", [result.of, result.detail].filter(Boolean).join(" · ")]];
  item.append(...parts.map(([tag, words]) => Object.assign(document.createElement(tag), {textContent: words})));
  return item;
}
