// Owns how the values of a form of the admin are read, compared, named and put back: `{name: [values]}`.

const NOT_KEPT = ["file", "password", "submit", "button", "reset", "image"];
const NOT_TYPED = /^(csrfmiddlewaretoken|draft|_.*)$/;
const TEMPLATE = "__prefix__"; // stands in the names of a row that others are made of
// What tells one version of a record, and of its parts, from another.
const VERSION = /(^|-)(seen|id|INITIAL_FORMS)$/;
const MANAGED = /(^|-)(seen|id|(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS)$/;

function controlsOf(form) {
  return [...form.elements].filter(({ name, type, id, disabled }) =>
    name && !disabled && !NOT_KEPT.includes(type) && !NOT_TYPED.test(name) && !id.endsWith("_from"));
}

// What a control holds. Of the admin's two lists side by side the second one is chosen whole.
function valuesOf(control) {
  if (control.id.endsWith("_to")) return [...control.options].map((option) => option.value).sort();
  if (control.type === "select-multiple") return [...control.selectedOptions].map((option) => option.value);
  if (control.type === "checkbox" || control.type === "radio") return control.checked ? [control.value] : [];
  return [control.value];
}

// What a control held when the page came: a browser may have filled it in again since.
function defaultsOf(control) {
  if (control.id.endsWith("_to")) return valuesOf(control);
  if (control.type === "checkbox" || control.type === "radio") return control.defaultChecked ? [control.value] : [];
  if (control.options) {
    const chosen = [...control.options].filter((option) => option.defaultSelected).map((option) => option.value);
    return chosen.length || control.multiple ? chosen : [control.options[0]?.value ?? ""];
  }
  return [control.type === "hidden" ? control.value : control.defaultValue];
}

function readWith(controls, look) {
  const fields = {};
  for (const control of controls) (fields[control.name] ??= []).push(...look(control));
  return fields;
}

export const read = (form) => readWith(controlsOf(form).filter(({ name }) => !name.includes(TEMPLATE)), valuesOf);
export const readDefaults = (form) => readWith(controlsOf(form), defaultsOf);

// The names of what was typed: what differs between `fields` and `base`, a new row's from what new rows begin with.
export function changesIn(fields, base) {
  const before = (name) => base[name] ?? base[inTemplate(name)] ?? fields[name].map(() => "");
  return Object.keys(fields).filter((name) =>
    !MANAGED.test(name) && JSON.stringify(fields[name]) !== JSON.stringify(before(name)));
}

function inTemplate(name) {
  return name.replace(/-\d+-([^-]+)$/, `-${TEMPLATE}-$1`);
}

// Whether `fields` were typed into the record, and into parts, as the form shows them now.
export function isOfThisVersion(form, fields) {
  const now = read(form);
  const names = new Set([...Object.keys(now), ...Object.keys(fields)].filter((name) => VERSION.test(name)));
  return [...names].every((name) => (now[name]?.[0] ?? "") === (fields[name]?.[0] ?? ""));
}

// Fills the form in with those of `fields` that have these names; rows that were added are added again.
export function restore(form, fields, names) {
  for (const [name, [total]] of Object.entries(fields)) {
    const prefix = name.match(/^(.*)-TOTAL_FORMS$/)?.[1];
    const present = prefix && form.elements[name];
    while (present && Number(present.value) < Number(total)) {
      const before = present.value;
      document.querySelector(`#${CSS.escape(prefix)}-group .add-row a`)?.click();
      if (present.value === before) break;
    }
  }
  for (const name of names) put(form, name, fields);
}

// Puts what `fields` has under `name` into the control of that name, if there is one, in the same row;
// `onlyAsk`: whether it can be done.
export function put(form, name, fields, onlyAsk = false) {
  const controls = controlsOf(form).filter((control) => control.name === name);
  const key = name.replace(/-[^-]+$/, "-id");
  const isSameRow = key === name || !(key in fields) || form.elements[key]?.value === fields[key][0];
  if (!controls.length || !isSameRow) return false;
  if (!onlyAsk) for (const control of controls) fill(control, fields[name]);
  return true;
}

function fill(control, values) {
  if (control.id.endsWith("_to")) choose(control, values);
  else if (control.type === "select-multiple") {
    for (const option of control.options) option.selected = values.includes(option.value);
  } else if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
  else control.value = values[0] ?? "";
  for (const name of ["input", "change"]) control.dispatchEvent(new Event(name, { bubbles: true }));
}

// Moves between the admin's two lists, through the admin's own functions.
function choose(control, values) {
  const [from, to] = [control.id.replace(/_to$/, "_from"), control.id];
  for (const [source, target, isMeant] of [
    [to, from, (value) => !values.includes(value)],
    [from, to, (value) => values.includes(value)],
  ]) {
    for (const option of document.getElementById(source).options) option.selected = isMeant(option.value);
    window.SelectBox.move(source, target);
  }
  window.SelectFilter.refresh_icons(control.id.replace(/_to$/, ""));
}

// What a field is called on the page, with its language and its row where it has any.
export function labelOf(form, name) {
  const row = name.match(/^(.*)-(\d+)-([^-]+)$/);
  const control = form.elements[name] ?? form.elements[inTemplate(name)];
  const element = control instanceof RadioNodeList ? control[0] : control;
  const heading = row && document.getElementById(`${row[1]}-heading`)?.textContent.trim();
  const index = element?.closest("td")?.cellIndex;
  const column = index !== undefined && element.closest("table").tHead?.rows[0].cells[index];
  const whole = column || element?.closest(".form-row")?.querySelector("label, legend");
  const own = [...(element?.labels ?? [])].at(-1);
  const names = [row && `${heading} ${Number(row[2]) + 1}`, whole?.textContent, own !== whole && own?.textContent];
  return names.filter(Boolean).map((words) => words.trim().replace(/:$/, "")).join(", ") || name;
}

// What was typed or chosen, in words.
export function words(form, name, values) {
  const control = controlsOf(form).find((found) => found.name === name);
  const source = control?.id.endsWith("_to") ? document.getElementById(control.id.replace(/_to$/, "_from")) : control;
  const options = [...(control?.options ?? []), ...(source?.options ?? [])];
  const said = values.map((value) => options.find((option) => option.value === value)?.textContent.trim() ?? value);
  return said.filter(Boolean).join(", ") || "–";
}
