/* Beside each date: what is understood of it while it is typed, in words and with its bounds. */
import {calmly, everywhere, latest} from "./writing.js";

everywhere("input[data-date]", (input) => {
  const read = latest();
  const time = document.getElementById(input.id.replace(/date$/, "time"));
  const told = Object.assign(document.createElement("p"), {className: "understood", id: `${input.id}-understood`});
  told.setAttribute("role", "status");
  input.after(told);
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${told.id}`.trim());

  async function look() {
    const answer = await read("date", {date: input.value, time: time?.value ?? ""});
    if (!answer) return;
    told.textContent = answer.said;
    told.classList.toggle("refused", !answer.understood);
  }
  const soon = calmly(look, 400);
  for (const field of [input, time].filter(Boolean)) field.addEventListener("input", soon);
  if (input.value) look();
});
