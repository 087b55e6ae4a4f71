package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/translate/translatetest"
)

func TestTranslationPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		c, en := h.circle(), lang.For("en")
		topic := c.asked()
		post := c.written(c.bela, topic, "Hier **liegt** eins.")
		button := en.T("translation.machine.into.en")
		t.Run("nothing is offered where there is no service, and what asks all the same gets a sentence", func(t *testing.T) {
			if got := c.anna.get(topic); strings.Contains(got.body, button) {
				t.Error("a button without a service")
			}
			if got := c.anna.post(post+"/machine", "value", "en"); got.status != http.StatusForbidden || !got.says(en.T("translation.error.forbidden")) {
				t.Error(got.status, got.body)
			}
		})
		double := translatetest.Serve(t)
		c.Machine = double.Service(t, access.Closed)
		t.Run("nor where the group does not allow it", func(t *testing.T) {
			if got := c.anna.get(topic); strings.Contains(got.body, button) {
				t.Error("a button")
			}
			if got := c.anna.post(post+"/machine", "value", "en"); got.status != http.StatusForbidden || double.Given() != "" {
				t.Error(got.status, double.Given())
			}
		})
		translates(t, c)
		t.Run("a reader presses the button and reads it beside the post, as a machine's", func(t *testing.T) {
			if got := c.anna.get(topic); !strings.Contains(got.body, button) {
				t.Fatal(got.body)
			}
			got := c.anna.post(post+"/machine", "value", "en")
			if got.status != http.StatusSeeOther || !strings.Contains(got.location, "translated=") {
				t.Fatal(got.status, got.location, got.body)
			}
			path, _, _ := strings.Cut(got.location, "#")
			page := c.anna.get(path)
			if !strings.Contains(page.body, "EN Hier <strong>liegt</strong> eins.") || !page.says(en.T("translation.machine.says", "service", "Double")) || !strings.Contains(page.body, "<details class=\"more translated\" open>") {
				t.Error(page.body)
			}
			if c.other.get(path).status != http.StatusNotFound {
				t.Error("somebody else reads it")
			}
			h.sixTimes(t, c.anna, path)
		})
		t.Run("nobody outside has it translated", func(t *testing.T) {
			before := double.Times()
			for _, v := range []visitor{c.other, c.keeper, h.visitor()} {
				if got := v.post(post+"/machine", "value", "de"); got.status == http.StatusOK || strings.Contains(got.body, "liegt") {
					t.Error(got.status)
				}
			}
			if double.Times() != before {
				t.Error(double.Given())
			}
		})
		t.Run("a service that breaks is told in a sentence", func(t *testing.T) {
			double.Do(func(w http.ResponseWriter, _ *http.Request, _ []string) bool {
				http.Error(w, "x", http.StatusBadGateway)
				return true
			})
			if got := c.bela.post(topic+"/posts/"+firstPost(t, c, topic)+"/machine", "value", "de"); got.status != http.StatusServiceUnavailable || !got.says(en.T("translation.error.unavailable", "service", "Double")) {
				t.Error(got.status, got.body)
			}
		})
		t.Run("a member translates it herself, with a preview, and another corrects it", func(t *testing.T) {
			form := c.bela.form(post+"/translation?lang=en", post+"/translation")
			if got := c.bela.submit(form.filled("body", "*Here* it is. <script>", "do", "preview")); got.status != http.StatusOK || !strings.Contains(got.body, "<em>Here</em> it is. &lt;script&gt;") {
				t.Error(got.status, got.body)
			}
			if got := c.bela.submit(form.filled("body", "")); got.status != http.StatusUnprocessableEntity || !got.says(en.T("translation.error.body")) {
				t.Error(got.status, got.body)
			}
			late := c.lead.form(post+"/translation?lang=en", post+"/translation")
			if got := c.bela.submit(form.filled("body", "*Here* it is.")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if got := c.lead.submit(late.filled("body", "My own words.")); got.status != http.StatusConflict || !strings.Contains(got.body, "My own words.") || !strings.Contains(got.body, "*Here* it is.") {
				t.Error(got.status, got.body)
			}
			page := c.anna.get(topic)
			if !strings.Contains(page.body, "<em>Here</em> it is.") || strings.Contains(page.body, "EN Hier") {
				t.Error("hers stands in the place of the machine's:", page.body)
			}
			h.sixTimes(t, c.anna, post+"/translation?lang=ru")
		})
		t.Run("and it is removed by who may", func(t *testing.T) {
			if got := c.anna.post(post+"/translation/remove", "value", "en"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
			if got := c.lead.post(post+"/translation/remove", "value", "en"); got.status != http.StatusSeeOther || strings.Contains(c.anna.get(topic).body, "<em>Here</em>") {
				t.Error(got.status)
			}
		})
	})
}

// translates has the group allow that a machine is given what is written.
func translates(t *testing.T, c circle) {
	t.Helper()
	form := c.lead.form("/en/groups/cyber/edit", "/en/groups/cyber/edit")
	if got := c.lead.submit(form.filled("switches", "translates")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
}

// firstPost is the id of the post with which a topic begins.
func firstPost(t *testing.T, c circle, topic string) string {
	t.Helper()
	id, err := store.Get[string](everywhere, c.DB, store.Everything("test"), "SELECT id FROM post WHERE {scope} AND topic = $1 AND n = 1", strings.TrimPrefix(topic, "/en/topics/"))
	if err != nil {
		t.Fatal(err)
	}
	return id
}
