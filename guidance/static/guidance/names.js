// Names what Wagtail 7.4's editor leaves without a name, for people who hear the page: rich text,
// the lines of a list, and a list that scrolls without taking the keyboard.
const nameless =
  ".public-DraftEditor-content:not([aria-label]), [data-list-block] input:not([aria-label]), " +
  "[data-streamfield-list-container] input[type=text]:not([aria-label])";
const headings = "label, legend, .w-panel__heading, .w-field__label";

function nearestHeading(field) {
  for (let around = field.parentElement; around; around = around.parentElement) {
    const before = [...around.querySelectorAll(headings)].filter(
      (one) => one.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    const words = before.at(-1)?.textContent.replace("*", "").trim();
    if (words) return words;
  }
  return "";
}

function giveNames() {
  for (const field of document.querySelectorAll(nameless)) {
    if (!field.labels?.length) field.setAttribute("aria-label", nearestHeading(field));
  }
  for (const list of document.querySelectorAll(".w-minimap__list:not([tabindex])")) list.tabIndex = 0;
}

// Blocks come and go while somebody writes: at most one look for each picture of the screen.
let isWaiting = false;
new MutationObserver(() => {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    giveNames();
  });
}).observe(document.body, { childList: true, subtree: true });
giveNames();
