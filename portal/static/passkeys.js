// Shows the passkey buttons where the browser can use them, and says what to do when a key fails.
// The ceremony itself is allauth's webauthn.js.
const canUseKeys = window.PublicKeyCredential !== undefined

for (const part of document.querySelectorAll('[data-needs-passkeys]')) {
  part.hidden = !canUseKeys
}

document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const said = document.querySelector('[data-passkey-error]')
  said.hidden = false
  said.focus()
})
