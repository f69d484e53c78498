// Owns how a row is moved among its siblings: by arrow keys on its handle, and by dragging the handle.
// The row itself never leaves the page while it is moved, others step aside: it keeps the focus and the pointer.

const EDGE = 60; // so close to the top or bottom of the window, in pixels, a drag scrolls
const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

// `rows()`: the siblings in their order; `moved(row)`: what happens when one has found its place.
export function movable(handle, row, rows, moved) {
  handle.hidden = false;
  handle.addEventListener("keydown", (event) => {
    if (event.key in STEPS && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      moveBy(row, STEPS[event.key], rows, moved);
    }
  });
  handle.addEventListener("pointerdown", (event) => event.button === 0 && drag(handle, row, rows, moved, event));
}

// Moves a row by so many places, as far as there are any.
export function moveBy(row, steps, rows, moved) {
  const index = rows().indexOf(row);
  const target = Math.min(Math.max(index + steps, 0), rows().length - 1);
  if (target !== index) {
    moveTo(row, target, rows);
    moved(row);
  }
  row.scrollIntoView({ block: "nearest" });
}

// Puts the rows in this order again.
export function putBack(order, rows) {
  order.forEach((row, index) => moveTo(row, index, rows));
}

// Says which buttons have nothing to do: “up” of the first row and “down” of the last one.
export function tellEnds(rows) {
  rows.forEach((row, index) => {
    row.querySelector(".up").setAttribute("aria-disabled", index === 0);
    row.querySelector(".down").setAttribute("aria-disabled", index === rows.length - 1);
  });
}

function moveTo(row, target, rows) {
  for (let index = rows().indexOf(row); index < target; index++) row.before(rows()[index + 1]);
  for (let index = rows().indexOf(row); index > target; index--) row.after(rows()[index - 1]);
}

function drag(handle, row, rows, moved, { pointerId, clientY }) {
  const before = rows();
  let y = clientY;
  let frame = requestAnimationFrame(follow);
  handle.setPointerCapture(pointerId);
  row.classList.add("moving");

  function follow() {
    if (y < EDGE) scrollBy(0, y - EDGE);
    if (y > innerHeight - EDGE) scrollBy(0, y - innerHeight + EDGE);
    const others = rows().filter((other) => other !== row);
    moveTo(row, others.filter((other) => middle(other) < y).length, rows);
    frame = requestAnimationFrame(follow);
  }
  function end(event) {
    if (event.type === "keydown" && event.key !== "Escape") return;
    cancelAnimationFrame(frame);
    listening.abort();
    row.classList.remove("moving");
    if (event.type !== "pointerup") putBack(before, rows);
    else if (rows().some((other, index) => other !== before[index])) moved(row);
  }
  const listening = new AbortController();
  const options = { signal: listening.signal };
  addEventListener("pointermove", (event) => (y = event.clientY), options);
  for (const name of ["pointerup", "pointercancel", "keydown"]) addEventListener(name, end, options);
}

function middle(row) {
  const { top, bottom } = row.getBoundingClientRect();
  return (top + bottom) / 2;
}
