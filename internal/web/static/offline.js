// What pages have to do with the forms that lie on this device: it reminds their worker
// (worker.js) of what waits, takes the form of an activity that she took along, and fills
// the page about the device. No words of its own: templates give them.

const workers = navigator.serviceWorker
const { holder, unsent } = document.body.dataset
const show = (e, shown = true) => { if (e) e.hidden = !shown }

// ask tells the worker to do something; null where there is none.
async function ask (message) {
  const worker = (await workers.getRegistrations()).map(r => r.active).find(Boolean)
  if (!worker) return null
  const { port1, port2 } = new MessageChannel()
  const answered = new Promise(resolve => { port1.onmessage = event => resolve(event.data) })
  worker.postMessage({ ...message, holder }, [port2])
  const { done, failed } = await answered
  if (failed) throw new Error(failed)
  return done ?? true
}

// wipe leaves nothing here, the worker neither.
async function wipe () {
  await ask({ do: 'wipe' })
  for (const registration of await workers.getRegistrations()) await registration.unregister()
}

const isOpen = said => said.state !== 'done'

// mayLeave is asked before somebody signs out: she hears that something was not sent, and
// leaves nothing behind.
export async function mayLeave () {
  const lies = await ask({ do: 'list' })
  if (lies && (lies.others || lies.said.some(isOpen)) && !confirm(unsent)) return false
  await wipe()
  return true
}

const form = document.querySelector('form[data-held]')
const device = document.querySelector('[data-device]')
const refresh = async () => {
  const lies = await ask({ do: 'list' })
  if (lies && form) showForm(lies)
  if (device) showDevice(lies ?? { kept: [], said: [], others: 0 })
}
workers.addEventListener('message', refresh)
workers.startMessages()
addEventListener('online', () => ask({ do: 'send' }))
// The form of one activity. Only what she took along is held by this device.
function prepare () {
  const takes = lies => lies?.kept.some(k => k.path === location.pathname) || lies?.said.some(s => s.id === form.dataset.held && isOpen(s))
  form.addEventListener('submit', async event => {
    if (form.dataset.plain) return
    event.preventDefault()
    const lies = await ask({ do: 'list' }).catch(() => null)
    if (takes(lies)) return hold(read())
    form.dataset.plain = 'yes' // as without script
    form.submit()
  })
  choice().addEventListener('submit', event => { event.preventDefault(); choose() })
}

const read = () => [...new FormData(form)].filter(([, value]) => typeof value === 'string')

// hold writes down what was said, with the words that stand at the fields.
async function hold (fields) {
  const words = fields.filter(([name, value]) => value && (form.elements[name]?.type ?? 'hidden') !== 'hidden').map(([name, value]) => {
    const field = form.elements[name]
    const label = field.labels?.[0]?.textContent.trim() ?? name
    return [label, field.options ? field.selectedOptions[0]?.textContent.trim() : field.type === 'checkbox' ? '✓' : value]
  })
  const { held: id, title, meta } = form.dataset
  await ask({ do: 'save', said: { id, title, meta, path: location.pathname, action: form.getAttribute('action'), fields, words } })
  form.dispatchEvent(new Event('kept'))
  await refresh()
  document.getElementById('device').focus()
}

const choice = () => document.querySelector('#device [data-choose]')
let shown

// showForm says what became of what was written here, and fills the form with it.
function showForm (lies) {
  const said = lies.said.find(s => s.id === form.dataset.held)
  const news = document.getElementById('device')
  if (!said || shown?.saved === said.saved && shown.state === said.state) return
  const first = !shown
  shown = said
  if (said.state === 'done' && first) return // long ago
  tellState(news, said.state, said.answer)
  if (isOpen(said) && !(first && sessionStorage.getItem(`draft:edit:${location.pathname}`))) fill(said.fields)
  flag(said.answer.errors ?? [])
  differ(said)
}

function tellState (news, state, answer) {
  show(news)
  for (const e of news.querySelectorAll('[data-state]')) show(e, e.dataset.state === state)
  const note = news.querySelector('[data-note]')
  note.className = `note${{ refused: ' note-refusal', conflict: ' note-attention', 'sign-in': ' note-attention' }[state] ?? ''}`
  const text = news.querySelector('[data-text]')
  text.textContent = answer.text ?? ''
  show(text, Boolean(answer.text))
}

