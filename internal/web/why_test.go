package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// asked is the page without the identifier that was asked about.
func (v visitor) asked(id, more string) string {
	got := v.get("/en/why?of=/library/" + id + more)
	if got.status != http.StatusOK {
		v.h.t.Fatalf("%d %s", got.status, got.body)
	}
	return strings.ReplaceAll(got.body, id, "ID")
}

func TestWhyCanISeeThis(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		en := lang.For("en")
		system := access.System("test")
		docs := map[string]string{}
		for name, d := range map[string]library.Draft{
			"public": {}, "member": {Level: access.Member}, "official": {Level: access.Official, State: "TJ"},
			"group": {Level: access.Closed, Group: "servers"}, "state": {Level: access.Closed, State: "TJ"},
			"draft": {Level: access.Closed},
		} {
			docs[name] = h.document(system, d, textIn("en", "Title of "+name))
		}
		nothing := store.NewID()
		asel, _ := h.as("asel@polis.example", access.FocalPoint, "KG")
		newcomer, _ := h.as("new@polis.example", access.Visitor, "")
		admin, adminID := h.as("admin@polis.example", access.Administrator, "")
		tells := func(page string, rule access.Rule) bool {
			return strings.Contains(page, "<code>"+string(rule)+"</code>") && strings.Contains(page, escaped(en.T("access.rule."+string(rule))))
		}
		t.Run("who sees it learns the rule, and what else she may", func(t *testing.T) {
			page := asel.asked(docs["official"], "")
			if !tells(page, access.RuleOfficial) || !strings.Contains(page, "Title of official") || !strings.Contains(page, escaped(en.T("log.why.may.edit.not"))) {
				t.Error(page)
			}
			if page := h.visitor().asked(docs["public"], ""); !tells(page, access.RulePublic) {
				t.Error(page)
			}
		})
		t.Run("who is vouched for and does not see it learns the rule alone", func(t *testing.T) {
			for name, rule := range map[string]access.Rule{"group": access.RuleNotGroup, "state": access.RuleNotState} {
				page := asel.asked(docs[name], "")
				if !tells(page, rule) {
					t.Errorf("%s: no rule", name)
				}
				for _, betrayed := range []string{"Title of", "servers", "Tajikistan", "TJ"} {
					if strings.Contains(page, betrayed) {
						t.Errorf("%s betrays %q", name, betrayed)
					}
				}
			}
		})
		t.Run("a draft is to others as if it were not there", func(t *testing.T) {
			if asel.asked(docs["draft"], "") != asel.asked(nothing, "") {
				t.Error("the two answers differ")
			}
		})
		t.Run("whom nobody vouches for gets one answer, whether there is something or not", func(t *testing.T) {
			for name, v := range map[string]visitor{"a visitor": newcomer, "not signed in": h.visitor()} {
				want := v.asked(nothing, "")
				if !strings.Contains(want, escaped(en.T("log.why.nothing"))) {
					t.Errorf("%s: %s", name, want)
				}
				for _, doc := range []string{"member", "official", "group", "state", "draft"} {
					if got := v.asked(docs[doc], ""); got != want {
						t.Errorf("%s: the answer about the %s document differs from that about none", name, doc)
					}
				}
			}
		})
		t.Run("what is no document's address is nothing", func(t *testing.T) {
			for _, of := range []string{"/library/upload", "x", "/library/%27OR+1=1", strings.Repeat("a", 3000), "/library/" + docs["group"] + "0"} {
				if got := asel.get("/en/why?of=" + of); got.status != 200 || !got.says(en.T("log.why.nothing")) {
					t.Errorf("%.40s: %d", of, got.status)
				}
			}
			if got := asel.get("/en/why"); got.status != 200 || got.says(en.T("log.why.nothing")) {
				t.Errorf("no question: %d", got.status)
			}
		})
		t.Run("an administrator asks for anybody, and learns no title that is closed to her", func(t *testing.T) {
			for name, rule := range map[string]access.Rule{
				"official": access.RuleOfficial, "group": access.RuleNotGroup, "draft": access.RuleOwnerOnly,
			} {
				page := admin.asked(docs[name], "&as=asel@polis.example")
				if !tells(page, rule) || !strings.Contains(page, "Test asel@polis.example") {
					t.Errorf("%s: %s", name, page)
				}
				if name != "official" && strings.Contains(page, "Title of") {
					t.Errorf("%s: the title", name)
				}
			}
			if page := admin.asked(docs["group"], "&as=nobody@polis.example"); !strings.Contains(page, escaped(en.T("log.why.as.none"))) {
				t.Error("nobody has the address, and it does not say so")
			}
		})
		t.Run("nobody else asks for others", func(t *testing.T) {
			main := func(page string) string { // without the links to this very page in other languages
				_, page, _ = strings.Cut(page, "<main")
				page, _, _ = strings.Cut(page, "</main>")
				return page
			}
			if main(asel.asked(docs["group"], "&as=admin@polis.example")) != main(asel.asked(docs["group"], "")) {
				t.Error("she learns about somebody else")
			}
		})
		t.Run("questions are noted", func(t *testing.T) {
			events, err := store.Log(everywhere, h.DB, store.Everything("test"), store.LogFilter{Who: adminID, Act: "access.asked", Limit: 9})
			if err != nil || len(events) != 3 || data(events[0])["about"] == "" {
				t.Errorf("%d, %v", len(events), err)
			}
		})
		t.Run("a refused page leads to the answer", func(t *testing.T) {
			got := asel.get("/en/library/" + docs["group"])
			if got.status != 404 || !strings.Contains(got.body, "/en/why?of=%2Flibrary%2F"+docs["group"]) {
				t.Errorf("%d %s", got.status, got.body)
			}
			if other := asel.get("/en/library/" + nothing); strings.ReplaceAll(other.body, nothing, "ID") != strings.ReplaceAll(got.body, docs["group"], "ID") {
				t.Error("the page of what is closed differs from that of nothing")
			}
			if got := asel.get("/en/no-such-page"); strings.Contains(got.body, "/why") {
				t.Error("a page that is no record's leads there too")
			}
		})
		t.Run("a session without the second factor is told that it is missing", func(t *testing.T) {
			who := access.Act("x", access.DeskOfficer, "", "")
			who.Grants, who.Trust, who.Withheld = nil, access.Public, true
			v, err := h.judge(everywhere, docs["official"], who, false)
			if err != nil || v.decision.Rule != whyNothing {
				t.Errorf("%+v, %v", v, err)
			}
		})
	})
}

var tokenLike = regexp.MustCompile(`№ \d+`)

func TestWhatIsClosedToHerNowStandsInHerLogByItsIdentifier(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v, id := h.as("asel@polis.example", access.FocalPoint, "KG")
		if err := account.OpenGroup(everywhere, h.DB, access.System("test"), account.GroupDraft{ID: "servers", Name: "Servers", Kind: account.GroupClosed}); err != nil {
			t.Fatal(err)
		}
		if err := account.Admit(everywhere, h.DB, access.System("test"), "servers", id); err != nil {
			t.Fatal(err)
		}
		doc := h.document(access.System("test"), library.Draft{Level: access.Closed, Group: "servers"}, textIn("en", "Hidden servers"))
		v.get("/en/library/" + doc)
		if got := v.get("/en/account/log"); !got.says("Hidden servers") || !tokenLike.MatchString(got.body) {
			t.Error("while she is in the group the title is shown")
		}
		if err := account.Dismiss(everywhere, h.DB, access.System("test"), "servers", id); err != nil {
			t.Fatal(err)
		}
		if got := v.get("/en/account/log"); got.says("Hidden servers") || !got.says(doc) {
			t.Error("afterwards the identifier alone")
		}
	})
}
