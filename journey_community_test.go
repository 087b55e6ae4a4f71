package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/demo"
	"polis/internal/mail"
	"polis/internal/mail/mailtest"
	"polis/internal/store/storetest"
	"polis/internal/translate/translatetest"
)

// The people of the journeys through the community, beside those of the demonstration.
const (
	facilitator = "fabio@ministero.example"
	resident    = "civil-society@polis.example"
	moderator   = "moderator@polis.example"
)

// An officer is proposed for a closed group, is admitted, and asks in Italian. A member is
// told by letter and answers it from her mail program in German, over real lines. The
// officer reads it translated, accepts it, and makes it a note of the library. Then a
// resident raises an issue in a forum, and the police answer it.
func TestTheCommunityFromAQuestionToANote(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { meetsInABrowser(t, place{Data: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) {
		meetsInABrowser(t, place{Data: t.TempDir(), Database: storetest.PostgresDSN(t)})
	})
}

func meetsInABrowser(t *testing.T, p place) {
	post, machine := mailtest.Start(t, false, nil), translatetest.Serve(t)
	s := &served{env: append(os.Environ(), "POLIS_TRANSLATION_KEY="+translatetest.Key)}
	j := beginAt(t, s, p, func(h *house) error { return gather(t, h, post) }, "--inbox", "127.0.0.1:0", "--inbox-domain", mailDomain,
		"--translation", machine.URL, "--translation-name", "Double", "--translation-level", "closed")
	j.open("/en/") // there is a browser before there are seats at it
	c := &circle{
		T: t, post: post, mail: s.mail,
		officer: j.seat(asker).take(t, "it"), member: j.seat(answerer).take(t, "de"), facilitator: j.seat(facilitator).take(t, "it"),
		resident: j.seat(resident).take(t, "ru"), moderator: j.seat(moderator).take(t, "en"),
	}
	c.admits()
	c.asks()
	c.answersByMail()
	c.readsAndAccepts()
	c.becomesNote()
	c.raises()
	for _, s := range []*seat{c.officer, c.member, c.facilitator, c.resident, c.moderator} {
		s.leave()
	}
}

// circle is who meets, and what they come to.
type circle struct {
	*testing.T
	post                                              *mailtest.Server
	mail                                              string // where POLIS takes mail in
	officer, member, facilitator, resident, moderator *seat
	topic                                             string // path
}

// gather opens a closed group, which officer Chiara is not in, whose letters may say what
// was written, and whose posts may be translated; and has the demonstration's forum told.
func gather(t *testing.T, h *house, post *mailtest.Server) error {
	ctx, system := t.Context(), access.System("test")
	err := errors.Join(account.WaiveSecondFactor(ctx, h.db, system), mail.Save(ctx, h.db, h.keys, access.Act("admin", access.Administrator, "", ""), post.Settings(mail.Plain)),
		account.OpenGroup(ctx, h.db, system, account.GroupDraft{ID: "team", Name: "Squadra mobile", About: "Prove digitali", Lang: "it", Kind: account.GroupClosed, Mails: true, Translates: true}))
	for _, n := range []account.New{
		{Email: asker, Name: "Chiara Prova", Role: access.Expert, ActsFor: "IT", Lang: "it", Password: demo.Password},
		{Email: answerer, Name: "Greta Probe", Role: access.Expert, ActsFor: "AT", Lang: "de", Password: demo.Password},
		{Email: facilitator, Name: "Fabio Prova", Role: access.Expert, ActsFor: "IT", Lang: "it", Password: demo.Password},
	} {
		made, merr := account.Create(ctx, h.db, system, n)
		if err = errors.Join(err, merr); err != nil || n.Email == asker {
			continue
		}
		err = account.Admit(ctx, h.db, system, "team", made.ID)
		if err == nil && n.Email == facilitator {
			err = account.Facilitate(ctx, h.db, system, "team", made.ID)
		}
	}
	return err
}

// admits has a member propose the officer, who knew of nothing, and the facilitator admit her.
func (c *circle) admits() {
	c.Helper()
	if got := c.officer.tries("/groups/team"); got != 404 {
		c.Errorf("before she is a member the group answers her with %d", got)
	}
	c.member.goes("/groups/team/proposals")
	c.member.sends("/groups/team/proposals", typed{"address": asker, "words": "Leitet die Einheit für digitale Beweismittel. Erfunden."})
	c.facilitator.goes("/groups/team/proposals")
	c.facilitator.screen("community-proposal")
	c.facilitator.sends("/proposals/admit", nil)
	c.member.goes("/account/notices")
	c.member.sends("/account/notices/paces", typed{"group-team": "once"})
	c.officer.goes("/community")
	c.officer.shows("/groups/team")
}

// asks is the officer's, on the page.
func (c *circle) asks() {
	c.Helper()
	c.officer.goes("/groups/team")
	c.officer.screen("community-group")
	c.officer.follows("a[href*='/topics/new']")
	write := typed{"kind": "question", "lang": "it", "title": "Come si consegna un telefono sequestrato?", "body": "Chi firma il **verbale** di consegna, e quando si deve fare la copia della memoria?"}
	c.officer.sends("/groups/team/topics", write, "do=preview")
	if !c.officer.has(".preview strong") {
		c.Error("the preview does not show what it will be")
	}
	c.officer.screen("community-question")
	c.topic = c.officer.sends("/groups/team/topics", nil)
}

// answersByMail is the member's, from her mail program.
func (c *circle) answersByMail() {
	c.Helper()
	letter := await(c.T, c.post, answerer, "Come si consegna")
	to := strings.Trim(letter.Message.Header.Get("Reply-To"), "<>")
	sendReply(c.T, c.mail, to, letter, "Das Protokoll unterschreibt bei uns die Staatsanwältin, und die Kopie des Speichers wird sofort nach der Übergabe gemacht.")
	told := await(c.T, c.post, asker, "Come si consegna")
	if !strings.Contains(told.Parts(c.T)["text/plain"], "Staatsanwältin") {
		c.Error("the officer's letter does not bring the answer, which her group allows")
	}
}

// readsAndAccepts is the officer's, who reads no German.
func (c *circle) readsAndAccepts() {
	c.Helper()
	c.officer.goes(c.topic)
	c.officer.screen("community-answered")
	c.officer.sends("/machine", nil)
	if said := c.officer.text("main"); !strings.Contains(said, "IT Das Protokoll unterschreibt") || !strings.Contains(said, "Double") {
		c.Errorf("the answer is not read in her language, with the name of what translated it:\n%.3000s", said)
	}
	c.officer.screen("community-translated")
	c.officer.sends("/move/accept", nil)
	if !c.officer.has(".post-answer") {
		c.Error("the answer is not accepted")
	}
}

// becomesNote takes one click, and the confirmation that each document needs.
func (c *circle) becomesNote() {
	c.Helper()
	c.officer.sends("/note", nil)
	c.officer.screen("community-note")
	c.officer.sends("/confirm", nil)
	note := c.officer.follows("a[href^='/it/library/0']")
	c.officer.journey.until("/it"+note, "Staatsanwältin")
	c.officer.goes(note)
	c.officer.shows(c.topic)
	c.officer.goes(c.topic)
	c.officer.shows(note)
	c.member.goes(note)
	c.member.screen("community-note")
	if got := c.resident.tries(note); got != 404 {
		c.Errorf("outside the group its note answers with %d", got)
	}
}

// raises is the resident's, and she gets her answer.
func (c *circle) raises() {
	c.Helper()
	const of = "/groups/demo-forum-town/issues"
	c.resident.goes(of + "/new")
	c.resident.sends(of, typed{"lang": "ru", "title": "Переход у школы не освещён", "about": "Вымышленный пример. Зимой дети идут домой в темноте, а патруль там не останавливается.", "themes": []string{"police-reform/community-policing"}, "groups": []string{"residents", "youth"}})
	issue := c.resident.page.Path
	c.resident.screen("community-issue")
	c.moderator.goes(issue)
	c.moderator.sends("/move/take", typed{"office-take": "Austria", "due-take": day(14)})
	c.resident.goes(issue)
	c.resident.screen("community-taken")
	c.moderator.goes(issue)
	c.moderator.sends("/move/answer", typed{"words-answer": "A made-up answer: from Monday the patrol stops there between four and six.", "due-answer": day(40)})
	told := await(c.T, c.post, resident, "Переход у школы")
	if text := told.Parts(c.T)["text/plain"]; !strings.Contains(text, "/en"+issue) {
		c.Errorf("the resident's letter does not lead to her issue:\n%s", text)
	}
	c.resident.goes(issue)
	if said := c.resident.text("main"); !strings.Contains(said, "from Monday the patrol stops") {
		c.Errorf("the answer is not there:\n%.2000s", said)
	}
	c.resident.screen("community-answer")
	c.resident.goes(of)
	c.resident.shows(issue)
}