function fill (fields) {
  const values = new Map(fields)
  for (const e of form.elements) {
    if (!e.name || e.type === 'submit' || e.name === 'for') continue
    if (e.type === 'checkbox') e.checked = values.has(e.name)
    else if (values.has(e.name)) e.value = values.get(e.name)
  }
  form.dispatchEvent(new Event('kept'))
}

// flag puts the sentences at the fields, and above the form with a way to each.
function flag (errors) {
  for (const old of form.querySelectorAll('[data-flag]')) old.remove()
  for (const e of form.querySelectorAll('.govuk-form-group--error')) e.classList.remove('govuk-form-group--error')
  for (const e of form.querySelectorAll('[aria-invalid]')) e.removeAttribute('aria-invalid')
  const lines = errors.map(({ field, text, url }) => {
    const line = document.createElement('li')
    const at = field && document.getElementById(field)
    if (at) place(at, text)
    if (at || url) line.append(Object.assign(document.createElement('a'), { href: url ?? `#${field}`, textContent: text }))
    else line.textContent = text
    return line
  })
  document.querySelector('#device [data-errors]').replaceChildren(...lines)
}

function place (field, text) {
  const words = Object.assign(document.createElement('p'), { className: 'govuk-error-message', id: `${field.id}-flag`, textContent: text })
  words.dataset.flag = ''
  const within = field.closest('details')
  if (within) within.open = true
  if (field.matches('section')) return field.querySelector('h2').after(words)
  field.before(words)
  field.closest('.govuk-form-group')?.classList.add('govuk-form-group--error')
  field.setAttribute('aria-invalid', true)
  field.setAttribute('aria-describedby', `${field.getAttribute('aria-describedby') ?? ''} ${words.id}`.trim())
}

// differ shows field by field what she wrote and what is stored. She chooses for each;
// none is chosen for her.
function differ ({ state, answer }) {
  const ask = choice()
  show(ask, state === 'conflict')
  show(form, state !== 'conflict') // she answers one question at a time
  for (const old of ask.querySelectorAll('fieldset')) old.remove()
  if (state !== 'conflict') return
  const differences = answer.differences ?? []
  const row = ask.querySelector('template')
  show(ask.querySelector('[data-same]'), !differences.length)
  show(ask.querySelector('[data-mends]'), answer.mends)
  document.getElementById('choose-words').required = Boolean(answer.mends)
  for (const [i, difference] of differences.entries()) {
    const one = row.content.cloneNode(true)
    one.querySelector('legend').textContent = difference.label
    for (const side of ['mine', 'stored']) {
      one.querySelector(`[data-${side}]`).textContent = difference[side] || '–'
      const radio = one.querySelector(`#choose-${side}`)
      Object.assign(radio, { id: `choose-${side}-${i}`, name: `choose-${i}` })
      one.querySelector(`label[for=choose-${side}]`).htmlFor = radio.id
      radio.addEventListener('change', mendable)
    }
    row.before(one)
  }
}

const stays = () => [...choice().querySelectorAll('input[value=stored]')].every(e => e.checked)

// mendable asks for a reason only where other figures are to take the place of those
// that are stored.
function mendable () {
  const asked = shown.answer.mends && !stays()
  show(choice().querySelector('[data-mends]'), asked)
  document.getElementById('choose-words').required = asked
}

async function choose () {
  const { differences = [], stored, rev, mends } = shown.answer
  if (differences.length && stays()) {
    await ask({ do: 'forget', id: shown.id })
    tellState(document.getElementById('device'), 'left', {})
    show(choice(), false)
    return
  }
  let fields = shown.fields
  for (const [i, difference] of differences.entries()) {
    if (choice().querySelector(`[name=choose-${i}]:checked`).value === 'mine') continue
    fields = fields.filter(([name]) => !difference.fields.includes(name))
    for (const name of difference.fields) for (const value of stored[name] ?? []) fields.push([name, value])
  }
  fields = fields.filter(([name]) => name !== 'rev' && name !== 'words')
  fields.push(['rev', String(rev)])
  if (mends) fields.push(['words', document.getElementById('choose-words').value])
  fill(fields)
  await hold(fields)
}

