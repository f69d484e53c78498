// Owns lists that curators put in order: each move is saved at once, said, and taken back where it is refused.
// Without it the buttons “up” and “down” send their form.
import { movable, moveBy, putBack, tellEnds } from "./moving.js";

document.querySelectorAll("form.ordering").forEach(prepare);

function prepare(form) {
  const controls = [...document.querySelectorAll(`.ordering-controls[data-form="${form.id}"]`)];
  const lines = new Map(controls.map((control) => [control.closest("li, tr"), control]));
  const [status, undo] = [form.querySelector(".ordering-status"), form.querySelector(".ordering-undo")];
  let saved = rows();
  let latest = null; // the row that was moved last and is not sent yet
  let sending = false;

  lines.forEach((control, row) => {
    movable(control.querySelector(".handle"), row, rows, moved);
    for (const [name, step] of [["up", -1], ["down", 1]]) {
      control.querySelector(`.${name}`).addEventListener("click", (event) => {
        event.preventDefault();
        moveBy(row, step, rows, moved);
      });
    }
  });

  function rows() {
    return [...lines.keys()].sort((one, other) =>
      one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
  }

  function moved(row) {
    const place = String(rows().indexOf(row) + 1);
    say(form.dataset.moved.replace("POSITION", place).replace("COUNT", lines.size), row);
    tellEnds(rows());
    latest = row;
    if (!sending) send();
  }

  async function send() {
    sending = true;
    while (latest) {
      const [row, order, words] = [latest, rows(), status.textContent];
      latest = null;
      const answer = await ask(row, order);
      if (answer.seen) {
        saved = order;
        form.elements.order.value = answer.seen;
        undo.hidden = !answer.undo;
        undo.formAction = answer.undo ?? "";
        if (!latest) say(`${words} ${form.dataset.saved}`, row);
      } else {
        latest = null;
        putBack(saved, rows);
        tellEnds(rows());
        say(answer.refused ?? form.dataset.failed, row, true);
      }
    }
    sending = false;
  }

  // The server's answer; empty where there is none that makes sense.
  async function ask(row, order) {
    const versions = new Map(form.elements.order.value.split(",").map((pair) => pair.split(".")));
    const keys = order.map((other) => lines.get(other).dataset.key);
    const body = new URLSearchParams(new FormData(form));
    body.set("order", keys.map((key) => `${key}.${versions.get(key)}`).join());
    body.set("moved", lines.get(row).dataset.key);
    const headers = { Accept: "application/json" };
    try {
      const response = await fetch(form.action, { method: "POST", body, headers, keepalive: true });
      return await response.json();
    } catch {
      return {};
    }
  }

  // Says what happened where the row stands; readers of the screen hear it.
  function say(words, row, isRefusal = false) {
    document.querySelectorAll(".ordering-status").forEach((other) => other !== status && (other.textContent = ""));
    status.textContent = words;
    form.classList.toggle("refused", isRefusal);
    lines.forEach((_control, other) => other.classList.toggle("moved", other === row));
  }
}
