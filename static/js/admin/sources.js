/* Each citation's source: the browser's own suggestions become a list that finds any spelling. */
import {combobox} from "./combobox.js";
import {everywhere, whenAdded} from "./writing.js";

everywhere("input[list=sources-offered]", (input) => {
  const list = document.createElement("ul");
  Object.assign(list, {id: `${input.id}-found`, className: "found", hidden: true, popover: "manual"});
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") ?? input.labels[0]?.textContent.trim() ?? input.name);
  input.after(list);
  input.removeAttribute("list");
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]])
    input.setAttribute(name, value);

  function choose(result) {
    input.value = result.words;
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, {bubbles: true}));
  }
  combobox(input, list, {kinds: () => ({kind: "source"}), language: () => document.documentElement.lang, choose});
  whenAdded(input, choose);
});
