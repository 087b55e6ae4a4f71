package web

import (
	"context"
	"fmt"
	"slices"

	"github.com/chromedp/chromedp"
)

// motions lists what moves on a page, and for how many milliseconds at most.
const motions = `(() => {
	const found = new Map()
	const note = (name, time) => { if (time > 0) found.set(name, Math.max(time, found.get(name) ?? 0)) }
	const longest = times => Math.max(...times.split(',').map(t => parseFloat(t) * (t.trim().endsWith('ms') ? 1 : 1000)))
	for (const e of document.querySelectorAll('*')) for (const part of [null, '::before', '::after']) {
		const style = getComputedStyle(e, part)
		note('transition of ' + e.localName, longest(style.transitionDuration))
		if (style.animationName !== 'none') note('animation of ' + e.localName, longest(style.animationDuration))
		if (style.scrollBehavior === 'smooth') note('scrolling of ' + e.localName, 1000)
	}
	const rules = list => { for (const rule of list) {
		if (rule instanceof CSSMediaRule && !matchMedia(rule.media.mediaText).matches) continue
		if (rule.constructor.name === 'CSSViewTransitionRule') note('passing from page to page', 100)
		if (rule.cssRules) rules(rule.cssRules)
	} }
	for (const sheet of document.styleSheets) rules(sheet.cssRules)
	return [...found].map(([name, time]) => ({ name, time }))
})()`

// motion is one thing that moves.
type motion struct {
	Name string  `json:"name"`
	Time float64 `json:"time"` // in milliseconds
}

// moves says what moves on the open page although the reader asks for no motion, and what
// does for longer than 150 milliseconds where she does not.
func moves(ctx context.Context) (faults []string) {
	var moving, still []motion
	err := chromedp.Do(ctx,
		media("prefers-reduced-motion", "no-preference"), into(&moving, chromedp.Evaluate[[]motion](motions)),
		media("prefers-reduced-motion", "reduce"), into(&still, chromedp.Evaluate[[]motion](motions)))
	if err != nil {
		return []string{err.Error()}
	}
	if len(still) > 0 {
		faults = append(faults, fmt.Sprintf("moves although the reader asked for stillness: %v", still))
	}
	if !slices.ContainsFunc(moving, func(m motion) bool { return m.Name == "transition of a" }) ||
		!slices.ContainsFunc(moving, func(m motion) bool { return m.Name == "passing from page to page" }) {
		faults = append(faults, fmt.Sprintf("the check does not see what moves: %v", moving))
	}
	for _, m := range moving {
		if m.Time > 150 {
			faults = append(faults, fmt.Sprintf("%s for %.0f ms", m.Name, m.Time))
		}
	}
	return faults
}
