package oai_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/thesaurus"
)

var secondsForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)

// TestTheChecksOfTheValidator are those of the validator of openarchives.org, in its
// order, as far as they can be made without it.
func TestTheChecksOfTheValidator(t *testing.T) {
	each(t, 3, func(t *testing.T, h *house) {
		guide := h.guide()
		h.few(6)
		id := url.QueryEscape(h.identifier(guide))
		about := h.ask("verb=Identify").Identify
		earliest, _ := time.Parse(time.RFC3339, about.Earliest)
		check := func(sentence string, holds bool, seen ...any) {
			t.Helper()
			t.Run(sentence, func(t *testing.T) {
				if !holds {
					t.Errorf("%v", seen)
				}
			})
		}
		refused := func(sentence, query string, codes ...string) {
			t.Helper()
			r := h.ask(query)
			check(sentence, r.status == http.StatusOK && slices.Contains(codes, r.code()), query, r.status, r.code())
			if c := r.code(); c == "badVerb" || c == "badArgument" {
				check(sentence+", and the request is repeated without attributes", len(r.Request.Attrs) == 0, r.raw)
			}
		}
		check("the base URL is the one that was asked", about.Base == h.base() && h.ask("verb=Identify").Request.Base == h.base(), about.Base)
		check("the version is 2.0", about.Version == "2.0")
		check("the administrator has an address", strings.Contains(about.Mail, "@"), about.Mail)
		check("the granularity is one of the two", about.Granularity == "YYYY-MM-DDThh:mm:ssZ")
		check("the earliest date has that granularity", secondsForm.MatchString(about.Earliest), about.Earliest)
		check("deleted records are kept for ever", about.Deleted == "persistent")
		sets := h.ask("verb=ListSets").Sets
		check("there are sets with names, and those above them", slices.Contains(sets, "theme:cybercrime:network-24-7") && slices.Contains(sets, "theme:cybercrime") && slices.Contains(sets, "theme") && slices.Contains(sets, "type:guide"), sets)
		heads, pages := h.walk("ListIdentifiers", "metadataPrefix=oai_dc")
		check("identifiers are listed in pages, each once", len(heads) == 7 && pages == 3 && distinct(heads) == 7, heads, pages)
		check("they are listed by set", len(first(h.walk("ListIdentifiers", "metadataPrefix=oai_dc&set=theme:cybercrime"))) == 1)
		check("a record says its formats", slices.Contains(h.ask("verb=ListMetadataFormats&identifier="+id).Formats, "oai_dc"))
		got := h.get(guide)
		check("a record is got by its identifier", got.Header.Identifier == h.identifier(guide) && len(got.field("title")) == 3, got)
		check("its date has the granularity and is not before the earliest", secondsForm.MatchString(got.Header.Stamp) && got.Header.Stamp >= about.Earliest, got.Header)
		check("its sets are named", slices.Contains(got.Header.Sets, "theme:cybercrime:network-24-7") && slices.Contains(got.Header.Sets, "type:guide"), got.Header)
		at := "&from=" + got.Header.Stamp + "&until=" + got.Header.Stamp
		check("a list of the very second has it", has(first(h.walk("ListRecords", "metadataPrefix=oai_dc"+at)), h.identifier(guide)))
		check("a list of the very day has it", has(first(h.walk("ListRecords", "metadataPrefix=oai_dc&from="+got.Header.Stamp[:10]+"&until="+got.Header.Stamp[:10])), h.identifier(guide)))
		all, pages := h.walk("ListRecords", "metadataPrefix=oai_dc")
		check("resumption tokens lead through all records", len(all) == 7 && pages == 3, all)
		one := h.ask("verb=ListRecords&metadataPrefix=oai_dc").Records.Token
		check("the first cursor is 0, and the size is that of the list", one.Cursor == "0" && one.Size == "7", one)
		again := func() int {
			return len(h.ask("verb=ListRecords&resumptionToken=" + url.QueryEscape(one.Text)).Records.Records)
		}
		check("a token is good more than once", again() == 3)
		check("and the second time, too", again() == 3)
		check("the last page has an empty token", lastToken(h) == "")
		early := earliest.AddDate(-2, 0, 0).Format(time.DateOnly)
		for sentence, ask := range map[string][2]string{
			"a verb that is none": {"verb=junk", "badVerb"},
			"no verb at all":      {"", "badVerb"},
			"a verb twice":        {"verb=Identify&verb=Identify", "badVerb"},
			"an argument that the verb does not take":    {"verb=Identify&test=test", "badArgument"},
			"a set for the sets":                         {"verb=ListSets&set=x", "badArgument"},
			"a token for the sets":                       {"verb=ListSets&resumptionToken=junktoken", "badResumptionToken"},
			"no prefix for the identifiers":              {"verb=ListIdentifiers", "badArgument"},
			"a from that is no date":                     {"verb=ListIdentifiers&metadataPrefix=oai_dc&from=junk", "badArgument"},
			"a token beside arguments":                   {"verb=ListIdentifiers&resumptionToken=junktoken&until=2000-02-05", "badArgument"},
			"a token that is none":                       {"verb=ListIdentifiers&resumptionToken=junktoken", "badResumptionToken"},
			"a token that is none, for records":          {"verb=ListRecords&resumptionToken=junktoken", "badResumptionToken"},
			"records with a from that is no date":        {"verb=ListRecords&metadataPrefix=oai_dc&from=junk", "badArgument"},
			"records with an until that is no date":      {"verb=ListRecords&metadataPrefix=oai_dc&until=2000-13-40", "badArgument"},
			"no prefix for the records":                  {"verb=ListRecords", "badArgument"},
			"a day from and a second until":              {"verb=ListRecords&metadataPrefix=oai_dc&from=2001-01-01&until=2002-01-01T00:00:00Z", "badArgument"},
			"a from that is later than until":            {"verb=ListRecords&metadataPrefix=oai_dc&from=2002-01-01&until=2001-01-01", "badArgument"},
			"an until before the earliest date":          {"verb=ListRecords&metadataPrefix=oai_dc&until=" + early, "noRecordsMatch"},
			"a from in the future":                       {"verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01", "noRecordsMatch"},
			"a format that there is not":                 {"verb=ListRecords&metadataPrefix=really_wrong_mdp", "cannotDisseminateFormat"},
			"a set that there is not":                    {"verb=ListIdentifiers&metadataPrefix=oai_dc&set=really_wrong_set", "noRecordsMatch"},
			"no argument for the record":                 {"verb=GetRecord", "badArgument"},
			"a record without a format":                  {"verb=GetRecord&identifier=" + id, "badArgument"},
			"a record without an identifier":             {"verb=GetRecord&metadataPrefix=oai_dc", "badArgument"},
			"a record in a format that there is not":     {"verb=GetRecord&metadataPrefix=really_wrong_mdp&identifier=" + id, "cannotDisseminateFormat"},
			"an identifier that names nothing":           {"verb=GetRecord&metadataPrefix=oai_dc&identifier=" + id + "x", "idDoesNotExist"},
			"an identifier that is no URI":               {"verb=GetRecord&metadataPrefix=oai_dc&identifier=invalid%22id", "badArgument"},
			"the formats of what is not there":           {"verb=ListMetadataFormats&identifier=oai:nowhere.example:1", "idDoesNotExist"},
			"a percent sign without its number":          {"verb=GetRecord&metadataPrefix=oai_dc&identifier=%zz", "badArgument"},
			"an empty from":                              {"verb=ListRecords&metadataPrefix=oai_dc&from=", "badArgument"},
			"a date of the thirtieth of February":        {"verb=ListRecords&metadataPrefix=oai_dc&from=2024-02-30", "badArgument"},
			"a date with parts of seconds":               {"verb=ListRecords&metadataPrefix=oai_dc&from=2024-02-03T10:00:00.5Z", "badArgument"},
			"a date without a zone":                      {"verb=ListRecords&metadataPrefix=oai_dc&from=2024-02-03T10:00:00", "badArgument"},
			"a token of another list":                    {"verb=ListIdentifiers&resumptionToken=" + url.QueryEscape(one.Text), "badResumptionToken"},
			"a token with one sign changed":              {"verb=ListRecords&resumptionToken=" + url.QueryEscape("A"+one.Text[1:]), "badResumptionToken"},
			"a token without its signature":              {"verb=ListRecords&resumptionToken=" + url.QueryEscape(strings.Split(one.Text, ".")[0]), "badResumptionToken"},
			"a NUL where an identifier should be":        {"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:%00", "badArgument"},
			"a set of signs that no set has":             {"verb=ListRecords&metadataPrefix=oai_dc&set=%3C%27--", "badArgument"},
			"a prefix of signs that no prefix has":       {"verb=ListRecords&metadataPrefix=%3Cx%3E", "badArgument"},
			"an argument twice":                          {"verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=mods", "badArgument"},
			"an identifier as long as a chapter":         {"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:" + strings.Repeat("a", 20_000), "idDoesNotExist"},
			"a from before there were calendars, no end": {"verb=ListRecords&metadataPrefix=oai_dc&from=0001-01-01&until=0001-01-02", "noRecordsMatch"},
		} {
			refused(sentence+" is refused as it should be", ask[0], ask[1])
		}
		check("the six verbs answer to POST", h.post("verb=Identify").Identify.Version == "2.0" && len(h.post("verb=ListRecords&metadataPrefix=oai_dc").Records.Records) == 3 &&
			h.post("verb=GetRecord&metadataPrefix=oai_dc&identifier="+id).Got.Header.Identifier != "" && h.post("verb=ListSets&x=y").code() == "badArgument")
		r := h.ask("verb=Identify")
		check("the time of the answer is written with a Z", secondsForm.MatchString(r.Date), r.Date)
		check("it is XML", strings.HasPrefix(r.head.Get("Content-Type"), "text/xml"), r.head)
		check("the schema is named", strings.Contains(r.raw, `xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"`), r.raw)
	})
}

