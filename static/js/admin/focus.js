// Owns the focal point on a picture's page: a mark on the picture that is moved by click, by dragging and by arrow keys,
// and a look at how the picture is cropped. The two number fields keep the point, and are all there is without it.

const inputs = ["left", "top"].map((side) => document.querySelector(`input[name="focus_${side}"]`));
const place = document.querySelector(".focal");

if (place && inputs.every(Boolean)) {
  const { name, place: where, crop } = place.dataset;
  const picture = place.querySelector("img");
  const mark = Object.assign(document.createElement("button"), { type: "button", className: "mark" });
  const told = Object.assign(document.createElement("p"), { role: "status", className: "visually-hidden" });
  const cropped = document.createElement("figure");
  const detail = Object.assign(picture.cloneNode(), { className: "", alt: "" });
  cropped.append(detail, Object.assign(document.createElement("figcaption"), { id: "focal-help", textContent: crop }));
  mark.setAttribute("aria-describedby", "focal-help");
  const stage = document.createElement("div");
  stage.className = "stage";
  stage.append(picture, mark);
  place.append(stage, cropped, told);

  const point = () => inputs.map((input) => Math.min(100, Math.max(0, Math.round(Number(input.value)))));

  const show = () => {
    const [left, top] = point();
    Object.assign(mark.style, { left: `${left}%`, top: `${top}%` });
    detail.style.objectPosition = `${left}% ${top}%`;
    mark.ariaLabel = `${name}: ${where.replace("{left}", left).replace("{top}", top)}`;
  };

  const move = (...values) => {
    values.forEach((value, index) => (inputs[index].value = Math.min(100, Math.max(0, Math.round(value)))));
    show();
    told.textContent = mark.ariaLabel;
  };

  const moveTo = ({ clientX, clientY }) => {
    const box = picture.getBoundingClientRect();
    move((100 * (clientX - box.left)) / box.width, (100 * (clientY - box.top)) / box.height);
  };

  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  mark.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const [left, top] = point();
    const size = event.shiftKey ? 10 : 1;
    move(left + size * step[0], top + size * step[1]);
  });
  picture.addEventListener("click", moveTo);
  mark.addEventListener("pointerdown", (event) => mark.setPointerCapture(event.pointerId));
  mark.addEventListener("pointermove", (event) => mark.hasPointerCapture(event.pointerId) && moveTo(event));
  inputs.forEach((input) => input.addEventListener("input", show));
  show();
}
