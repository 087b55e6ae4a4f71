package web

import (
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store/storetest"
)

func TestThemePages(t *testing.T) {
	h := referenceHouse(t, storetest.SQLite(t))
	under := library.Tags{Themes: []string{"police-reform", "police-reform/community-policing"}, Items: []string{"1049/14.1"}}
	for i, date := range []string{"2019", "2021-03", "2024-05-06", "2020", "2018", "2017", "2016"} {
		shelve(t, h, library.Draft{Tags: under, Dated: date, Kind: []string{"guide", "study"}[i%2]}, lang.Names{"en": "Open guide of " + date})
	}
	shelve(t, h, library.Draft{Tags: under, Dated: "2025", Kind: "guide"}, lang.Names{"en": "Newest open guide", "ru": "Новейшее пособие"})
	shelve(t, h, library.Draft{Tags: under, Dated: "2026", Kind: "report", Level: access.Official}, lang.Names{"en": "Inner report"})

	t.Run("every theme and sub-theme has a page that is whole in six languages", func(t *testing.T) { wholeThemes(t, h) })
	t.Run("what a reader may not see is not counted for her", func(t *testing.T) {
		for path, counts := range map[string][2]string{
			"/en/themes":               {"8 documents", "9 documents"},
			"/en/themes/police-reform": {"All 8 documents", "All 9 documents"},
			"/en/themes/police-reform/community-policing": {"All 8 documents", "All 9 documents"},
		} {
			says(t, visitAs(h, "", path), 200, counts[0])
			silentOn(t, visitAs(h, "", path), counts[1], "Inner report")
			says(t, visitAs(h, "desk", path), 200, counts[1])
		}
	})
	t.Run("a doorway names the newest documents once, each with its languages", func(t *testing.T) { newestFirst(t, h) })
	t.Run("every figure leads to the documents behind it", func(t *testing.T) { figuresLeadOn(t, h) })
	t.Run("a theme without documents says how one comes to be there", func(t *testing.T) {
		says(t, visitAs(h, "", "/en/themes/drugs"), 200, lang.For("en").T("themes.empty"))
	})
	t.Run("what is no theme is not found", func(t *testing.T) {
		for _, id := range append(hostile, "police-reform/", "police-reform/nothing", "police-reform/community-policing/more", "community-policing", "") {
			if w := visitAs(h, "", "/en/themes/"+id); w.Code != 404 {
				t.Errorf("%.60q: %d", id, w.Code)
			}
		}
	})
}

func wholeThemes(t *testing.T, h *House) {
	for _, tag := range lang.All {
		paths := []string{"/themes"}
		for _, theme := range framework.Themes() {
			paths = append(paths, "/themes/"+theme.ID)
			for _, sub := range theme.Narrower {
				paths = append(paths, "/themes/"+sub.ID)
			}
		}
		for _, path := range paths {
			w := visitAs(h, "", "/"+string(tag)+path)
			says(t, w, 200)
			sound(t, w, tag)
		}
	}
}

func newestFirst(t *testing.T, h *House) {
	w := visitAs(h, "", "/ru/themes/police-reform/community-policing")
	says(t, w, 200, "Новейшее пособие", "Open guide of 2019")
	silentOn(t, w, "Newest open guide", "Open guide of 2018")
	body := w.Body.String()
	first, second := strings.Index(body, "Новейшее пособие"), strings.Index(body, "Open guide of 2024")
	if first < 0 || second < first {
		t.Error("the newest does not come first")
	}
	if !strings.Contains(body[first:second], `hreflang="en">English</a>`) {
		t.Error("the English version is not named")
	}
}

func figuresLeadOn(t *testing.T, h *House) {
	body := visitAs(h, "", "/en/themes/police-reform/community-policing").Body.String()
	for _, link := range []string{
		`href="/en/library?theme=police-reform%2fcommunity-policing"`,
		`href="/en/library?theme=police-reform%2fcommunity-policing&amp;type=guide"`,
		`href="/en/library?theme=police-reform%2fcommunity-policing&amp;lang=ru"`,
		`href="/en/library?theme=police-reform%2fcommunity-policing&amp;year=2021"`,
		`href="/en/framework/1049/14.1"`,
	} {
		if !strings.Contains(body, link) && !strings.Contains(body, strings.ReplaceAll(link, "%2f", "%2F")) {
			t.Errorf("no %s", link)
		}
	}
}
