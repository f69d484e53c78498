// Owns the order of parts on the page of their record: a handle and two buttons in place of a number in every row.
// The order is saved with the page. Without it the number is typed.
import { movable, moveBy, putBack, tellEnds } from "./moving.js";

const status = document.getElementById("ordering-status");
const groups = [...document.querySelectorAll(".js-inline-admin-formset")].filter(
  (group) => group.querySelector("input[name$=-order]"));

groups.forEach((group) => {
  group.classList.add("orders-itself");
  rowsOf(group).forEach((row) => prepare(group, row));
  group.addEventListener("formset:added", (event) => prepare(group, event.target));
});
document.addEventListener("formset:removed", ({ detail }) => {
  const group = groups.find((other) => other.id === `${detail.formsetName}-group`);
  if (group) renumber(group);
});
// A refused page comes back in the order of the names, and so does what was typed and not saved.
standInOrder();
document.addEventListener("unsaved:shown", standInOrder);

function standInOrder() {
  for (const group of groups) {
    const position = (row) => Number(orderOf(row).value) || Infinity;
    const order = rowsOf(group).sort((one, other) => (position(one) < position(other) ? -1 : position(one) > position(other)));
    putBack(order, () => rowsOf(group));
    tellEnds(rowsOf(group));
  }
}

function rowsOf(group) {
  const row = group.dataset.inlineType === "tabular" ? "tr.form-row" : ".inline-related";
  return [...group.querySelectorAll(`${row}:not(.empty-form)`)].filter(orderOf);
}

function orderOf(row) {
  return row.querySelector("input[name$=-order]");
}

function prepare(group, row) {
  const controls = document.getElementById("ordering-template").content.firstElementChild.cloneNode(true);
  // What the whole row is refused for stands in the row, not in one before it, from which it could be moved away.
  const refusal = row.previousElementSibling;
  if (refusal?.matches(".row-form-errors")) {
    row.querySelector("td:not(.original, .hidden)").prepend(...refusal.firstElementChild.childNodes);
    refusal.remove();
  }
  row.querySelector("td.field-order, h3").append(controls);
  const rows = () => rowsOf(group);
  const moved = () => {
    number(rows());
    tellEnds(rows());
    status.textContent = status.dataset.moved.replace("POSITION", rows().indexOf(row) + 1).replace("COUNT", rows().length);
    rows().forEach((other) => other.classList.toggle("moved", other === row));
  };
  movable(controls.querySelector(".handle"), row, rows, moved);
  controls.querySelector(".up").addEventListener("click", () => moveBy(row, -1, rows, moved));
  controls.querySelector(".down").addEventListener("click", () => moveBy(row, 1, rows, moved));
  tellEnds(rows().filter((other) => other.querySelector(".up")));
}

// Writes positions that stand in the order of the rows: their own where these can be told apart, else 1, 2, 3 …
// New rows at the end need none: they are stored in the order of their names.
function number(rows) {
  const isNew = (row) => !orderOf(row).value;
  const name = (row) => Number(orderOf(row).name.match(/-(\d+)-order$/)[1]);
  const last = rows.findLastIndex((row, index) => !isNew(row) || name(row) > name(rows[index + 1] ?? row));
  const placed = rows.slice(0, last + 1);
  const values = placed.map((row) => Number(orderOf(row).value)).sort((one, other) => one - other);
  const apart = values.every((value, index) => value > (values[index - 1] ?? 0));
  placed.forEach((row, index) => {
    orderOf(row).value = apart ? values[index] : index + 1;
    orderOf(row).dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// When a row is removed, the admin numbers the names of all others in the order of the page, and the server takes the
// first for those that are stored: so for that moment these stand first.
function renumber(group) {
  const shown = rowsOf(group);
  const stored = shown.filter((row) => row.querySelector("input[name$=-id]")?.value);
  const added = shown.filter((row) => !stored.includes(row));
  const marker = document.createComment("");
  shown[0]?.before(marker);
  marker.after(...stored, ...added);
  queueMicrotask(() => {
    marker.after(...shown);
    marker.remove();
    tellEnds(shown);
  });
}
