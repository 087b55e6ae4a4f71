package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
)

var everywhere = context.Background()

const aDay = 24 * time.Hour

// as makes an account with a role for a State and a browser in which its person
// is signed in.
func (h inhabited) as(email string, role access.Role, state string) (visitor, string) {
	h.t.Helper()
	id := h.person(email, role, state)
	v := h.visitor()
	if got := v.post("/en/sign-in", "email", email, "password", testPassword); got.status != http.StatusSeeOther {
		h.t.Fatalf("sign-in: %d", got.status)
	}
	return v, id
}

// vouched makes a person for whom KG vouches for so long, and returns her id and
// the word's.
func (h inhabited) vouched(email string, left time.Duration) (id, word string) {
	h.t.Helper()
	id = h.person(email, access.Visitor, "KG")
	if err := account.Vouch(everywhere, h.DB, access.System("test"), id, "KG", "", time.Now().Add(left)); err != nil {
		h.t.Fatal(err)
	}
	words, err := account.Vouchings(everywhere, h.DB, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return id, words[0].ID
}

// now is the person as the rules see her.
func (h inhabited) now(id string) access.Subject {
	h.t.Helper()
	who, _, err := account.Subject(everywhere, h.DB, id, account.TwoFactors)
	if err != nil {
		h.t.Fatal(err)
	}
	return who
}

func TestAFocalPointLooksAfterHerPeople(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		focal, _ := h.as("focal@polis.example", access.FocalPoint, "KG")
		waits := h.person("waits@polis.example", access.Visitor, "KG")
		due, dueWord := h.vouched("due@polis.example", 20*aDay)
		other := h.person("other@polis.example", access.MemberRole, "TJ")
		en := lang.For("en")

		t.Run("the list shows who waits and who is due, and nobody of another State", func(t *testing.T) {
			page := focal.get("/en/people")
			for _, words := range []string{"Test waits@polis.example", "Test due@polis.example", en.T("people.is.waiting"), en.T("people.is.due"), en.T("people.seen.never")} {
				if !page.says(words) {
					t.Errorf("no %q", words)
				}
			}
			if strings.Contains(page.body, "other@polis.example") {
				t.Error("she sees another State's people")
			}
			if page := focal.get("/en/people?standing=waiting"); !page.says("Test waits@polis.example") || page.says("Test due@polis.example") {
				t.Error("the filter does not narrow")
			}
			if page := focal.get("/en/people?for=TJ&q=other"); page.says("Test other@polis.example") {
				t.Error("a filter opens another State")
			}
		})
		t.Run("she vouches for who waits, for her own State only", func(t *testing.T) {
			page := focal.get("/en/people/" + waits)
			if !page.says(en.T("people.vouch.says")) || !page.says(en.T("people.vouch.term")) {
				t.Error("what will happen is not said before")
			}
			if got := focal.post("/en/people/"+waits+"/vouch", "vouch-for", "TJ"); got.status != http.StatusForbidden {
				t.Errorf("for another State: %d", got.status)
			}
			if got := focal.post("/en/people/"+waits+"/vouch", "vouch-for", "KG", "vouch-until", "yesterday"); got.status != http.StatusUnprocessableEntity {
				t.Errorf("until yesterday: %d", got.status)
			}
			until := time.Now().Add(400 * aDay).Format(time.DateOnly)
			if got := focal.post("/en/people/"+waits+"/vouch", "vouch-for", "KG", "vouch-until", until); got.status != http.StatusSeeOther {
				t.Fatalf("%d", got.status)
			}
			if who := h.now(waits); who.State != "KG" || who.Trust != access.Official {
				t.Errorf("%+v", who)
			}
			if page := focal.get("/en/people/" + waits); !page.says(en.T("people.event.account.vouched", "who", "Test focal@polis.example", "by", "Kyrgyzstan", "until", en.Date(time.Now().Add(400*aDay)))) {
				t.Error("the history does not say it")
			}
			if got := focal.post("/en/people/"+waits+"/vouch", "vouch-for", "KG"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("people.error.vouched")) {
				t.Errorf("twice: %d", got.status)
			}
		})
		t.Run("she renews one, and many at once", func(t *testing.T) {
			until := time.Now().Add(500 * aDay).Format(time.DateOnly)
			if got := focal.post("/en/people/"+due+"/renew", "word", dueWord, "until-"+dueWord, until); got.status != http.StatusSeeOther {
				t.Fatalf("%d", got.status)
			}
			if got := focal.post("/en/people/review", "until", until); got.status != http.StatusUnprocessableEntity || !got.says(en.T("people.error.choose")) {
				t.Errorf("nobody chosen: %d", got.status)
			}
			if got := focal.post("/en/people/review?standing=due", "person", due, "person", waits, "until", until); got.status != http.StatusSeeOther || !strings.Contains(got.location, "n=2") {
				t.Errorf("%d %s", got.status, got.location)
			}
			if got := focal.post("/en/people/review", "person", due, "person", other, "until", until); got.status != http.StatusForbidden {
				t.Errorf("with another State's person: %d", got.status)
			}
		})
		t.Run("another State's person is not there, whatever she does", func(t *testing.T) {
			if got := focal.get("/en/people/" + other); got.status != http.StatusNotFound {
				t.Errorf("%d", got.status)
			}
			for _, act := range []string{"vouch", "renew", "withdraw", "let-go", "grant", "end-role", "block"} {
				if got := focal.post("/en/people/"+other+"/"+act, "vouch-for", "KG", "word", "x", "role", "expert", "for", "KG"); got.status != http.StatusNotFound {
					t.Errorf("%s: %d", act, got.status)
				}
			}
		})
		t.Run("she gives her people the roles that are hers to give", func(t *testing.T) {
			if got := focal.post("/en/people/"+due+"/grant", "role", "trainer", "for", "KG"); got.status != http.StatusSeeOther || !h.now(due).HasFor(access.Trainer, "KG") {
				t.Errorf("%d %+v", got.status, h.now(due))
			}
			for _, role := range []string{"administrator", "desk-officer", "focal-point", "delegation", "visitor", "emperor"} {
				if got := focal.post("/en/people/"+due+"/grant", "role", role, "for", "KG"); got.status < 400 {
					t.Errorf("she granted %s: %d", role, got.status)
				}
			}
			if got := focal.post("/en/people/"+due+"/block", "blocked", "yes"); got.status != http.StatusForbidden {
				t.Errorf("she closed an account: %d", got.status)
			}
		})
		t.Run("withdrawing says before what ends with it, wants a reason, and works at once", func(t *testing.T) {
			page := focal.get("/en/people/" + due)
			if !page.says(en.T("people.withdraw.roles", "n", 1, "roles", []string{"Trainer · Kyrgyzstan"})) || !page.says(en.T("people.withdraw.reads.public")) {
				t.Error("the consequences are not said")
			}
			if got := focal.post("/en/people/"+due+"/withdraw", "word", dueWord); got.status != http.StatusUnprocessableEntity || !got.says(en.T("account.error.reason")) {
				t.Errorf("without a reason: %d", got.status)
			}
			if got := focal.post("/en/people/"+due+"/withdraw", "word", dueWord, "reason-"+dueWord, "Has left the service."); got.status != http.StatusSeeOther {
				t.Fatalf("%d", got.status)
			}
			if who := h.now(due); who.Trust != access.Public || len(who.Grants) > 0 {
				t.Errorf("%+v", who)
			}
			if page := focal.get("/en/people/" + due); !page.says("Has left the service.") || !page.says(en.T("people.role.rests.says")) {
				t.Error("the page does not tell it")
			}
		})
	})
}

