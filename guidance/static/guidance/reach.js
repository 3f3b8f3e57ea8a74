// Asks the portal again who would see the page whenever a fact of access changes in the editor.
const panel = document.querySelector("[data-reach-url]");
const form = document.querySelector("#page-edit-form");
const facts = ["audience", "groups", "marking", "latest_phase", "csrfmiddlewaretoken"];

// Answers may overtake one another: only the one to the newest question is shown.
let asked = 0;

async function count() {
  const question = ++asked;
  panel.textContent = "Counting…";
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (facts.includes(name)) body.append(name, value);
  }
  const sentence = await ask(body);
  if (question === asked) panel.textContent = sentence;
}

async function ask(body) {
  try {
    const response = await fetch(panel.dataset.reachUrl, { method: "POST", body });
    const answer = await response.json();
    return answer.sentence;
  } catch {
    return "The count is not available just now. Save the draft to see it.";
  }
}

if (panel && panel.dataset.reachUrl && form) {
  form.addEventListener("change", (event) => {
    if (facts.includes(event.target.name)) count();
  });
}
