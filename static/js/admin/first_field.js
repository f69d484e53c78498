// Where writing begins: on a refused page in the first field that is wrong, on the page of a new record in the first
// that must be filled, and in the first of a row that has just been added.
const form = document.querySelector("#content-main form");
const isOpen = (field) => !field.disabled && field.type !== "hidden" && field.offsetParent;
const fieldsOf = (part) => [...part.querySelectorAll("fieldset :is(input, select, textarea), tr :is(input, select, textarea)")].filter(isOpen);
const isNew = document.getElementById("first-field").dataset.new !== undefined;
// A conflict is a paragraph to read before anything is typed.
const isConflict = form.querySelector(".errorlist.nonfield");

const first = isConflict
  ? null
  : fieldsOf(form).find((field) => field.ariaInvalid === "true") ?? (isNew ? fieldsOf(form).find((field) => field.required && !field.value) : null);
first?.focus();

document.addEventListener("formset:added", ({ target }) => {
  const isByHand = document.activeElement.closest(".add-row");
  if (isByHand) [...target.querySelectorAll("input, select, textarea")].find(isOpen)?.focus();
});
