// Owns the unsaved changes of a record's form: keeps them while they are typed, asks before the page is left, and
// offers them again after a crash, a lost session or a refused save. Files cannot be kept; passwords are on no such page.
import { draftsOf, keep, remove } from "./drafts.js";
import { changesIn, isOfThisVersion, labelOf, put, read, readDefaults, restore, words } from "./form_values.js";

const bar = document.getElementById("unsaved");
const form = bar.closest("form");
const say = (name) => bar.dataset[name];
const account = bar.dataset.account;
const page = pageName();
const PAUSE = 300; // milliseconds after which what is typed is kept
const PATIENCE = 1000; // milliseconds that a save waits until what was typed is kept

const id = bar.dataset.draft || crypto.randomUUID();
let base = {}; // the form as it came, before anything was typed
let isKept = Boolean(bar.dataset.draft);
let isSending = false; // a save waits until what was typed is kept
let isLeaving = false;
let timer = null;

bar.ariaBusy = "true";
if (document.readyState === "complete") start();
else addEventListener("load", start); // by then the admin has made its boxes of two lists

async function start() {
  base = readDefaults(form);
  const drafts = await draftsOf(account, page).catch(() => []);
  const refused = drafts.find((draft) => draft.id === bar.dataset.draft);
  // A refused page holds what was typed already: it counts as unsaved against the page of before.
  if (bar.dataset.draft) base = refused?.base ?? {};
  for (const name of ["input", "change", "click", "formset:added"]) form.addEventListener(name, later);
  document.addEventListener("formset:removed", later);
  addEventListener("focus", later); // a window for a new record puts it into this form
  addEventListener("pagehide", keepNow);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keepNow());
  addEventListener("beforeunload", askFirst);
  form.addEventListener("submit", submit);
  if (isDirty()) later();
  offer(drafts.filter((draft) => draft.id !== id));
  bar.ariaBusy = "false";
}

function askFirst(event) {
  if (!isDirty() || isLeaving) return;
  keepNow();
  event.preventDefault();
}

function pageName() {
  const query = new URLSearchParams(location.search);
  for (const name of [...query.keys()]) if (name.startsWith("_") || name === "from") query.delete(name);
  return `${location.pathname}?${query}`;
}

function isDirty() {
  return changesIn(read(form), base).length > 0;
}

function later() {
  timer ??= setTimeout(keepNow, PAUSE);
}

// Keeps what the form holds now; whether there is something that is kept.
async function keepNow() {
  clearTimeout(timer);
  timer = null;
  try {
    if (isDirty()) {
      await keep({ id, account, page, at: Date.now(), base, fields: read(form) });
      isKept = true;
    } else if (isKept) {
      await remove(id);
      isKept = false;
    }
    return isKept;
  } catch {
    return false; // a browser that keeps nothing: the page still asks before it is left
  }
}

// Sends the form once what was typed is kept: should the server not take it, it is there. With it goes the name of
// the draft, which the answer repeats when all is saved.
async function submit(event) {
  if (isLeaving || !isDirty()) {
    isLeaving = !event.defaultPrevented;
    return;
  }
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  await Promise.race([keepNow(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  form.elements.draft.value = id;
  isLeaving = true;
  form.requestSubmit(event.submitter);
  isSending = false;
}
addEventListener("pageshow", () => (isLeaving = false));

// The bar

function offer([draft, ...others]) {
  if (!draft) return show("");
  const isCurrent = isOfThisVersion(form, draft.fields);
  show(`${say("offer").replace("TIME", moment(draft.at))} ${isCurrent ? "" : say("changed")}`, [
    [say("show"), () => (isCurrent ? fillIn(draft, others) : list(draft, others))],
    [say("throwAway"), () => throwAway(draft, others)],
  ]);
}

async function fillIn(draft, others) {
  restore(form, draft.fields, changesIn(draft.fields, draft.base));
  document.dispatchEvent(new Event("unsaved:shown"));
  if (await keepNow()) await remove(draft.id); // it is part of what is kept for this page
  show(say("shown"), others.length ? [[say("next"), () => offer(others)]] : []);
}

// What was typed into a record that was changed since, beside what the form says now: each by itself, if at all.
function list(draft, others) {
  show(say("listed"), [[say("throwAway"), () => throwAway(draft, others)]]);
  const typed = document.createElement("dl");
  typed.className = "unsaved-list";
  for (const name of changesIn(draft.fields, draft.base)) {
    const [label, value] = [document.createElement("dt"), document.createElement("dd")];
    label.textContent = labelOf(form, name);
    value.textContent = words(form, name, draft.fields[name]);
    if (put(form, name, draft.fields, true)) {
      value.append(button(say("put"), () => put(form, name, draft.fields)));
    }
    typed.append(label, value);
  }
  bar.after(typed); // not in the bar itself, which readers of the screen would read out whole
}

async function throwAway(draft, others) {
  await remove(draft.id);
  show(say("thrownAway"), [
    [say("undo"), async () => {
      await keep(draft);
      offer([draft, ...others]);
    }],
    ...(others.length ? [[say("next"), () => offer(others)]] : []),
  ]);
}

function show(sentence, actions = []) {
  const paragraph = document.createElement("p");
  paragraph.append(sentence, ...actions.map(([label, act]) => button(label, act)));
  bar.replaceChildren(...(sentence ? [paragraph] : []));
  document.querySelector(".unsaved-list")?.remove();
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  return made;
}

function moment(at) {
  const [when, today] = [new Date(at), new Date()];
  const isToday = when.toDateString() === today.toDateString();
  const day = isToday ? {} : { day: "numeric", month: "long" };
  return when.toLocaleString(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
