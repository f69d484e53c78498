// Owns sending many pictures: each file by itself, two at a time, with a bar of its own. Without it the form sends all
// of them in one go, and the page that answers shows the same lines.

const form = document.querySelector("#upload");
const words = form.dataset;
const list = document.querySelector("ul.taken-in");
const onward = document.querySelector(".onward");
const row = document.querySelector("template").content.firstElementChild;
const AT_ONCE = 2;
const waiting = [];
let sending = 0;

function add(files) {
  if (!form.elements.exhibit.reportValidity()) return;
  list.hidden = false;
  for (const file of files) {
    const item = list.appendChild(row.cloneNode(true));
    item.querySelector("strong").textContent = file.name;
    item.querySelector("progress").ariaLabel = file.name;
    wait(file, item);
  }
  next();
}

function wait(file, item) {
  const [progress, cancel, again] = [".said", ".cancel", ".again"].map((name) => item.querySelector(name));
  progress.textContent = words.waiting;
  const job = { file, item, request: new XMLHttpRequest(), exhibit: form.elements.exhibit.value };
  cancel.onclick = () => stop(job);
  again.onclick = () => {
    item.classList.replace("refused", "sending");
    [cancel.hidden, again.hidden] = [false, true];
    wait(file, item);
    next();
  };
  for (const button of [cancel, again]) button.ariaLabel = `${button.textContent}: ${file.name}`;
  if (file.size > Number(words.mostBytes)) refuse(job, words.tooLarge, false);
  else waiting.push(job);
}

function next() {
  while (sending < AT_ONCE && waiting.length) send(waiting.shift());
  tell();
}

function send(job) {
  const { file, item, request } = job;
  const [progress, said, cancel] = ["progress", ".said", ".cancel"].map((name) => item.querySelector(name));
  const data = new FormData();
  data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.append("exhibit", job.exhibit);
  data.append("by_itself", "1");
  data.append("files", file);
  sending += 1;
  said.textContent = words.sending;
  request.upload.addEventListener("progress", ({ loaded, total }) => (progress.value = (100 * loaded) / total));
  request.upload.addEventListener("load", () => {
    progress.removeAttribute("value");
    said.textContent = words.making;
    cancel.hidden = true; // it is whole by now
  });
  request.addEventListener("load", () => answered(job));
  request.addEventListener("error", () => refuse(job, words.failed, true));
  request.addEventListener("abort", () => refuse(job, words.cancelled, true));
  request.addEventListener("loadend", () => {
    sending -= 1;
    next();
  });
  request.open("POST", form.action);
  request.send(data);
}

function answered(job) {
  const answer = document.createElement("template");
  answer.innerHTML = job.request.responseText;
  const line = answer.content.querySelector("li.taken");
  // Whoever is signed out is answered with the page for signing in.
  if (job.request.status !== 200 || !line) return refuse(job, words.failed, true);
  if (!line.querySelector("strong").textContent) line.querySelector("strong").textContent = job.file.name;
  job.item.replaceWith(line);
}

function refuse({ item }, sentence, canBeSentAgain) {
  item.classList.replace("sending", "refused");
  item.querySelector("progress").value = 0;
  item.querySelector(".said").textContent = sentence;
  item.querySelector(".cancel").hidden = true;
  item.querySelector(".again").hidden = !canBeSentAgain;
}

function stop(job) {
  const index = waiting.indexOf(job);
  if (index < 0) return job.request.abort();
  waiting.splice(index, 1);
  refuse(job, words.cancelled, true);
  tell();
}

function tell() {
  const items = [...list.children];
  const stored = items.filter((item) => item.matches(".stored"));
  const refused = items.filter((item) => item.matches(".refused"));
  const counts = { done: stored.length + refused.length, all: items.length };
  Object.assign(counts, { stored: stored.length, refused: refused.length });
  document.querySelector(".done").textContent = items.length ? words.done.replace(/{(\w+)}/g, (_, name) => counts[name]) : "";
  onward.hidden = !stored.length || sending > 0;
  if (stored.length) onward.firstElementChild.href = describing(stored.map((item) => Number(item.dataset.image)).sort((a, b) => a - b));
}

// The page of the first new picture, from which one goes on to the others: as the server makes it, with their numbers.
function describing(images) {
  const address = new URL(words.describe, location.href);
  address.pathname = address.pathname.replace("/0/", `/${images[0]}/`);
  address.search = new URLSearchParams({ _changelist_filters: new URLSearchParams({ id__in: images.join() }) });
  return address;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  add(form.elements.files.files);
  form.elements.files.value = "";
});

const place = form.querySelector(".drop");
place.querySelector(".here").hidden = false;
place.addEventListener("dragover", (event) => {
  event.preventDefault();
  place.classList.add("over");
});
place.addEventListener("dragleave", () => place.classList.remove("over"));
place.addEventListener("drop", (event) => {
  event.preventDefault();
  place.classList.remove("over");
  add(event.dataTransfer.files);
});

// What is not sent yet would be lost.
addEventListener("beforeunload", (event) => {
  if (sending || waiting.length) event.preventDefault();
});
