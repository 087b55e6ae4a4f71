// Keeps the short forms that somebody took along on her device, and what she wrote in
// them, and sends that once there is a line. It sees the pages of activities in one
// language and nothing else, keeps nothing that was not chosen, and knows people by a
// mark alone. Pages of POLIS (offline.js) tell it what to do; nobody else can.
'use strict'

const CACHE = 'polis-held'
const DAY = 86400000
const MONTH = 30 * DAY // for so long a form is kept,
const WEEK = 7 * DAY // and for so long is told what came of one
const PATIENCE = 5000 // milliseconds that a page may take before the kept one is shown

// Three tables: the forms that are kept, what was said in them, and whose they are.
let opened
function open () {
  return opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open('polis-held', 1)
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of [['kept', 'path'], ['said', 'id'], ['fact', 'name']]) asked.result.createObjectStore(name, { keyPath })
    }
    asked.onerror = () => { opened = undefined; reject(asked.error) }
    asked.onsuccess = () => {
      asked.result.onclose = asked.result.onversionchange = () => { asked.result.close(); opened = undefined }
      resolve(asked.result)
    }
  })
}

// within does something with a table and returns when that lies on the disk.
async function within (name, mode, work) {
  const change = (await open()).transaction(name, mode, { durability: 'strict' })
  return new Promise((resolve, reject) => {
    const asked = work(change.objectStore(name))
    change.oncomplete = () => resolve(asked?.result)
    change.onabort = () => reject(change.error)
  })
}

const all = name => within(name, 'readonly', rows => rows.getAll())
const find = (name, key) => within(name, 'readonly', rows => rows.get(key))
const put = (name, row) => within(name, 'readwrite', rows => rows.put(row))
const remove = (name, key) => within(name, 'readwrite', rows => rows.delete(key))
const holder = async () => (await find('fact', 'holder'))?.value

// settle notes what came of something, unless it was written anew meanwhile.
const settle = (said, news) => within('said', 'readwrite', rows => {
  rows.get(said.id).onsuccess = event => {
    if (event.target.result?.saved === said.saved) rows.put({ ...said, ...news })
  }
})

// drop forgets a form.
async function drop (path) {
  await remove('kept', path)
  await (await caches.open(CACHE)).delete(path)
}

// tidy forgets what has lain long enough: a form that nothing waits in, and what came
// of one that was sent.
async function tidy () {
  const now = Date.now()
  const said = await all('said')
  for (const one of said) if (one.state === 'done' && one.saved < now - WEEK) await remove('said', one.id)
  for (const form of await all('kept')) {
    if (form.taken < now - MONTH && !said.some(one => one.path === form.path && one.state !== 'done')) await drop(form.path)
  }
}

// meet hears who has signed in. Of another person's forms nothing stays; what she has
// not sent yet waits for her, unread.
async function meet (mark) {
  if (!mark || mark === await holder()) return
  for (const form of await all('kept')) await drop(form.path)
  await caches.delete(CACHE)
  await put('fact', { name: 'holder', value: mark })
}

// keep fetches forms as pages that name nobody, with all that they are made of. It
// returns those that did not come.
async function keep ({ forms, assets, here }) {
  const cache = await caches.open(CACHE)
  await cache.addAll(assets)
  const missing = []
  for (const form of [{ path: here }, ...forms]) {
    const page = await fetch(`${form.path}?kept=1`).catch(() => null)
    if (!page?.ok || page.redirected) {
      missing.push(form.path)
      continue
    }
    await cache.put(form.path, page)
    if (form.id) await put('kept', { ...form, taken: Date.now() })
  }
  return missing
}

// list is what lies here, as its holder may see it.
async function list () {
  const mark = await holder()
  const said = await all('said')
  return {
    kept: await all('kept'),
    said: said.filter(one => one.holder === mark),
    others: said.filter(one => one.holder !== mark && one.state !== 'done').length
  }
}

// save writes down what was said before anything is sent, and asks the browser to wake
// this worker when there is a line.
async function save ({ said }) {
  await put('said', { ...said, holder: await holder(), saved: Date.now() + Math.random(), state: 'waiting', answer: {} })
  await registration.sync?.register('said').catch(() => {}) // where it may not, pages remind us
}

// send sends what waits, one after the other and from one place at a time. It returns
// whether all of it has arrived.
function send () {
  return navigator.locks.request(CACHE, async () => {
    const mark = await holder()
    for (const one of await all('said')) {
      if (one.holder === mark && ['waiting', 'sign-in'].includes(one.state) && !await sendOne(one)) return false
    }
    return true
  })
}

async function sendOne (said) {
  let reply, answer
  try {
    reply = await fetch(said.action, {
      method: 'POST', body: new URLSearchParams(said.fields), headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(30000)
    })
    answer = await reply.json()
  } catch {
    return false // the line is gone, or what came is no answer of POLIS
  }
  if (reply.status >= 500 || reply.status === 429 || answer.state === 'other') return false
  const state = answer.state ?? (answer['sign-in'] ? 'sign-in' : 'refused')
  await settle(said, { state, answer: { ...answer, text: answer.text ?? answer.detail }, ...(state === 'done' && { fields: [], words: [] }) })
  if (state === 'done') await drop(said.path)
  await tell()
  return true
}

// tell lets the pages know that something has changed.
async function tell () {
  for (const page of await clients.matchAll({ includeUncontrolled: true, type: 'window' })) page.postMessage('changed')
}

// wipe leaves nothing on the device.
async function wipe () {
  for (const name of ['kept', 'said', 'fact']) await within(name, 'readwrite', rows => rows.clear())
  await caches.delete(CACHE)
}

// What pages ask for. What was saved is answered at once and sent afterwards.
const deeds = {
  list,
  keep,
  save,
  wipe,
  send,
  drop: ({ path }) => drop(path),
  forget: ({ id }) => remove('said', id)
}

addEventListener('message', event => {
  if (event.origin !== location.origin || !Object.hasOwn(deeds, event.data?.do)) return
  event.waitUntil((async () => {
    const message = event.data
    if (message.do !== 'wipe') await meet(message.holder).then(tidy)
    const result = await deeds[message.do](message).then(done => ({ done }), error => ({ failed: String(error) }))
    event.ports[0].postMessage(result)
    if (message.do === 'save') await send()
  })())
})

addEventListener('sync', event => {
  event.waitUntil(send().then(sent => { if (!sent) throw new Error('no line yet') }))
})

addEventListener('install', () => skipWaiting())
addEventListener('activate', event => event.waitUntil(clients.claim()))

// A kept page is shown where none comes over the line; what pages are made of never
// changes under its address, so the kept is as good.
addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') {
    if (/\/(held|offline)$/.test(url.pathname)) event.respondWith(visit(request, url.pathname))
  } else if (url.pathname.startsWith('/static/')) {
    event.respondWith(caches.match(request, { cacheName: CACHE }).then(kept => kept ?? fetch(request)))
  }
})

async function visit (request, path) {
  const kept = await caches.match(path, { cacheName: CACHE })
  if (!kept) return fetch(request)
  const late = new Promise(resolve => setTimeout(resolve, PATIENCE))
  const page = await Promise.race([fetch(request).catch(() => null), late])
  return page && page.status < 500 ? page : kept
}
