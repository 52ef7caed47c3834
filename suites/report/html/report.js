'use strict'
;(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const one = selector => document.querySelector(selector)
  const specs = all('.spec').map(element => {
    const section = element.closest('.section')
    return { element, section, area: section.closest('.area').dataset.area, number: section.dataset.section, verdict: element.dataset.v, level: element.dataset.l, words: null }
  })
  const sections = all('.section'), areas = all('.area[data-area]'), chips = all('.chip')
  const query = one('#q'), place = one('#in'), unfold = one('#unfold')
  const standing = new Map(all('.section, .spec').map(element => [element, element.open]))

  // What a spec says, without its exchanges: a path would match in nearly all of them.
  const wordsOf = spec => spec.words ??= ['.section-name', 'summary', '.owes', '.meta', '.why', '.claim-pair']
    .flatMap(selector => all(':scope > ' + selector + ', :scope > .inside > ' + selector, spec.element))
    .concat(spec.section.querySelector('h3')).map(element => element.textContent).join(' ').toLowerCase()

  const chosen = filter => chips.filter(chip => chip.dataset.filter === filter && chip.getAttribute('aria-pressed') === 'true').map(chip => chip.dataset.is)

  const apply = () => {
    const verdicts = chosen('v'), levels = chosen('l'), words = query.value.toLowerCase().split(/\s+/).filter(Boolean), within = place.value
    const narrowed = verdicts.length + levels.length + words.length > 0 || within !== ''
    let shown = 0
    for (const spec of specs) {
      const fits = (!verdicts.length || verdicts.includes(spec.verdict)) && (!levels.length || levels.includes(spec.level)) &&
        (!within || within === spec.area || within === spec.number) && (!words.length || words.every(word => wordsOf(spec).includes(word)))
      spec.element.hidden = !fits
      shown += fits
    }
    for (const section of sections) {
      section.hidden = !section.querySelector('.spec:not([hidden])')
      if (unfold.getAttribute('aria-pressed') !== 'true') section.open = narrowed ? true : standing.get(section)
    }
    for (const area of areas) area.hidden = !area.querySelector('.section:not([hidden])')
    one('#count').textContent = narrowed ? `${shown} of ${specs.length} specs` : `${specs.length} specs`
    one('#none').hidden = shown > 0
    one('#clear').hidden = !narrowed
    return narrowed ? new URLSearchParams(Object.entries({ q: query.value, v: verdicts.join(), l: levels.join(), in: within }).filter(([, value]) => value)).toString() : ''
  }

  // The choice stands in the address, so that it can be sent to somebody.
  const remember = () => {
    const choice = apply()
    try { history.replaceState(null, '', choice ? '#?' + choice : location.pathname + location.search) } catch { /* some browsers forbid it for files */ }
  }

  const clear = () => {
    query.value = place.value = ''
    for (const chip of chips) chip.setAttribute('aria-pressed', 'false')
  }

  const readAddress = () => {
    if (location.hash.startsWith('#?')) {
      const choice = new URLSearchParams(location.hash.slice(2))
      clear()
      query.value = choice.get('q') ?? ''
      place.value = choice.get('in') ?? ''
      for (const chip of chips) chip.setAttribute('aria-pressed', String((choice.get(chip.dataset.filter) ?? '').split(',').includes(chip.dataset.is)))
      apply()
      return
    }
    const meant = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (!meant) return
    if (meant.closest('[hidden]')) { clear(); apply() }
    for (let element = meant; element; element = element.parentElement) if (element.tagName === 'DETAILS') element.open = true
    meant.scrollIntoView()
  }

  const openAll = open => {
    for (const [element, before] of standing) element.open = open || before
    unfold.setAttribute('aria-pressed', String(open))
    unfold.textContent = open ? 'Close all' : 'Open all'
  }

  for (const chip of chips) chip.addEventListener('click', () => {
    chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'))
    remember()
  })
  query.addEventListener('input', remember)
  place.addEventListener('change', remember)
  one('#controls').addEventListener('submit', event => event.preventDefault())
  for (const id of ['#clear', '#all']) one(id).addEventListener('click', () => { clear(); remember() })
  unfold.addEventListener('click', () => openAll(unfold.getAttribute('aria-pressed') !== 'true'))
  addEventListener('hashchange', readAddress)
  addEventListener('keydown', event => {
    if (event.key === '/' && !event.target.closest('input, select') && !event.ctrlKey && !event.metaKey) { event.preventDefault(); query.focus() }
    if (event.key === 'Escape' && event.target === query && query.value) { query.value = ''; remember() }
  })

  // A button to copy with comes when the mouse does: a thousand of them would cost.
  document.addEventListener('pointerover', event => {
    const text = event.target.closest?.('pre[data-copy]')
    if (!text || text.querySelector('.copy')) return
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.addEventListener('click', () => {
      const said = [...text.childNodes].filter(node => node !== button).map(node => node.textContent).join('')
      navigator.clipboard?.writeText(said).then(() => { button.textContent = 'Copied' }, () => { button.textContent = 'Press Ctrl+C' })
    })
    text.append(button)
  })

  let opened = []
  addEventListener('beforeprint', () => {
    opened = all('details:not([open])')
    for (const element of opened) element.open = true
  })
  addEventListener('afterprint', () => { for (const element of opened) element.open = false })

  one('#controls').hidden = false
  apply()
  readAddress()
})()
