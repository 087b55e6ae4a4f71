package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"polis/internal/lang"
)

// seat is somebody's own tab of the browser: she stays signed in there, reads the pages
// in one language, and every page that she sees is looked at. The controls of a page
// are found by their names, so that its sentences may be in any language.
type seat struct {
	*journey
	in    lang.Tag
	page  arrival
	pages int // that she has seen
	*complaints
}

// typed is what is written into a form, by the names of its fields: a text, or a list
// of the values that are marked. In a choice "*" is the first that says something. Of
// several forms alike that one is meant whose hidden fields are so: "=host" for "host".
// A name may end in "*" where a number tells the fields of several forms apart.
type typed map[string]any

// arrival is what is looked at on every page.
type arrival struct {
	Path   string // without the language
	Lang   string
	Keys   bool   // a message is missing
	Faults string // what the page says is wrong
	status int64
}

// complaints are what the browser has to say of the pages.
type complaints struct {
	sync.Mutex
	list []string
}

// seat opens a tab with cookies of its own for somebody, and signs her in.
func (j *journey) seat(email string) *seat {
	j.Helper()
	ctx, cancel := chromedp.NewContext(j.ctx, chromedp.WithNewBrowserContext())
	j.Cleanup(cancel)
	s := &seat{journey: &journey{j.T, ctx, j.url}, complaints: &complaints{}}
	if err := chromedp.Listen(ctx, s.hear); err != nil {
		j.Fatal(err)
	}
	s.signIn(email)
	return s
}

// hear keeps what breaks: errors of a script, refusals of the policy, and answers that
// nobody expected for something other than the page itself, which is looked at anyway.
func (c *complaints) hear(event any) {
	c.Lock()
	defer c.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		says := "script: " + e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			says += " " + thrown.Description + " at " + e.ExceptionDetails.URL
		}
		if !strings.Contains(says, "ViewTransition") { // she was on before the browser had faded the last page out
			c.list = append(c.list, says)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "the server responded with a status") {
			c.list = append(c.list, "browser: "+e.Entry.Text)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 && e.Type != network.ResourceTypeDocument {
			c.list = append(c.list, strconv.FormatInt(e.Response.Status, 10)+" "+e.Response.URL)
		}
	}
}

// take seats her for a test, in a language.
func (s *seat) take(t *testing.T, in lang.Tag) *seat {
	s.Lock()
	defer s.Unlock()
	s.T, s.in, s.pages, s.list = t, in, 0, nil
	return s
}

// leave reports what the browser had to complain of since she took the seat.
func (s *seat) leave() {
	s.Helper()
	s.Lock()
	defer s.Unlock()
	for _, c := range s.list {
		s.Errorf("at %s: %s", s.page.Path, c)
	}
	s.list = nil
}

// looking is what is looked at on every page that somebody comes to.
const looking = `(() => {
	const all = [...document.querySelectorAll('.govuk-error-summary, .note-refusal')].map(e => e.innerText).join('\n')
	return {Path: location.pathname.replace(/^\/[a-z]{2}(?=\/)/, ''), Lang: document.documentElement.lang, Keys: document.documentElement.outerHTML.includes('⟦'), Faults: all}
})()`

// typing fills the form whose action ends so and presses its button; it says what of
// it is not there.
const typing = `((action, fields, button) => {
	const of = f => (f.getAttribute('action') || '').split('?')[0]
	const entries = Object.entries(fields), meant = f => entries.every(([name, value]) => name[0] !== '=' || (f.elements[name.slice(1)] || {}).value === value)
	const forms = [...document.querySelectorAll('main form')], form = forms.find(f => of(f).endsWith(action) && meant(f))
	if (!form) return 'no form leads to ' + action + ', but to ' + forms.map(of).join(' ')
	const wrong = []
	for (const [name, value] of entries) {
		const named = e => name.endsWith('*') ? e.name.startsWith(name.slice(0, -1)) : e.name === name
		const all = [...form.elements].filter(e => named(e) && e.type !== 'hidden'), one = all[0]
		if (name[0] === '=') continue
		if (!one) wrong.push(name)
		else if (one.type === 'checkbox' || one.type === 'radio') {
			const want = [value].flat()
			wrong.push(...want.filter(v => !all.some(e => e.value === v)).map(v => name + '=' + v))
			for (const e of all) e.checked = want.includes(e.value)
		} else if (one.tagName === 'SELECT') {
			one.value = value === '*' ? ([...one.options].find(o => o.value) || {}).value : value
			if (one.selectedIndex < 0) wrong.push(name + '=' + value)
		} else one.value = value
	}
	if (wrong.length) return 'the form to ' + action + ' has no ' + wrong.join(', ') + ', but ' + [...new Set([...form.elements].map(e => e.name))].join(' ')
	const press = [...form.querySelectorAll('button')].find(b => !button || b.name + '=' + b.value === button)
	if (!press) return 'the form to ' + action + ' has no button ' + button
	for (let d = form.closest('details'); d; d = d.parentElement.closest('details')) d.open = true
	setTimeout(() => press.click())
	return ''
})`

