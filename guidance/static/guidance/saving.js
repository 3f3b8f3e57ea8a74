// Save and Submit wait for the autosave that is on its way. Sent meanwhile, the form would name the
// version before it, and be refused as somebody else's; a new page would be made twice.
const editor = document.querySelector("#page-edit-form[data-controller~=w-autosave]");

// What was refused comes back as changed, and would be saved by itself before anybody has read why:
// over the text of whoever was faster, or by an approver who then could approve no more. It waits for
// the next change. Draftail's own typing is no input to the browser, but comes before one.
let isRefused = editor?.dataset.wUnsavedForceValue === "true";
for (const change of ["beforeinput", "input", "change"]) {
  editor?.addEventListener(change, (event) => {
    if (event.isTrusted) isRefused = false;
  });
}
// On the way down, so that nobody hears of it who would say "Saving…" from then on.
window.addEventListener("w-autosave:save", hold, { capture: true });

function hold(event) {
  if (!isRefused) return;
  event.preventDefault();
  event.stopPropagation();
}

let isSaving = false;
let isLeaving = false;
let pressed = null;

// Listens further out than whoever may stop an autosave: what was stopped has no end to wait for.
document.addEventListener("w-autosave:save", (event) => {
  if (isLeaving) event.preventDefault();
  else isSaving = !event.defaultPrevented;
});

for (const end of ["w-autosave:success", "w-autosave:error"]) {
  document.addEventListener(end, () => {
    isSaving = false;
    if (pressed) send(pressed.button);
  });
}

editor?.addEventListener("submit", wait, { capture: true });

function wait(event) {
  if (!isSaving) {
    isLeaving = true;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  pressed = { button: event.submitter };
}

// The button may be disabled by now, and a disabled one is not sent: its name goes in its stead.
// Left in the form, it would go with whatever is sent after the way back, an autosave included.
function send(button) {
  pressed = null;
  const named = document.createElement("input");
  named.type = "hidden";
  named.name = button?.name ?? "";
  named.value = button?.value ?? "";
  editor.append(named);
  editor.requestSubmit();
  named.remove();
}

// The way back shows the page as it was left.
window.addEventListener("pageshow", () => {
  isLeaving = false;
});
