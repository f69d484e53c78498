// The switch between languages leads to the same place: the one that the address names, or what was read last.
// Without it the switch leads to the same page.

const places = [...document.querySelectorAll("main :is(section, article, li, div, h2)[id]")];
let read = "";
let resting;

// What lies about the upper edge of the window. Above the first place, on the way to the switch, nothing is read.
function look() {
  const passed = places.findLast((place) => {
    const { top, height } = place.getBoundingClientRect();
    return height && top < 100;
  });
  read = passed?.id ?? read;
}

addEventListener("scroll", () => {
  clearTimeout(resting);
  resting = setTimeout(look, 500);
});
for (const link of document.querySelectorAll(".languages a")) {
  for (const use of ["pointerdown", "click"]) {
    link.addEventListener(use, () => (link.hash = location.hash.slice(1) || read));
  }
}
