package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/lang"
)

func TestPollPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		c, en := h.circle(), lang.For("en")
		topic := c.asked()
		until := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
		t.Run("who asked adds one, and what does not go is said with what she typed", func(t *testing.T) {
			form := c.anna.form(topic+"/poll", topic+"/poll")
			if got := c.anna.submit(form.filled("choices", "Bern", "until", until)); got.status != http.StatusUnprocessableEntity || !got.says(en.T("poll.error.choices")) || !strings.Contains(got.body, "Bern</textarea>") {
				t.Error(got.status, got.body)
			}
			if got := c.anna.submit(form.filled("choices", "Bern\nWien <b>", "until", until, "count", "one", "ballot", "named", "results", "voted")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if got := c.bela.get(topic + "/poll"); got.status != http.StatusForbidden {
				t.Error("another member:", got.status)
			}
			h.sixTimes(t, c.lead, topic+"/poll")
		})
		t.Run("a member votes and sees a table, and nobody outside votes", func(t *testing.T) {
			page := c.bela.get(topic)
			if strings.Contains(page.body, "usage-bar") || !strings.Contains(page.body, "Wien &lt;b&gt;") {
				t.Error(page.body)
			}
			if got := c.bela.submit(c.bela.form(topic, topic+"/poll/vote").filled("choice", "2")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			page = c.bela.get(topic)
			if !strings.Contains(page.body, "usage-bar") || !page.says(en.T("poll.hers.mark")) || !strings.Contains(page.body, `value="2" checked`) {
				t.Error(page.body)
			}
			if got := c.bela.post(topic+"/poll/vote", "choice", "9"); got.status != http.StatusUnprocessableEntity {
				t.Error(got.status)
			}
			for _, v := range []visitor{c.other, c.keeper} {
				if got := v.post(topic+"/poll/vote", "choice", "1"); got.status != http.StatusNotFound {
					t.Error(got.status)
				}
			}
			h.sixTimes(t, c.bela, topic)
		})
		t.Run("a secret one shows nobody a figure before its end", func(t *testing.T) {
			topic := c.askedAgain()
			form := c.anna.form(topic+"/poll", topic+"/poll")
			if got := c.anna.submit(form.filled("choices", "Bern\nWien", "until", until, "count", "many", "ballot", "secret", "results", "voted")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			for _, v := range []visitor{c.anna, c.bela, c.lead} {
				if got := v.submit(v.form(topic, topic+"/poll/vote").filled("choice", "1")); got.status != http.StatusSeeOther {
					t.Fatal(got.status, got.body)
				}
			}
			if got := c.bela.get(topic); strings.Contains(got.body, "usage-bar") || strings.Contains(got.body, `value="1" checked`) || !got.says(en.T("poll.results.end.says")) {
				t.Error(got.body)
			}
			if got := c.anna.post(topic + "/poll/end"); got.status != http.StatusSeeOther {
				t.Fatal(got.status)
			}
			if got := c.bela.get(topic); !strings.Contains(got.body, "usage-bar") || strings.Contains(got.body, ">"+en.T("poll.column.who")+"</th>") {
				t.Error(got.body)
			}
		})
	})
}

// askedAgain is the address of another question of anna's.
func (c circle) askedAgain() string {
	c.t.Helper()
	got := c.anna.submit(c.anna.form("/en/groups/cyber/topics/new", "/en/groups/cyber/topics").filled("title", "Dove ci vediamo?", "body", "Scegliete.", "lang", "it"))
	path, _, _ := strings.Cut(got.location, "?")
	if got.status != http.StatusSeeOther {
		c.t.Fatal(got.status, got.body)
	}
	return path
}
