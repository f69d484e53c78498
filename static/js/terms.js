// Explains words beside their links, on hover, focus and the first touch. Without it the links lead to the glossary.

const explanation = (link) => document.getElementById("explained-" + link.hash.slice(1));
let shown, waiting, touched;

function show(link) {
  clearTimeout(waiting);
  if (link === shown) return;
  if (shown) explanation(shown).hidePopover();
  shown = link;
  if (link) explanation(link).showPopover({ source: link });
}

function showSoon(link) {
  clearTimeout(waiting);
  waiting = setTimeout(show, 300, link);
}

for (const link of document.querySelectorAll('a[href*="#term-"]')) {
  link.className = "term";
  link.setAttribute("aria-describedby", explanation(link).id);
  link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
  link.addEventListener("blur", () => show());
  link.addEventListener("click", (event) => {
    if (touched && link !== shown) {
      event.preventDefault();
      show(link);
    }
  });
}

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType === "touch") return;
  const link = target.closest(".term");
  if (target.closest(".explained")) clearTimeout(waiting);
  else if (link || shown !== document.activeElement) showSoon(link);
});
document.addEventListener("pointerdown", ({ target, pointerType }) => {
  touched = pointerType === "touch";
  if (!target.closest(".term, .explained")) show();
});
document.addEventListener("keydown", ({ key }) => key === "Escape" && show());