func first(list []replyHeader, _ int) []replyHeader { return list }

func has(list []replyHeader, identifier string) bool {
	return slices.ContainsFunc(list, func(h replyHeader) bool { return h.Identifier == identifier })
}

func distinct(list []replyHeader) int {
	seen := map[string]bool{}
	for _, h := range list {
		seen[h.Identifier] = true
	}
	return len(seen)
}

// lastToken is the token of the last of three pages, "none" where there is none.
func lastToken(h *house) string {
	token := h.ask("verb=ListRecords&metadataPrefix=oai_dc").Records.Token
	for range 2 {
		token = h.ask("verb=ListRecords&resumptionToken=" + url.QueryEscape(token.Text)).Records.Token
		if token == nil {
			return "none"
		}
	}
	return token.Text
}

func TestADocumentIsDescribedInItsLanguages(t *testing.T) {
	each(t, 0, func(t *testing.T, h *house) {
		id := h.guide()
		got := h.get(id)
		for field, want := range map[string][]string{
			"title":       {"ru:Изъятие телефона", "en:Seizing a telephone", "fr:Saisir un téléphone <mobile>"},
			"description": {"ru:Как изъять телефон.", "en:How to seize one.\uFFFDAnd keep it.", "fr:Comment saisir."},
			"language":    {"ru", "en", "fr"},
			"date":        {"2026-03"},
			"rights":      {"CC BY 4.0"},
			"relation":    {"X/1", "PC.DEC/1049"},
			"identifier":  {h.server.URL + "/library/" + id, "SEC.GAL/12/26"},
		} {
			if !slices.Equal(got.field(field), want) {
				t.Errorf("%s: %q", field, got.field(field))
			}
		}
		if subjects := got.field("subject"); !slices.Contains(subjects, "ru:изъятие") || !slices.Contains(subjects, "fr:saisie & scellés") || len(subjects) < 8 {
			t.Errorf("subjects: %q", subjects)
		}
		if got.field("publisher") == nil || !slices.Contains(got.field("type"), "Text") {
			t.Errorf("publisher %q, type %q", got.field("publisher"), got.field("type"))
		}
		rich := h.ask("verb=GetRecord&metadataPrefix=mods&identifier=" + url.QueryEscape(h.identifier(id))).Got.Metadata.Inner
		for _, want := range []string{
			`<titleInfo xml:lang="ru" usage="primary"><title>Изъятие телефона</title>`, `<titleInfo xml:lang="fr" type="translated">`, `<identifier type="symbol">SEC.GAL/12/26</identifier>`,
			`<dateIssued encoding="w3cdtf">2026-03</dateIssued>`, `<relatedItem type="references"><identifier type="symbol">X/1`, `<relatedItem otherType="implements">`,
			`<languageTerm type="code" authority="rfc5646">ru</languageTerm>`, h.server.URL + "/library/" + id + "/fr", `<recordIdentifier source="127.0.0.1">` + id,
		} {
			if !strings.Contains(rich, want) {
				t.Errorf("MODS has no %s:\n%s", want, rich)
			}
		}
		for _, tag := range lang.All {
			if !strings.Contains(rich, `<subject xml:lang="`+string(tag)+`" authority="polis"`) {
				t.Errorf("no theme in %s", tag)
			}
		}
	})
}

