/* What the scripts of forms share: where to ask, for which exhibit, and not at every key. */

const place = document.getElementById("writing");

/** The exhibit at hand: the one that the page names, or the one that is chosen in its form; "" if there is none. */
export const exhibit = () => place.dataset.exhibit || document.getElementById("id_exhibit")?.value || "";

/** What kind of record the page is of. */
export const record = () => place.dataset.record;

/** Ask a small question of the admin and give its answer, or null where there is none. */
export async function ask(what, values, signal) {
  const data = new URLSearchParams({exhibit: exhibit(), ...values});
  const address = place.dataset[what];
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const isLong = what === "read" || what === "mend";
  const options = isLong ? {method: "POST", body: data, headers: {"X-CSRFToken": token}} : {};
  try {
    const response = await fetch(isLong ? address : `${address}?${data}`, {...options, signal});
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** A function that waits until it is not called for a while; what it is called with last counts. */
export function calmly(work, milliseconds) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), milliseconds);
  };
}

/** A way to ask of which only the latest answer counts: earlier ones are null. */
export function latest() {
  let controller;
  return async (what, values) => {
    controller?.abort();
    controller = new AbortController();
    const mine = controller;
    const answer = await ask(what, values, mine.signal);
    return mine === controller ? answer : null;
  };
}

/** Call `equip(element)` for what matches in the page, and in rows that are added to it later. */
export function everywhere(selector, equip) {
  const within = (root) => [...root.querySelectorAll(selector)]
    .filter((element) => !element.name.includes("__prefix__")).forEach(equip);
  within(document);
  document.addEventListener("formset:added", (event) => within(event.target));
}

const waiting = new Map();
const dismiss = window.dismissAddRelatedObjectPopup;
if (dismiss) {
  window.dismissAddRelatedObjectPopup = (popup, pk, name) => {
    const id = popup.name.replace(/__\d+$/, "");
    dismiss(popup, pk, name);
    waiting.get(id)?.(pk);
  };
}

/** Call `found(result)` with the source that a pop-up opened beside `input` has added. */
export function whenAdded(input, found) {
  waiting.set(input.id, async (pk) => {
    const answer = await ask("find", {kind: "source", pk});
    if (answer?.results.length) found(answer.results[0]);
  });
}
