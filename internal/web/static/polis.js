// Makes quicker what works without it: the slash to the search box, what
// continues a question, files dropped and sent one by one, a citation copied,
// drafts kept, a warning before unsaved work is left. No words of its own: templates give them as data.

// "/" goes to the search box, unless somebody is writing.
addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest('input, textarea, select, [contenteditable]')) return
  const box = document.querySelector('main [data-key="/"]') ?? document.querySelector('[data-key="/"]')
  if (!box) return
  event.preventDefault()
  box.focus()
  box.select()
})

// A search box offers what continues the words while they are typed: a combobox
// as the ARIA practices have it. Enter without a choice asks as ever.
for (const box of document.querySelectorAll('[data-suggest]')) suggest(box)

function suggest (box) {
  const list = Object.assign(document.createElement('ul'), { id: `${box.id}-list`, className: 'suggestions', hidden: true })
  const said = Object.assign(document.createElement('span'), { className: 'govuk-visually-hidden' })
  list.setAttribute('role', 'listbox')
  said.setAttribute('role', 'status')
  box.parentElement.classList.add('suggesting')
  box.parentElement.append(list, said)
  const set = attributes => { for (const [name, value] of Object.entries(attributes)) box.setAttribute(name, value) }
  set({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': false })
  let at = -1
  let timer, asking

  const close = () => {
    clearTimeout(timer)
    asking?.abort()
    list.hidden = true
    at = -1
    said.textContent = ''
    box.setAttribute('aria-expanded', false)
    box.removeAttribute('aria-activedescendant')
  }
  const choose = i => {
    at = i
    for (const [n, one] of [...list.children].entries()) one.setAttribute('aria-selected', n === at)
    list.children[at]?.scrollIntoView({ block: 'nearest' })
    if (at < 0) box.removeAttribute('aria-activedescendant')
    else box.setAttribute('aria-activedescendant', list.children[at].id)
  }
  const line = (one, n) => {
    const item = Object.assign(document.createElement('li'), { id: `${list.id}-${n}` })
    const part = (className, textContent) => Object.assign(document.createElement('span'), { className, textContent })
    const text = part('text', one.text)
    if (one.lang) text.lang = one.lang
    item.append(text, ' ', part('what', one.note))
    item.setAttribute('role', 'option')
    item.setAttribute('aria-selected', false)
    item.addEventListener('click', () => { location = one.url })
    return item
  }
  const show = answer => {
    if (!answer.list.length || document.activeElement !== box) return close()
    list.setAttribute('aria-label', answer.label)
    list.replaceChildren(...answer.list.map(line))
    list.hidden = false
    said.textContent = answer.status
    box.setAttribute('aria-expanded', true)
    choose(-1)
  }
  const ask = async () => {
    asking = new AbortController()
    const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: box.value })}`, { signal: asking.signal }).catch(() => null)
    const found = answer?.ok ? await answer.json().catch(() => null) : null
    if (found) show(found)
  }
  box.addEventListener('input', () => {
    clearTimeout(timer)
    asking?.abort()
    if (box.value.trim().length < 2) return close()
    timer = setTimeout(ask, 150)
  })
  box.addEventListener('keydown', event => {
    if (list.hidden || event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      const n = list.children.length + 1 // the box itself is one of the places
      choose((at + 1 + step + n) % n - 1)
    } else if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      close()
    }
  })
  box.form.addEventListener('submit', event => {
    if (at < 0) return
    event.preventDefault()
    list.children[at].click()
  })
  list.addEventListener('mousedown', event => event.preventDefault()) // the box keeps the focus
  box.addEventListener('blur', close)
}

// An open menu closes with Escape and with a click beside it.
const menus = () => document.querySelectorAll('details.menu[open]')
addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  for (const menu of menus()) {
    menu.open = false
    menu.querySelector('summary').focus()
  }
})
addEventListener('click', event => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false
})

// A summary of errors is read out first. What a redirect said is said once.
document.querySelector('[data-focus]')?.focus()
const address = new URL(location)
if (address.searchParams.has('notice')) {
  address.searchParams.delete('notice')
  address.searchParams.delete('n')
  history.replaceState(null, '', address)
}

// Lists of filters stand open where there is room beside the results.
const room = matchMedia('(min-width: 900px)')
const openDrawers = () => { for (const d of document.querySelectorAll('details.drawer')) d.open = room.matches }
room.addEventListener('change', openDrawers)
openDrawers()

// "Cite" is a link; here it copies the paragraph it names, where that stands
// and its address.
for (const link of navigator.clipboard ? document.querySelectorAll('[data-cite]') : []) {
  link.addEventListener('click', async event => {
    event.preventDefault()
    const id = link.dataset.cite
    const { source, done } = link.closest('[data-source]').dataset
    const place = new URL(location)
    const part = place.searchParams.get('part')
    place.pathname = place.pathname.replace(/^\/[a-z]{2}\/library\//, '/library/')
    place.search = part ? `part=${part}` : ''
    place.hash = id
    const passage = document.getElementById(id).querySelector('p, li, td, pre').cloneNode(true)
    for (const inside of passage.querySelectorAll('[data-cite]')) inside.remove()
    const text = passage.textContent.trim().replace(/\s+/g, ' ')
    await navigator.clipboard.writeText(`“${text}” (${source}, ${place})`)
    const words = [...link.childNodes]
    link.textContent = done
    setTimeout(() => link.replaceChildren(...words), 2000)
  })
}

// A field for a name of the directory offers all of them to who comes to it,
// the reader's own first.
for (const field of document.querySelectorAll('[data-names]')) {
  field.addEventListener('focus', async () => {
    const answer = await fetch(field.dataset.names).catch(() => null)
    if (!answer?.ok) return
    const names = new Set([...field.list.options].map(option => option.value))
    for (const name of (await answer.text()).split('\n')) names.add(name)
    field.list.replaceChildren(...[...names].map(value => Object.assign(document.createElement('option'), { value })))
  }, { once: true })
}

// What is typed by number is said in words while it is typed.
for (const heard of document.querySelectorAll('[data-heard]')) {
  const field = document.getElementById(heard.id.replace('-heard', ''))
  let last = 0
  field.addEventListener('input', async () => {
    const turn = ++last
    await new Promise(resolve => setTimeout(resolve, 200))
    if (turn !== last) return
    const answer = await fetch(`${heard.dataset.heard}?n=${encodeURIComponent(field.value)}`).catch(() => null)
    if (!answer?.ok || turn !== last) return
    const lines = (await answer.text()).split('\n').filter(Boolean)
    heard.replaceChildren(...lines.map(textContent => Object.assign(document.createElement('li'), { textContent })))
  })
}

// Drafts lie in this window's session storage until the form is sent.
for (const form of document.querySelectorAll('form[data-draft]')) {
  const key = `draft:${form.dataset.draft}:${location.pathname}`
  const fields = () => [...form.elements].filter(e => e.name && !['file', 'password', 'hidden', 'submit'].includes(e.type))
  const isChoice = e => e.type === 'checkbox' || e.type === 'radio'
  const state = () => JSON.stringify(fields().map(e => isChoice(e) ? e.checked : e.value))
  let clean = state()
  const kept = sessionStorage.getItem(key)
  const values = kept ? JSON.parse(kept) : []
  if (kept && kept !== clean && values.length === fields().length) {
    fields().forEach((e, i) => { if (isChoice(e)) e.checked = values[i]; else e.value = values[i] })
    const note = Object.assign(document.createElement('p'), { className: 'note', textContent: form.dataset.restored })
    note.setAttribute('role', 'status')
    form.prepend(note)
  }
  form.addEventListener('input', () => sessionStorage.setItem(key, state()))
  const settled = () => sessionStorage.removeItem(key)
  form.addEventListener('kept', () => { clean = state(); settled() }) // what stands there lies safe elsewhere
  guard(form, () => state() !== clean, settled)
}

// guard asks before the page is left with changes; sent clears what was kept.
function guard (form, dirty, sent) {
  if (!form.dataset.leave) return
  let sending = false
  form.addEventListener('submit', () => { sending = true; sent() })
  addEventListener('beforeunload', event => { if (!sending && dirty()) event.preventDefault() })
}

// What somebody writes in a group is kept as a draft of hers a moment after she stops;
// its form has a button for the same.
for (const form of document.querySelectorAll('form[data-keep]')) {
  const said = form.querySelector('[data-kept]')
  let timer
  const keep = async () => {
    const body = new FormData(form)
    for (const file of form.querySelectorAll('input[type=file]')) body.delete(file.name)
    const answer = await fetch(form.dataset.keep, { method: 'POST', body }).catch(() => null)
    if (!answer?.ok || answer.redirected) return
    said.textContent = await answer.text()
    form.dispatchEvent(new Event('kept'))
  }
  form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(keep, 2000) })
  form.addEventListener('submit', () => clearTimeout(timer))
}

// Files are dropped or chosen and sent one after the other, each with a bar.
for (const form of document.querySelectorAll('form[data-upload]')) upload(form)

function upload (form) {
  const field = form.querySelector('input[type=file]')
  const zone = form.querySelector('.drop')
  const list = form.querySelector('.uploads')
  const words = form.dataset
  let queue = Promise.resolve()

  zone.querySelector('.drop-words').hidden = false
  form.querySelector('button[type=submit]').hidden = true
  form.addEventListener('submit', event => event.preventDefault())
  for (const kind of ['dragenter', 'dragover']) {
    zone.addEventListener(kind, event => { event.preventDefault(); zone.classList.add('over') })
  }
  for (const kind of ['dragleave', 'drop']) zone.addEventListener(kind, () => zone.classList.remove('over'))
  zone.addEventListener('drop', event => { event.preventDefault(); add(event.dataTransfer.files) })
  field.addEventListener('change', () => { add(field.files) })

  function add (files) {
    list.hidden = false
    for (const file of files) {
      const row = line(file)
      list.append(row.item)
      queue = queue.then(() => send(file, row))
    }
    field.value = ''
  }

  function line (file) {
    const item = document.createElement('li')
    const make = (tag, name, text) => {
      const e = Object.assign(document.createElement(tag), { className: name, textContent: text })
      item.append(e)
      return e
    }
    const row = { item, name: make('span', 'name', file.name), state: make('span', 'meta', words.waiting), bar: make('progress', '', ''), why: make('p', 'why', '') }
    row.bar.max = 1
    row.bar.value = 0
    row.bar.setAttribute('aria-label', file.name)
    return row
  }

  function send (file, row) {
    const body = new FormData(form)
    body.delete(field.name)
    body.append(field.name, file)
    row.why.textContent = ''
    return new Promise(resolve => {
      const request = new XMLHttpRequest()
      request.open('POST', form.action)
      request.setRequestHeader('Accept', 'application/json')
      request.responseType = 'json'
      request.upload.onprogress = event => { if (event.lengthComputable) row.bar.value = event.loaded / event.total }
      request.onload = () => { tell(row, request.status, request.response ?? {}); resolve() }
      request.onerror = request.onabort = () => { broken(file, row); resolve() }
      request.send(body)
    })
  }

  function tell (row, status, answer) {
    const good = status < 400
    row.bar.value = 1
    row.bar.hidden = true
    row.item.dataset.state = answer.state ?? (good ? 'done' : 'refused')
    row.state.textContent = good ? answer.text ?? words.sent : answer.title ?? ''
    row.why.textContent = good ? '' : answer.detail ?? ''
    if (!answer.url) return
    const link = Object.assign(document.createElement('a'), { href: answer.url, textContent: row.name.textContent })
    row.name.replaceChildren(link)
  }

  function broken (file, row) {
    row.item.dataset.state = 'refused'
    row.why.textContent = words.failed + ' '
    const again = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent: words.again })
    again.addEventListener('click', () => { queue = queue.then(() => send(file, row)) })
    row.why.append(again)
  }
}

// What waits on this device is seen to from every page, where somebody has chosen to
// keep forms on it (offline.js); and nobody signs out before it had its say.
const { offline } = document.body.dataset
if (offline && navigator.serviceWorker) {
  const device = navigator.serviceWorker.getRegistrations()
    .then(kept => kept.length || document.querySelector('[data-device]') ? import(offline) : null).catch(() => null)
  for (const form of document.querySelectorAll('form[action$="/sign-out"]')) {
    form.addEventListener('submit', async event => {
      if (form.dataset.sure) return
      event.preventDefault()
      if (await (await device)?.mayLeave() === false) return
      form.dataset.sure = 'yes'
      setTimeout(() => form.requestSubmit()) // not while the first submission is still being told
    })
  }
}