// patience is for how long a page may take on a machine that has much else to do.
const patience = time.Minute

// comes waits for the page to which something leads, and looks at it.
func (s *seat) comes(what string, lead func(context.Context) (*network.Response, error)) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	answer, err := lead(ctx)
	if err != nil {
		s.Fatalf("%s from %s: %v", what, s.page.Path, err)
	}
	s.page = evaluate[arrival](s.journey, looking)
	s.page.status = answer.Status
	s.pages++
	if s.page.Keys || s.page.Lang != string(s.in) {
		s.Errorf("%s leads to %s, a page in %q (of %q); a message is missing: %t", what, s.page.Path, s.page.Lang, s.in, s.page.Keys)
	}
}

// goes opens a page by its path without the language.
func (s *seat) goes(path string) {
	s.Helper()
	s.tries(path)
	s.well(path)
}

// tries opens what may not be there, and returns how it is answered.
func (s *seat) tries(path string) int64 {
	s.Helper()
	s.comes(path, func(ctx context.Context) (*network.Response, error) {
		return chromedp.Run(ctx, chromedp.NavigateResponse(s.url+"/"+string(s.in)+path))
	})
	return s.page.status
}

// well fails where the page is an error, or says that something is wrong.
func (s *seat) well(what string) {
	s.Helper()
	if s.page.status >= 400 || s.page.Faults != "" {
		s.Fatalf("%s leads to %s, answered with %d:\n%s\n%.1500s", what, s.page.Path, s.page.status, s.page.Faults, s.text("main"))
	}
}

// fills sends a form as it is filled in; button is "name=value" where it has several.
func (s *seat) fills(action string, in typed, button string) {
	s.Helper()
	fields, err := json.Marshal(in)
	if err != nil {
		s.Fatal(err)
	}
	if in == nil {
		fields = []byte("{}")
	}
	script := typing + "(" + strconv.Quote(action) + ", " + string(fields) + ", " + strconv.Quote(button) + ")"
	s.comes("the form to "+action, func(ctx context.Context) (*network.Response, error) {
		return chromedp.RunResponse(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			says, err := chromedp.Evaluate[string](script)(ctx, t)
			if err == nil && says != "" {
				err = errors.New(says)
			}
			return err
		}))
	})
}

// sends sends a form that is taken, and returns where it leads.
func (s *seat) sends(action string, in typed, button ...string) string {
	s.Helper()
	s.fills(action, in, strings.Join(button, ""))
	s.well("the form to " + action)
	return s.page.Path
}

// isRefused sends a form that is not taken, and returns what the page says of it.
func (s *seat) isRefused(action string, in typed) string {
	s.Helper()
	s.fills(action, in, "")
	if s.page.status != 422 && s.page.status != 409 || s.page.Faults == "" {
		s.Errorf("the form to %s is answered with %d and %q", action, s.page.status, s.page.Faults)
	}
	return s.page.Faults
}

// link is the path of the first link of the page that the selector finds, without the
// language; "" where there is none.
func (s *seat) link(selector string) string {
	s.Helper()
	href := evaluate[string](s.journey, "(document.querySelector("+strconv.Quote("main "+selector)+") || {getAttribute: () => ''}).getAttribute('href')")
	return strings.TrimPrefix(href, "/"+string(s.in))
}

// follows goes where a link of the page leads.
func (s *seat) follows(selector string) string {
	s.Helper()
	path := s.link(selector)
	if path == "" {
		s.Fatalf("%s has no link %s:\n%.1500s", s.page.Path, selector, s.text("main"))
	}
	s.goes(path)
	return s.page.Path
}

// shows fails where the page does not link to each of the paths.
func (s *seat) shows(paths ...string) {
	s.Helper()
	there := evaluate[[]string](s.journey, "[...document.querySelectorAll('main a[href]')].map(a => a.getAttribute('href').split(/[?#]/)[0])")
	for _, path := range paths {
		if !slices.Contains(there, "/"+string(s.in)+path) {
			s.Errorf("%s does not lead to %s:\n%.1500s", s.page.Path, path, s.text("main"))
		}
	}
}

// has reports whether the page has what the selector finds.
func (s *seat) has(selector string) bool {
	s.Helper()
	return evaluate[bool](s.journey, "!!document.querySelector("+strconv.Quote("main "+selector)+")")
}

// screen takes a picture of the page, where a directory for pictures is named.
func (s *seat) screen(name string) {
	dir := os.Getenv("POLIS_SCREENS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+"-"+string(s.in)+".png"), picture, 0o600)
	}
	if err != nil {
		s.Error(err)
	}
}
