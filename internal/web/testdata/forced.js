// What is lost on this page when the reader's system chooses the colours: an
// array of sentences, empty where everything can still be told apart.
(() => {
  if (!matchMedia('(forced-colors: active)').matches) return ['the colours are not forced']
  const found = []
  const complain = (element, what) => found.push(`${what}: ${element.outerHTML.slice(0, 110)}`)
  const all = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility({ visibilityProperty: true }))
  for (const closed of document.querySelectorAll('details')) closed.open = true

  const channels = colour => colour.match(/[\d.]+/g).map(Number)
  const light = colour => channels(colour).slice(0, 3)
    .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const contrast = (a, b) => {
    const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y)
    return (bright + 0.05) / (dark + 0.05)
  }
  const opaque = colour => { const c = channels(colour); return c.length < 4 || c[3] > 0.5 }
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor
      if (opaque(colour)) return colour
    }
    return getComputedStyle(document.documentElement).getPropertyValue('background-color')
  }
  const sees = (colour, on) => opaque(colour) && contrast(colour, on) >= 3
  const lined = (style, on, sides = ['Top', 'Right', 'Bottom', 'Left']) => sides.every(side =>
    style[`border${side}Style`] !== 'none' && parseFloat(style[`border${side}Width`]) >= 1 && sees(style[`border${side}Color`], on))
  const outlined = (style, on) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 && sees(style.outlineColor, on)

  // A choice is drawn by its label: the box itself is there only for hands.
  const drawn = e => e.matches('[type=radio], [type=checkbox]') ? [e.labels[0], '::before'] : [e]
  const around = e => ground(e.parentElement ?? e)

  for (const e of all('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
    e.focus({ focusVisible: true })
    if (document.activeElement !== e) complain(e, 'cannot be come to')
    else if (!outlined(getComputedStyle(...drawn(e)), around(e))) complain(e, 'nothing shows the focus')
    e.blur()
  }
  for (const e of all('button:not(.link), .govuk-button, input:not([type=hidden]), select, textarea')) {
    const style = getComputedStyle(...drawn(e))
    const joined = e.matches('.search *') ? ['Top', 'Bottom'] : undefined // box and button share a side
    if (!lined(style, around(e), joined)) complain(e, 'has no edge')
    if (!sees(style.color, ground(e))) complain(e, 'its words are not seen')
  }
  for (const e of all('button.link')) {
    const style = getComputedStyle(e)
    if (!style.textDecorationLine.includes('underline') && !lined(style, around(e))) complain(e, 'looks like plain text')
  }
  for (const e of all('.icon')) {
    if (!sees(getComputedStyle(e).stroke, ground(e))) complain(e.parentElement, 'its icon is not seen')
  }
  for (const e of all('.tag')) {
    if (!lined(getComputedStyle(e), around(e)) || !e.querySelector('.icon')) complain(e, 'a state without edge or icon')
  }
  for (const e of all('.note, .notice, .chips a, .drop, progress')) {
    const style = getComputedStyle(e)
    if (!lined(style, around(e)) && !lined(style, around(e), ['Left'])) complain(e, 'has no edge')
  }
  for (const e of all('mark, .passage-row:target')) {
    if (!outlined(getComputedStyle(e), ground(e))) complain(e, 'is marked by colour alone')
  }

  // What is here differs from its neighbours by more than colour.
  const looks = e => {
    const s = getComputedStyle(e)
    const border = ['Top', 'Right', 'Bottom', 'Left'].map(side => sees(s[`border${side}Color`], ground(e)) && s[`border${side}Width`])
    return [s.fontWeight, s.textDecorationLine, outlined(s, ground(e)), ...border].join()
  }
  for (const here of all('[aria-current]')) {
    const list = here.closest('ul, ol')
    const others = [...list.querySelectorAll(here.localName)].filter(e => !e.hasAttribute('aria-current') && e.checkVisibility())
    if (others.some(e => looks(e) === looks(here))) complain(here, 'is marked as here by colour alone')
  }
  return found
})()