func TestPeopleAreRefusedToEverybodyElse(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		id, word := h.vouched("anna@polis.example", 20*aDay)
		posts := map[string][]string{
			"/en/people/review":              {"person", id, "until", "2027-01-01"},
			"/en/people/" + id + "/vouch":    {"vouch-for", "KG"},
			"/en/people/" + id + "/renew":    {"word", word},
			"/en/people/" + id + "/withdraw": {"word", word, "reason-" + word, "no"},
			"/en/people/" + id + "/let-go":   {"word", word},
			"/en/people/" + id + "/grant":    {"role", "administrator", "for", ""},
			"/en/people/" + id + "/end-role": {"held", "x"},
			"/en/people/" + id + "/block":    {"blocked", "yes"},
		}
		for _, role := range access.Roles {
			if role == access.FocalPoint || role == access.DeskOfficer || role == access.Administrator {
				continue
			}
			v, _ := h.asRole(role)
			for _, path := range []string{"/en/people", "/en/people.csv", "/en/people/" + id} {
				if got := v.get(path); got.status != http.StatusForbidden || strings.Contains(got.body, "anna@") {
					t.Errorf("%s reads %s: %d", role, path, got.status)
				}
			}
			for path, form := range posts {
				if got := v.post(path, form...); got.status != http.StatusForbidden {
					t.Errorf("%s posts to %s: %d", role, path, got.status)
				}
			}
			if role != access.Moderator {
				if page := v.get("/en/admin"); page.status != http.StatusForbidden {
					t.Errorf("%s sees the administration: %d", role, page.status)
				}
			}
			if page := v.get("/en/admin/jobs"); page.status != http.StatusForbidden {
				t.Errorf("%s sees the jobs: %d", role, page.status)
			}
		}
		v := h.visitor()
		for _, path := range []string{"/en/people", "/en/people/" + id, "/en/people.csv", "/en/groups/new", "/en/admin", "/en/admin/jobs"} {
			if got := v.get(path); got.status != http.StatusSeeOther || !strings.Contains(got.location, "/sign-in?") {
				t.Errorf("%s without signing in: %d %s", path, got.status, got.location)
			}
		}
		for path, form := range posts {
			if got := v.post(path, form...); got.status != http.StatusForbidden {
				t.Errorf("%s without signing in: %d", path, got.status)
			}
		}
		if who := h.now(id); who.State != "KG" || len(who.Grants) > 0 {
			t.Errorf("somebody changed her: %+v", who)
		}
	})
}

