/* The dialog in which a source to cite, or a record or an address to link to, is chosen. */
import {combobox} from "./combobox.js";
import {exhibit, whenAdded} from "./writing.js";

const dialog = document.getElementById("picker");
const said = document.getElementById("picker-titles")?.content.firstElementChild.dataset;
const [title, search, list, status, locator, words] =
  ["title", "search", "list", "status", "locator", "words"].map((name) => document.getElementById(`picker-${name}`));
const ADDRESS = /^(https?:\/\/|mailto:)\S+$/;
let mode, language, chosen, made, done;

function choose(result) {
  chosen = result;
  search.value = result.name;
  status.textContent = "";
  if (mode === "link" && !words.value) words.value = result.name;
  (mode === "cite" ? locator : words).focus();
}

/** The mark for what is chosen, or "" where nothing is. */
function mark() {
  if (mode === "cite") return chosen && `[@${chosen.key}${locator.value.trim() && `, ${locator.value.trim().replace(/[\]\n]/g, "")}`}]`;
  const address = ADDRESS.test(search.value.trim()) ? search.value.trim() : chosen && `${chosen.kind}:${chosen.key}`;
  return address && `[${words.value.trim() || search.value.trim()}](${address})`;
}

if (dialog) {
  const box = combobox(search, list, {
    kinds: () => (mode === "cite" ? {kind: "source"} : {}),
    language: () => language,
    choose,
    say: (answer) => (status.textContent = answer.exhibit ? answer.said : said.homeless),
  });
  search.addEventListener("input", () => (chosen = null));
  whenAdded(search, choose);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    made = mark();
    if (made) return;
    event.preventDefault();
    status.textContent = said.choose;
    search.focus();
  });
  dialog.querySelector("[value=cancel]").addEventListener("click", () => dialog.close());
  // Only now can the text be written into: nothing behind an open dialog can.
  dialog.addEventListener("close", () => (box.close(), done(made)));
}

/** Ask for a source (“cite”) or for something to link to (“link”): a promise of the mark to insert, or of null. */
export function pick(what, inLanguage, selected) {
  [mode, language, chosen, made] = [what, inLanguage, null, null];
  title.textContent = said[what];
  search.value = locator.value = status.textContent = "";
  words.value = selected;
  dialog.querySelector(".picker-locator").hidden = what !== "cite";
  dialog.querySelector(".picker-words").hidden = what === "cite";
  const add = dialog.querySelector(".picker-add");
  if (add) {
    add.hidden = what !== "cite" || !exhibit();
    const link = add.querySelector("a");
    link.href = `${link.dataset.address}?_popup=1&_to_field=id&exhibit=${exhibit()}`;
  }
  list.hidden = true;
  const promise = new Promise((resolve) => (done = resolve));
  dialog.showModal();
  search.focus();
  return promise;
}
