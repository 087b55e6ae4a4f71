package web

import (
	"context"
	_ "embed"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// forcedLosses is a script that lists what is lost when the reader's system
// chooses the colours, as for people who read high contrast only.
//
//go:embed testdata/forced.js
var forcedLosses string

// media makes a tab behave as for a reader with these settings: name, value pairs.
func media(pairs ...string) step {
	var features []*emulation.MediaFeature
	for i := 0; i+1 < len(pairs); i += 2 {
		features = append(features, &emulation.MediaFeature{Name: pairs[i], Value: pairs[i+1]})
	}
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}

// forced asks for a page whose colours the system chooses, on a light or dark ground.
func forced(ground string) step {
	return media("forced-colors", "active", "prefers-color-scheme", ground, "prefers-reduced-motion", "reduce")
}

// loses says what the open page tells by colour alone where the system's colours take the
// place of ours: focus, edges of controls, icons, states, marks, and where one is.
func loses(ctx context.Context) (faults []string) {
	for _, ground := range []string{"light", "dark"} {
		var lost []string
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), forced(ground), into(&lost, chromedp.Evaluate[[]string](forcedLosses))); err != nil {
			return []string{err.Error()}
		}
		for _, loss := range lost {
			faults = append(faults, "in forced colours, "+ground+": "+loss)
		}
	}
	return faults
}

// TestForcedColours looks at the two pages that the walk through all of them does not
// come to: the list, and a place that the address names.
func TestForcedColours(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(testSite(t, Options{}))
	t.Cleanup(server.Close)
	ctx := tab(t, browser(t))
	for _, path := range []string{"/library", "/sample/specimen?#p0"} {
		if err := chromedp.Do(ctx, forced("light"), chromedp.Navigate(server.URL+"/en"+path)); err != nil {
			t.Fatal(path, err)
		}
		for _, fault := range loses(ctx) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

// TestForcedColoursAreSeen holds that the check above can fail.
func TestForcedColoursAreSeen(t *testing.T) {
	server := httptest.NewServer(testSite(t, Options{}))
	t.Cleanup(server.Close)
	var lost []string
	err := chromedp.Do(tab(t, browser(t)),
		chromedp.EmulateViewport(1280, 800), forced("dark"),
		chromedp.Navigate(server.URL+"/en/sample/specimen#p0"),
		chromedp.Evaluate[chromedp.Void](`
			document.querySelector('.actions .govuk-button').style.border = '0'
			document.querySelector('.facet a').style.outline = 'none'
			document.querySelector('.tag').style.border = '0'
			document.querySelector('.tag + .tag .icon').style.stroke = 'Canvas'
			document.querySelector('mark').style.outline = 'none'
			document.querySelector(':target').style.outline = 'none'
			document.querySelector('.pages [aria-current]').style = 'font-weight: 400; outline: none; text-decoration: underline'`),
		into(&lost, chromedp.Evaluate[[]string](forcedLosses)))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(lost, "\n")
	for _, sentence := range []string{
		"has no edge: <button", "nothing shows the focus: <a", "a state without edge or icon", "its icon is not seen",
		"is marked by colour alone: <mark", "is marked by colour alone: <div", "is marked as here by colour alone",
	} {
		if !strings.Contains(all, sentence) {
			t.Errorf("%q goes unseen in %s", sentence, all)
		}
	}
}