// asRole is a browser of somebody with the role, for a State or body where it
// needs one.
func (h inhabited) asRole(role access.Role) (visitor, string) {
	h.t.Helper()
	email := string(role) + "-role@polis.example"
	n := account.New{Email: email, Name: "Test " + email, Role: role, ActsFor: "KG", Password: testPassword}
	if role == access.ProgrammeOfficer {
		n.ActsFor, n.Body = "", "spmu"
	}
	p, err := account.Create(everywhere, h.DB, access.System("test"), n)
	if err != nil {
		h.t.Fatal(err)
	}
	v := h.visitor()
	v.post("/en/sign-in", "email", email, "password", testPassword)
	return v, p.ID
}

func TestTheDeskAppointsFocalPoints(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		desk, _ := h.as("desk@polis.example", access.DeskOfficer, "")
		member, _ := h.as("member@polis.example", access.MemberRole, "")
		id := h.person("aigul@polis.example", access.Visitor, "KG")
		en := lang.For("en")
		entry := desk.get("/en/directory/KG")
		link := regexp.MustCompile(`href="([^"]*/people\?appoint[^"]*)"`).FindStringSubmatch(entry.body)
		if link == nil {
			t.Fatal("the State's page does not lead there")
		}
		page := desk.get(strings.ReplaceAll(link[1], "&amp;", "&"))
		if !page.says(en.T("people.appoint.choose", "for", "Kyrgyzstan")) || !strings.Contains(page.body, "/en/people/"+id+"?for=KG&amp;role=focal-point#grant") {
			t.Errorf("%d: no choice", page.status)
		}
		if page := desk.get("/en/people/" + id + "?for=KG&role=focal-point"); !page.says(en.T("people.grant.appoints")) || !strings.Contains(page.body, `<option value="focal-point" selected>`) {
			t.Error("the form is not prepared")
		}
		if got := desk.post("/en/people/"+id+"/grant", "role", "focal-point", "for", "KG"); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
		if who := h.now(id); !who.HasFor(access.FocalPoint, "KG") || who.Trust != access.Official {
			t.Errorf("%+v", who)
		}
		for _, c := range []struct {
			who  string
			v    visitor
			sees bool
		}{{"the desk", desk, true}, {"a member", member, true}, {"the public", h.visitor(), false}} {
			if page := c.v.get("/en/directory/KG"); page.says("Test aigul@polis.example") != c.sees {
				t.Errorf("%s sees who the focal point is: %v", c.who, !c.sees)
			}
		}
		if strings.Contains(member.get("/en/directory/KG").body, "appoint") {
			t.Error("a member is led to appoint")
		}
		if got := desk.post("/en/people/"+id+"/grant", "role", "administrator", "for", ""); got.status != http.StatusForbidden {
			t.Errorf("the desk made an administrator: %d", got.status)
		}
		if got := desk.post("/en/people/"+id+"/block", "blocked", "yes"); got.status != http.StatusForbidden {
			t.Errorf("the desk closed an account: %d", got.status)
		}
	})
}

