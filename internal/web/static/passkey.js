// Passkeys: fetches a challenge, lets the browser answer it, and sends the answer
// in the form that holds the button. Without script the button is not there.

const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const keys = list => (list ?? []).map(key => ({ ...key, id: bytes(key.id) }))

for (const box of window.PublicKeyCredential ? document.querySelectorAll('[data-passkey]') : []) {
  const form = box.closest('form')
  const failed = box.querySelector('[role=alert]')
  box.hidden = false
  for (const without of form.querySelectorAll('[data-passkey-none]')) without.hidden = true
  for (const other of form.querySelectorAll('[data-passkey-other]')) other.classList.add('govuk-button--secondary')
  box.querySelector('button').addEventListener('click', async () => {
    failed.hidden = true
    if (makes(box.dataset.passkey) && ![...form.elements].every(field => field.type === 'password' || field.reportValidity())) return
    try {
      const asked = await challenge(box, form)
      form.elements[box.dataset.answer].value = JSON.stringify(await answer(box.dataset.passkey, asked.options))
      form.elements[box.dataset.state].value = asked.state
      form.submit()
    } catch (error) {
      console.info(error)
      failed.hidden = false
    }
  })
}

const makes = purpose => ['add', 'register', 'join'].includes(purpose)

async function challenge (box, form) {
  const body = new URLSearchParams({ purpose: box.dataset.passkey, step: form.elements.step?.value ?? '', t: form.elements.t?.value ?? '' })
  const response = await fetch(box.dataset.options, { method: 'POST', body, headers: { Accept: 'application/json' } })
  if (!response.ok) throw new Error(response.status)
  return response.json()
}

async function answer (purpose, options) {
  options.challenge = bytes(options.challenge)
  if (makes(purpose)) {
    options.user.id = bytes(options.user.id)
    options.excludeCredentials = keys(options.excludeCredentials)
  } else {
    options.allowCredentials = keys(options.allowCredentials)
  }
  const given = await navigator.credentials[makes(purpose) ? 'create' : 'get']({ publicKey: options })
  const { response } = given
  const part = { clientDataJSON: text(response.clientDataJSON) }
  if (makes(purpose)) {
    part.attestationObject = text(response.attestationObject)
    part.transports = response.getTransports?.() ?? []
  } else {
    part.authenticatorData = text(response.authenticatorData)
    part.signature = text(response.signature)
    if (response.userHandle) part.userHandle = text(response.userHandle)
  }
  return { id: given.id, rawId: text(given.rawId), type: given.type, authenticatorAttachment: given.authenticatorAttachment, clientExtensionResults: {}, response: part }
}
