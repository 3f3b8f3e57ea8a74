// Starts the kit's components and the / key. Every page works without this file.
const { govuk, moj } = document.querySelector("script[data-govuk]").dataset;

document.body.classList.add("js-enabled", "govuk-frontend-supported");
const kit = await import(govuk);
kit.initAll();
if (document.querySelector('[data-module^="moj-"]')) {
  const more = await import(moj);
  more.initAll();
}

// A single key may not be a shortcut for people who speak to their machine, unless they can turn
// it off (WCAG 2.1.4): the account page does.
const isTyping = (element) =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

document.addEventListener("keydown", (event) => {
  const box = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]");
  const off = document.body.dataset.searchShortcut === "off";
  if (event.key !== "/" || off || !box || isTyping(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
