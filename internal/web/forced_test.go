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

// TestForcedColours holds for every page that nothing is told by colour alone
// where the system's colours take the place of ours: focus, edges of controls,
// icons, states, marks, and where one is.
func TestForcedColours(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	t.Parallel()
	server := httptest.NewServer(testSite(t, Options{}))
	t.Cleanup(server.Close)
	ctx := tab(t, browser(t))
	for _, path := range append(pagePaths(), "/library", "/sample/specimen?#p0") {
		var light, dark []string
		err := chromedp.Do(ctx,
			chromedp.EmulateViewport(1280, 800), forced("light"),
			chromedp.Navigate(server.URL+"/en"+path),
			into(&light, chromedp.Evaluate[[]string](forcedLosses)),
			forced("dark"),
			into(&dark, chromedp.Evaluate[[]string](forcedLosses)))
		if err != nil {
			t.Fatal(path, err)
		}
		for _, loss := range light {
			t.Errorf("%s, light: %s", path, loss)
		}
		for _, loss := range dark {
			t.Errorf("%s, dark: %s", path, loss)
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