// The page about this device.
function furnish () {
  show(document.querySelector('[data-unable]'), false)
  show(device)
  device.querySelector('[data-take]')?.addEventListener('submit', take)
  device.addEventListener('click', async ({ target }) => {
    const button = target.closest('button')
    if (!button || button.type === 'submit') return
    const { path, id } = button.closest('li')?.dataset ?? {}
    const lost = id ? lying.said.filter(s => s.id === id) : [...lying.said, ...Array(lying.others).fill({})]
    if (button.dataset.sure && lost.some(isOpen) && !confirm(button.dataset.sure)) return
    if (button.dataset.do === 'send') await ask({ do: 'send' })
    else if (button.dataset.do === 'wipe') await wipe()
    else if ('drop' in button.dataset) await ask({ do: 'drop', path })
    else await ask({ do: 'forget', id })
    await refresh()
    if (button.dataset.do !== 'send') announce(button.dataset.do === 'wipe' ? 'wiped' : 'removed')
  })
}

let lying = { said: [], others: 0 }

// take keeps the forms that were chosen: with that the worker comes onto the device.
async function take (event) {
  event.preventDefault()
  const forms = [...event.target.querySelectorAll('input:checked')].map(({ value: path, dataset: { id, title, lang, meta } }) => ({ path, id, title, lang, meta }))
  const button = event.target.querySelector('button')
  button.disabled = true
  await workers.register(device.dataset.device, { updateViaCache: 'none' })
  await workers.ready
  navigator.storage?.persist?.() // it asks that the browser does not clear it for room
  const missing = await ask({ do: 'keep', forms, assets: device.dataset.assets.split(' '), here: device.dataset.here }).catch(() => forms)
  button.disabled = false
  await refresh()
  announce(missing.length ? 'untaken' : 'taken')
}

function announce (key) {
  const told = device.querySelector('[data-told]')
  told.textContent = device.querySelector(`[data-tells=${key}]`).textContent
  show(told)
  told.focus()
}

const row = name => device.querySelector(`template[data-row=${name}]`).content.firstElementChild.cloneNode(true)
const moment = time => new Date(time).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' })

function showDevice (lies) {
  lying = lies
  const rows = { kept: lies.kept.map(keptRow), said: lies.said.sort((a, b) => b.saved - a.saved).map(saidRow) }
  for (const [name, list] of Object.entries(rows)) {
    const at = device.querySelector(`[data-list=${name}]`)
    at.replaceChildren(...list)
    show(at, list.length > 0)
    show(device.querySelector(`[data-none=${name}]`), !list.length)
  }
  const states = lies.said.map(s => s.state)
  const present = { waiting: states.some(s => ['waiting', 'sign-in'].includes(s)), 'sign-in': states.includes('sign-in'), others: lies.others > 0, anything: lies.kept.length + lies.said.length + lies.others > 0 }
  for (const [name, there] of Object.entries(present)) show(device.querySelector(`[data-with="${name}"]`), there)
}

function head (li, { path, title, lang, meta }) {
  const link = li.querySelector('a')
  Object.assign(link, { href: path, textContent: title })
  if (lang) link.lang = lang
  li.querySelector('.meta').textContent = meta
  li.querySelector('button .govuk-visually-hidden').textContent = ` – ${title}`
  return li
}

function keptRow (form) {
  const li = head(row('kept'), form)
  li.dataset.path = form.path
  return li
}

function saidRow (said) {
  const li = head(row('said'), { ...said, path: said.state === 'done' ? said.answer.url : said.path, meta: `${said.meta} · ${moment(said.saved)}` })
  li.dataset.id = said.id
  for (const e of li.querySelectorAll('[data-state]')) if (e.dataset.state !== said.state) e.remove()
  const why = [said.answer.text, ...(said.answer.errors ?? []).map(e => e.text)].filter(Boolean).join(' ')
  li.querySelector('[data-text]').textContent = why
  if (!said.words.length) li.querySelector('details').remove()
  for (const [label, value] of said.words) {
    const pair = document.createElement('div')
    pair.append(Object.assign(document.createElement('dt'), { textContent: label }), Object.assign(document.createElement('dd'), { className: 'lines', textContent: value }))
    li.querySelector('dl').append(pair)
  }
  return li
}

if (form) prepare()
if (device) furnish()
refresh().then(() => ask({ do: 'send' }))