func TestConfirmedConceptsAreSubjects(t *testing.T) {
	each(t, 0, func(t *testing.T, h *house) {
		if err := thesaurus.Seed(ctx, h.lib.DB); err != nil {
			t.Fatal(err)
		}
		id := h.guide()
		if err := h.lib.ProposeConcepts(ctx, true, func(int64, int64) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if got := h.get(id).field("subject"); slices.Contains(got, "en:electronic evidence") || slices.Contains(got, "en:witness") {
			t.Errorf("what nobody confirmed is given away: %q", got)
		}
		before := h.record(id)
		if err := h.lib.IndexWith(ctx, desk, id, []string{"electronic-evidence", "witness"}); err != nil {
			t.Fatal(err)
		}
		if !h.record(id).Updated.After(before.Updated) {
			t.Error("a concept does not move the date")
		}
		got := h.get(id).field("subject")
		for _, want := range []string{"en:electronic evidence", "fr:preuve électronique", "ru:свидетель"} {
			if !slices.Contains(got, want) {
				t.Errorf("no %s among %q", want, got)
			}
		}
		if slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "de:") }) {
			t.Errorf("a language that the document has not: %q", got)
		}
		rich := func() string {
			return h.ask("verb=GetRecord&metadataPrefix=mods&identifier=" + url.QueryEscape(h.identifier(id))).Got.Metadata.Inner
		}
		for _, want := range []string{
			`<subject xml:lang="de" authority="policing" valueURI="urn:polis:concept:witness"><topic>Zeuge</topic>`,
			`<subject xml:lang="it" authority="policing" valueURI="urn:polis:concept:electronic-evidence">`,
		} {
			if !strings.Contains(rich(), want) {
				t.Errorf("MODS has no %s:\n%s", want, rich())
			}
		}
		if once, again := rich(), rich(); once != again {
			t.Error("the same record is written in two ways")
		}
		if err := h.lib.IndexWith(ctx, desk, id, nil); err != nil {
			t.Fatal(err)
		}
		if got := h.get(id).field("subject"); slices.Contains(got, "en:witness") {
			t.Errorf("what was refused is given away: %q", got)
		}
	})
}

