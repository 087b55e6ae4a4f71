package web

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"polis/internal/lang"
)

// On a telephone the bar leaves the page its room, in the longest of the languages
// too; its menu opens without script and leads everywhere.
func TestTheBarIsLowOnATelephone(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	server := httptest.NewServer(testSite(t, Options{Version: "1.2.3"}))
	t.Cleanup(server.Close)
	ctx := tab(t, browser(t))
	for _, tag := range lang.All {
		path := "/" + string(tag) + "/help"
		var height, links, wide int
		err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740), chromedp.Navigate(server.URL+path),
			into(&height, chromedp.Evaluate[int](`Math.ceil(document.querySelector('header.bar').getBoundingClientRect().height)`)),
			chromedp.Click(chromedp.CSS(".bar-small summary")),
			into(&links, chromedp.Evaluate[int](`[...document.querySelectorAll('.bar-small a')].filter(a => a.checkVisibility() && a.getBoundingClientRect().right <= innerWidth).length`)),
			into(&wide, chromedp.Evaluate[int](`document.querySelectorAll('.bar-nav a').length`)))
		if err != nil {
			t.Fatal(path, err)
		}
		if height > 150 {
			t.Errorf("%s: the bar is %d pixels high", path, height)
		}
		if links == 0 || links != wide {
			t.Errorf("%s: the menu leads to %d of %d", path, links, wide)
		}
	}
}
