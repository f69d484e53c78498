// Owns the dialog in which a picture is seen large. Without it the picture's link leads to its file.
// A dialog of the browser keeps the focus in, closes by Escape, and gives the focus back to the link.

const dialog = document.querySelector("dialog.zoom");
const [stage, words, size] = [".stage", ".words", ".size"].map((name) => dialog.querySelector(name));

function open(link) {
  const figure = link.closest("figure");
  const image = new Image();
  image.alt = figure.querySelector("img").alt;
  image.addEventListener("load", () => {
    // Nothing to choose where all of it fits.
    size.hidden = image.naturalWidth <= stage.clientWidth && image.naturalHeight <= stage.clientHeight;
  });
  image.src = link.href;
  stage.replaceChildren(image);
  const caption = figure.querySelector("figcaption")?.cloneNode(true);
  caption?.querySelectorAll("[id]").forEach((mark) => mark.removeAttribute("id"));
  words.replaceChildren(...(caption?.childNodes ?? []));
  size.hidden = true;
  show(false);
  dialog.showModal();
}

function show(actualSize) {
  size.setAttribute("aria-pressed", actualSize);
  stage.scrollTo((stage.scrollWidth - stage.clientWidth) / 2, (stage.scrollHeight - stage.clientHeight) / 2);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.enlarge");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
    event.preventDefault();
    open(link);
  }
});
size.addEventListener("click", () => show(size.ariaPressed === "false"));
// A source in the caption lies on the page behind.
words.addEventListener("click", (event) => event.target.closest("a") && dialog.close());
