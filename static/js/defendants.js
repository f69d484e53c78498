// Owns the form above the wall of the accused: whoever does not match what is chosen steps aside.
// Without it the form stays hidden and everyone is there.

const form = document.querySelector(".picks");

if (form) {
  const people = [...document.querySelectorAll(".people-wall > li")];
  const selects = [...form.querySelectorAll("select")];
  const status = form.querySelector("[role=status]");

  function show() {
    const chosen = selects.filter((select) => select.value);
    for (const person of people) {
      person.hidden = chosen.some((select) => person.dataset[select.name] !== select.value);
    }
    const shown = people.filter((person) => !person.hidden).length;
    status.textContent = status.dataset.words.replace("{shown}", shown).replace("{all}", people.length);
  }

  form.addEventListener("change", show);
  form.querySelector("button").addEventListener("click", () => {
    form.reset();
    show();
  });
  // Whoever comes back finds the browser's memory of what was chosen, and the wall accordingly.
  addEventListener("pageshow", show);
  form.hidden = false;
  show();
}
