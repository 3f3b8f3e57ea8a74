// Asks the portal again who would see the page whenever a fact of access changes in the editor.
const panel = document.querySelector("[data-reach-url]");
const form = document.querySelector("#page-edit-form");
const facts = ["audience", "groups", "marking", "latest_phase", "csrfmiddlewaretoken"];

async function count() {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (facts.includes(name)) body.append(name, value);
  }
  const response = await fetch(panel.dataset.reachUrl, { method: "POST", body });
  if (response.ok) {
    const answer = await response.json();
    panel.textContent = `Once published: ${answer.sentence}.`;
  }
}

if (panel && panel.dataset.reachUrl && form) {
  form.addEventListener("change", (event) => {
    if (facts.includes(event.target.name)) count();
  });
}