func TestTheDateMovesWithEveryFactThatIsGivenAway(t *testing.T) {
	each(t, 0, func(t *testing.T, h *house) {
		id := h.guide()
		moves := func(what string, change func(r library.Record) error) {
			t.Helper()
			before := h.record(id)
			if err := change(before); err != nil {
				t.Fatal(what, err)
			}
			if !h.record(id).Updated.After(before.Updated) {
				t.Errorf("%s does not move the date", what)
			}
		}
		draft := func(r library.Record) library.Draft {
			return library.Draft{Symbol: r.Symbol, Kind: r.Kind, Dated: r.Dated, Original: r.Original, Origin: r.Origin, Licence: r.Licence, Tags: r.Tags, Confirmed: true}
		}
		moves("a title", func(r library.Record) error {
			return h.lib.Revise(ctx, system, id, r.Rev, draft(r), library.Titles{Lang: "en", Title: "Seizing telephones"})
		})
		moves("a theme", func(r library.Record) error {
			d := draft(r)
			d.Themes = []string{"drugs"}
			return h.lib.Revise(ctx, system, id, r.Rev, d)
		})
		moves("a language version", func(r library.Record) error {
			return h.lib.AddText(ctx, system, id, r.Rev, text("de", "Ein Telefon sicherstellen", ""))
		})
		moves("a level", func(r library.Record) error {
			d := draft(r)
			d.Level = access.Member
			return h.lib.Revise(ctx, system, id, r.Rev, d)
		})
	})
}