func TestTheAdministratorClosesAnAccount(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin, own := h.as("admin@polis.example", access.Administrator, "")
		anna, id := h.as("anna@polis.example", access.MemberRole, "KG")
		if got := admin.post("/en/people/"+id+"/block", "blocked", "yes"); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
		if got := anna.get("/en/account"); got.status != http.StatusSeeOther {
			t.Errorf("her session is open: %d", got.status)
		}
		if got := anna.post("/en/people/" + own + "/lost"); got.status == http.StatusSeeOther && !strings.Contains(got.location, "sign-in") {
			t.Errorf("she reset an administrator's factors: %d %s", got.status, got.location)
		}
		if page := admin.get("/en/people?standing=blocked"); !page.says("Test anna@polis.example") {
			t.Error("the list does not say it")
		}
		if got := admin.post("/en/people/"+own+"/block", "blocked", "yes"); got.status != http.StatusForbidden {
			t.Errorf("she closed her own: %d", got.status)
		}
		if got := admin.post("/en/people/"+own+"/grant", "role", "moderator", "for", ""); got.status != http.StatusForbidden {
			t.Errorf("she granted to herself: %d", got.status)
		}
		admin.post("/en/people/"+id+"/block", "blocked", "no")
		if who := h.now(id); who.State != "KG" {
			t.Errorf("%+v", who)
		}
		index := admin.get("/en/admin")
		for _, path := range []string{"/en/people", "/en/groups", "/en/admin/jobs"} {
			if !strings.Contains(index.body, `href="`+path+`"`) {
				t.Errorf("the index lacks %s", path)
			}
		}
	})
}

func TestTheAdministratorHelpsWhoHasLostASecondFactor(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin, own := h.as("admin@polis.example", access.Administrator, "")
		anna, id := h.as("anna@polis.example", access.MemberRole, "KG")
		focal, _ := h.as("focal@polis.example", access.FocalPoint, "KG")
		if got := focal.post("/en/people/" + id + "/lost"); got.status != http.StatusForbidden {
			t.Errorf("a focal point reset a factor: %d", got.status)
		}
		if got := admin.post("/en/people/" + own + "/lost"); got.status != http.StatusForbidden {
			t.Errorf("she reset her own: %d", got.status)
		}
		if got := anna.get("/en/account"); got.status != http.StatusOK {
			t.Fatalf("she is out already: %d", got.status)
		}
		if got := admin.post("/en/people/" + id + "/lost"); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
		if got := anna.get("/en/account"); got.status != http.StatusSeeOther {
			t.Errorf("her session is open: %d", got.status)
		}
	})
}

func TestTheSheetOfPeopleRunsNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		focal, _ := h.as("focal@polis.example", access.FocalPoint, "KG")
		if _, err := account.Create(everywhere, h.DB, access.System("test"), account.New{
			Email: "formula@polis.example", Name: `=HYPERLINK("http://elsewhere.example")`, Role: access.MemberRole, ActsFor: "KG", Password: testPassword,
		}); err != nil {
			t.Fatal(err)
		}
		sheet := focal.get("/en/people.csv?" + url.Values{"q": {"formula"}}.Encode())
		if sheet.status != 200 || !strings.Contains(sheet.body, `"'=HYPERLINK(""`) || strings.Contains(sheet.body, "\n\"=") || strings.Contains(sheet.body, "focal@") {
			t.Errorf("%d %s", sheet.status, sheet.body)
		}
	})
}

// TestDeedsAskForAProof holds that who has been away proves again who she is
// before she vouches, grants or takes a list away, and that nothing was done.
func TestDeedsAskForAProof(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		focal, _ := h.as("focal@polis.example", access.FocalPoint, "KG")
		id := h.person("waits@polis.example", access.Visitor, "KG")
		h.growOld(time.Hour)
		if got := focal.get("/en/people.csv"); got.status != http.StatusSeeOther || strings.Contains(got.body, "waits@") {
			t.Errorf("the sheet: %d", got.status)
		}
		for path, form := range map[string][]string{
			"/vouch": {"vouch-for", "KG"}, "/grant": {"role", "expert", "for", "KG"},
		} {
			if got := focal.post("/en/people/"+id+path, form...); !got.says(lang.For("en").T("signin.prove.title")) {
				t.Errorf("%s: %d", path, got.status)
			}
		}
		if who := h.now(id); who.Trust != access.Public || len(who.Grants) > 0 {
			t.Errorf("it was done without: %+v", who)
		}
	})
}