func TestWhatLeavesHerCircleIsDeletedForTheHarvester(t *testing.T) {
	each(t, 2, func(t *testing.T, h *house) {
		never := h.create(library.Draft{Kind: "guide", Level: access.Member, Tags: library.Tags{Themes: []string{"drugs"}}}, text("en", "For members", ""))
		raised := h.guide()
		taken := h.few(1)[0]
		status := func(id string, as ...string) string {
			r := h.get(id, as...)
			switch {
			case r.Header.Identifier == "":
				return "none"
			case r.Header.Status == "deleted" && r.Metadata.Inner != "":
				return "deleted, and told all the same"
			}
			return "there" + r.Header.Status
		}
		r := h.record(raised)
		d := library.Draft{Kind: r.Kind, Tags: r.Tags, Level: access.Member}
		if err := h.lib.Revise(ctx, system, raised, r.Rev, d); err != nil {
			t.Fatal(err)
		}
		if err := h.lib.Withdraw(ctx, system, taken, h.record(taken).Rev, "test"); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string][2]string{never: {"none", "there"}, raised: {"theredeleted", "there"}, taken: {"theredeleted", "theredeleted"}} {
			if got := [2]string{status(id), status(id, "member")}; got != want {
				t.Errorf("nobody and a member see %v, not %v", got, want)
			}
		}
		t.Run("a list has it once, in its sets, and with its size", func(t *testing.T) {
			for query, want := range map[string][2]int{"": {2, 3}, "&set=theme:cybercrime": {1, 1}, "&set=type:guide": {1, 2}, "&set=theme:terrorism": {1, 1}, "&set=theme:cyber": {0, 0}, "&set=theme": {2, 3}} {
				for i, as := range []string{"", "member"} {
					heads, _ := h.walk("ListRecords", "metadataPrefix=oai_dc"+query, as)
					if len(heads) != want[i] || distinct(heads) != want[i] {
						t.Errorf("%s as %q: %v", query, as, heads)
					}
				}
			}
			if token := h.ask("verb=ListRecords&metadataPrefix=oai_dc", "member").Records.Token; token == nil || token.Size != "3" {
				t.Errorf("%v", token)
			}
		})
		t.Run("withdrawn from the narrower circle it stays deleted since it left the wider one", func(t *testing.T) {
			before := h.get(raised).Header
			if err := h.lib.Withdraw(ctx, system, raised, h.record(raised).Rev, "test"); err != nil {
				t.Fatal(err)
			}
			if now := h.get(raised).Header; fmt.Sprint(now) != fmt.Sprint(before) || status(raised, "member") != "theredeleted" {
				t.Errorf("%v was %v; a member: %s", now, before, status(raised, "member"))
			}
			if heads, _ := h.walk("ListIdentifiers", "metadataPrefix=mods", "desk"); distinct(heads) != 3 || len(heads) != 3 {
				t.Errorf("the desk: %v", heads)
			}
		})
	})
}
