package sheet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"polis/internal/lang"
	"polis/internal/sheet"
)

// courses are columns such as an import of activities has.
var courses = []sheet.Column{
	{ID: "title", Required: true, Names: lang.Names{"en": "Title", "fr": "Intitulé", "de": "Titel", "it": "Titolo", "ru": "Название", "es": "Título"}},
	{ID: "starts", Kind: sheet.Date, Required: true, Names: lang.Names{"en": "Starts on", "fr": "Début", "de": "Beginn", "it": "Inizio", "ru": "Начало", "es": "Comienzo"}, Also: []string{"Start date"}, Example: "2026-12-31"},
	{ID: "cost", Kind: sheet.Number, Names: lang.Names{"en": "Cost", "fr": "Coût", "de": "Kosten", "it": "Costo", "ru": "Стоимость", "es": "Coste"}},
	{ID: "people", Kind: sheet.Whole, Names: lang.Names{"en": "Participants", "fr": "Participants", "de": "Teilnehmende", "it": "Partecipanti", "ru": "Участники", "es": "Participantes"}},
	{
		ID: "kind", Kind: sheet.Choice, Names: lang.Names{"en": "Kind", "fr": "Type", "de": "Art", "it": "Tipo", "ru": "Вид", "es": "Tipo"}, Example: "visit",
		Hint: lang.Names{"en": "What it was.", "de": "Was es war."},
		Choices: []sheet.Option{
			{ID: "training", Names: lang.Names{"en": "Training", "fr": "Formation", "de": "Schulung", "ru": "Обучение"}, Also: []string{"Course"}},
			{ID: "visit", Names: lang.Names{"en": "Study visit", "fr": "Visite d’étude", "de": "Studienbesuch", "ru": "Ознакомительная поездка"}},
		},
	},
	{
		ID: "states", Kind: sheet.List, Names: lang.Names{"en": "States", "fr": "États", "de": "Staaten", "it": "Stati", "ru": "Государства", "es": "Estados"},
		Choices: []sheet.Option{
			{ID: "KG", Names: lang.Names{"en": "Kyrgyzstan", "ru": "Кыргызстан", "de": "Kirgisistan"}},
			{ID: "TJ", Names: lang.Names{"en": "Tajikistan", "ru": "Таджикистан"}},
			{ID: "BA", Names: lang.Names{"en": "Bosnia, and Herzegovina"}},
		},
	},
	{ID: "places", Kind: sheet.List, Names: lang.Names{"en": "Places", "fr": "Lieux", "de": "Orte", "it": "Luoghi", "ru": "Места", "es": "Lugares"}},
}

func bind(t testing.TB, data string, reader lang.Tag) (*sheet.Binding, []sheet.Trouble) {
	t.Helper()
	return read(t, []byte(data)).Bind(courses, reader)
}

func briefs(troubles []sheet.Trouble) string {
	var all []string
	for _, t := range troubles {
		all = append(all, brief(t))
	}
	return strings.Join(all, ", ")
}

func TestColumnsAreFoundByName(t *testing.T) {
	for _, c := range []struct{ what, header, want, unknown string }{
		{"in English", "Title,Starts on,Cost", "", ""},
		{"in Russian", "НАЗВАНИЕ; начало ;Стоимость", "", ""},
		{"without accents, in other case, with signs", "intitule *;DEBUT:;cout (EUR)", "", "C cout (EUR)"},
		{"by id and by another name", "title\tstart_date\tcost", "", ""},
		{"languages mixed, a column of somebody's own", "Titolo,Beginn,Zuständig,Coste", "", "C Zuständig"},
		{"one missing", "Title,Cost", "1 column-missing", ""},
		{"one twice, in two languages", "Title,Beginn,Start date,Title", "1C column-twice, 1D column-twice", ""},
		{"none", "Alpha,Beta", "1 no-header", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			b, troubles := bind(t, c.header+"\n", lang.English)
			if got := briefs(troubles); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
			var unknown []string
			for _, u := range b.Unknown {
				unknown = append(unknown, u.Letter()+" "+u.Name)
			}
			if got := strings.Join(unknown, ", "); got != c.unknown {
				t.Errorf("unknown: %s, not %s", got, c.unknown)
			}
		})
	}
	t.Run("below a title", func(t *testing.T) {
		b, troubles := bind(t, "Our Title\n\nTitle,Start date,Kosten\nx,2026-01-02,1\n", lang.English)
		records, more := b.Records()
		if len(troubles)+len(more) > 0 || b.Header != 3 || len(records) != 1 || records[0].Row != 4 || !b.Has("cost") || b.Has("people") || records[0].Has("kind") {
			t.Error(b.Header, briefs(troubles), briefs(more), records)
		}
	})
	t.Run("a name that two columns have is the reader's", func(t *testing.T) {
		two := []sheet.Column{{ID: "a", Names: lang.Names{"en": "Type", "fr": "Genre"}}, {ID: "b", Names: lang.Names{"en": "Sort", "fr": "Type"}}}
		table := read(t, []byte("Type\nx\n"))
		for tag, id := range map[lang.Tag]string{"en": "a", "fr": "b", "de": "a"} {
			b, _ := table.Bind(two, tag)
			if records, _ := b.Records(); records[0].Text(id) != "x" {
				t.Error(tag, id)
			}
		}
		if got := sheet.Doubts(two); len(got) != 1 || got[0] != `"type" is a and b` {
			t.Error(got)
		}
	})
	t.Run("the columns of these tests are without doubts", func(t *testing.T) {
		if doubts := sheet.Doubts(courses); len(doubts) > 0 {
			t.Error(doubts)
		}
	})
	t.Run("a message gives the names of a column", func(t *testing.T) {
		if n := sheet.Named("core.yes"); n["de"] != "Ja" || n["ru"] != "Да" || len(n) != 6 {
			t.Error(n)
		}
	})
}

func TestRowsAreUnderstood(t *testing.T) {
	b, troubles := bind(t, "Title;Starts on;Cost;Participants;Kind;States;Places\n"+
		"Crime scene;31.12.2026;1.234,50;1.200;Schulung;KG, Таджикистан;Osh; \n"+
		"\"Visit\";3 March 2026;;;study-visit;\"Bosnia, and Herzegovina\";\"Osh; Naryn\nOsh\"\n", lang.German)
	records, more := b.Records()
	if len(troubles) > 0 || briefs(more) != "" {
		t.Fatal(briefs(troubles), briefs(more))
	}
	first, second := records[0], records[1]
	for _, c := range []struct{ got, want string }{
		{first.Text("title"), "Crime scene"},
		{first.Text("starts"), "2026-12-31"},
		{first.Text("cost"), "1234.5"},
		{first.Text("people"), "1200"},
		{first.Text("kind"), "training"},
		{strings.Join(first.List("states"), " "), "KG TJ"},
		{strings.Join(first.List("places"), "|"), "Osh"},
		{first.Text("nothing"), ""},
		{second.Text("starts"), "2026-03-03"},
		{second.Text("cost"), ""},
		{second.Text("kind"), "visit"},
		{strings.Join(second.List("states"), " "), "BA"},
		{strings.Join(second.List("places"), "|"), "Osh|Naryn"},
	} {
		if c.got != c.want {
			t.Errorf("%q, not %q", c.got, c.want)
		}
	}
	if first.Whole("people") != 1200 || second.Whole("people") != 0 || second.List("nothing") != nil {
		t.Error(first.Whole("people"), second.Whole("people"))
	}
	if got := brief(second.Trouble("kind", "sheet.error.choice")); got != "3E choice" {
		t.Error(got)
	}
	if got := brief(b.Trouble(7, "nothing", "sheet.error.choice")); got != "7 choice" {
		t.Error(got)
	}
}

func TestEverythingThatIsWrongIsToldAtOnce(t *testing.T) {
	b, _ := bind(t, "Title,Starts on,Cost,Participants,Kind,States\n"+
		",31.2.2026,12 EUR,\"1,5\",party,Atlantis\n"+
		"#REF!,,1e5,-,Training,\"KG; nowhere\",more\n"+
		"good,2026-01-01,\"1,234\",1,,\n", lang.French)
	records, troubles := b.Records()
	want := "2A missing, 2B date, 2C number, 2D whole, 2E choice, 2F choice, 3A formula, 3B missing, 3C number, 3D whole, 3F choice, 3G cells, 4C number-order"
	if got := briefs(troubles); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(records) != 3 || records[0].Text("starts") != "" || records[2].Text("title") != "good" {
		t.Error(records)
	}
	p := lang.For(lang.English)
	sentences := []string{}
	for _, trouble := range troubles {
		if s := trouble.Say(p); strings.ContainsAny(s, "⟦{") {
			t.Error(s)
		} else {
			sentences = append(sentences, s)
		}
	}
	for _, s := range []string{
		"“party” is not one of the possible values: Training; Study visit.",
		"“1,234” may mean 1234 or 1.2340. Write the one that is meant in this form.",
		"The formula in this cell leaves #REF!. Correct it, or type the value.",
	} {
		if !slices.Contains(sentences, s) {
			t.Errorf("nobody says: %s", s)
		}
	}
	t.Run("but not without end", func(t *testing.T) {
		b, _ := bind(t, "Title,Starts on\n"+strings.Repeat("x,never\n", 5000), lang.English)
		_, troubles := b.Records()
		if last := troubles[len(troubles)-1]; len(troubles) != sheet.MostTroubles+1 || last.Key != "sheet.error.many" {
			t.Error(len(troubles), last)
		}
	})
}

func TestDaysAreReadAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		cells string // of one column, divided by a bar
		in    lang.Tag
		want  string
	}{
		{"2026-12-31|2026/12/31|2026.12.31|2026-1-2", "en", "2026-12-31|2026-12-31|2026-12-31|2026-01-02"},
		{"2026-12-31T00:00:00|2026-12-31 09:30|31.12.2026 9:30:00|2026-12-31T08:00:00Z|12/31/2026 3:30 PM", "en", "2026-12-31|2026-12-31|2026-12-31|2026-12-31|2026-12-31"},
		{"31.12.2026|1.2.2026|01.02.2026 г.|31. 12. 2026", "en", "2026-12-31|2026-02-01|2026-02-01|2026-12-31"},
		{"31/12/2026|12/31/2026|04/04/2026", "en", "2026-12-31|2026-12-31|2026-04-04"},
		{"03/04/2026", "en", "date-order"},
		{"03-04-2026", "en", "date-order"},
		{"03/04/2026", "fr", "2026-04-03"},
		{"03/04/2026|31/12/2026", "en", "2026-04-03|2026-12-31"},
		{"03/04/2026|12/31/2026", "en", "2026-03-04|2026-12-31"},
		{"03/04/2026|12/31/2026", "es", "2026-03-04|2026-12-31"},
		{"03/04/2026|12/31/2026|31/12/2026", "en", "date-order|2026-12-31|2026-12-31"},
		{"3 March 2026|March 3, 2026|3rd of March 2026|3 Mar 2026|1 Sept 2026", "en", "2026-03-03|2026-03-03|2026-03-03|2026-03-03|2026-09-01"},
		{"1er mars 2026|3 août 2026|3 févr. 2026", "fr", "2026-03-01|2026-08-03|2026-02-03"},
		{"3. März 2026|3. Dez. 2026|3. Jänner 2026", "de", "2026-03-03|2026-12-03|2026-01-03"},
		{"3 marzo 2026|1º gennaio 2026", "it", "2026-03-03|2026-01-01"},
		{"3 марта 2026 г.|3 мая 2026|3 сент. 2026 года", "ru", "2026-03-03|2026-05-03|2026-09-03"},
		{"3 de marzo de 2026|3 ene 2026", "es", "2026-03-03|2026-01-03"},
		{"31.12.26|3/4/26|3 March 26", "en", "date-year|date-year|date-year"},
		{"31.2.2026|2026-13-01|29.2.2025|0.1.2026|31.12.0026|31.12.9026", "en", "date|date|date|date|date|date"},
		{"soon|2026|12.2026|46387|March 2026|3 March|1/2-2026|1.2.3.2026|3 3 March 2026", "en", "date|date|date|date|date|date|date|date|date"},
	} {
		b, _ := bind(t, "Title;Starts on\nx;\""+strings.ReplaceAll(c.cells, "|", "\"\nx;\"")+"\"\n", c.in)
		records, troubles := b.Records()
		var got []string
		for _, r := range records {
			value := r.Text("starts")
			for _, trouble := range troubles {
				if trouble.Row == r.Row {
					value = strings.TrimPrefix(trouble.Key, "sheet.error.")
				}
			}
			got = append(got, value)
		}
		if got := strings.Join(got, "|"); got != c.want {
			t.Errorf("%s in %s\ngot  %s\nwant %s", c.cells, c.in, got, c.want)
		}
	}
	t.Run("every language reads the days that it writes", func(t *testing.T) {
		for _, tag := range lang.All {
			p := lang.For(tag)
			for month := range 12 {
				day := time.Date(2026, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC)
				for _, text := range []string{p.Date(day), p.ShortDate(day)} {
					b, _ := bind(t, "Title;Starts on\nx;"+text+"\n", tag)
					if records, troubles := b.Records(); records[0].Text("starts") != day.Format(time.DateOnly) {
						t.Error(tag, text, briefs(troubles))
					}
				}
			}
		}
	})
}

func TestNumbersAreReadAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct{ cells, cost, people string }{
		{"0|12|007|-5|+5|−5", "0|12|7|-5|5|-5", "0|12|7|-5|5|-5"},
		{"1234.5|1234,5|0,125|0.125|,5|1234567.891", "1234.5|1234.5|0.125|0.125|0.5|1234567.891", "whole|whole|whole|whole|whole|whole"},
		{"12.00|12,0", "12|12", "12|12"},
		{"1.234.567,50|1,234,567.50|1 234 567,50|1\u00a0234|1’234’567.5", "1234567.5|1234567.5|1234567.5|1234|1234567.5", "whole|whole|whole|1234|whole"},
		{"1.234.567|1,234,567", "1234567|1234567", "1234567|1234567"},
		{"1,234|1.234", "number-order|number-order", "1234|1234"},
		{"1,234|12,50", "1.234|12.5", "1234|whole"},
		{"1,234|12.50", "1234|12.5", "1234|whole"},
		{"1,234|1,234,567", "1234|1234567", "1234|1234567"},
		{"1.234|1.234.567,8", "1234|1234567.8", "1234|whole"},
		{"1,234|12.5|12,5", "number-order|12.5|12.5", "1234|whole|whole"},
		{"12,34,567|1.23.456|1,2.3,4|1..2|--5|1-2|1e5|5%|€5|x|12 34|1 2345", strings.Repeat("number|", 11) + "number", strings.Repeat("whole|", 11) + "whole"},
		{"1234567890123456|0,1234567890123", "number|number", "whole|whole"},
	} {
		for id, want := range map[string]string{"Cost": c.cost, "Participants": c.people} {
			b, _ := bind(t, "Title;Starts on;"+id+"\nx;2026-01-01;\""+strings.ReplaceAll(c.cells, "|", "\"\nx;2026-01-01;\"")+"\"\n", lang.English)
			records, troubles := b.Records()
			var got []string
			for _, r := range records {
				value := r.Text("cost") + r.Text("people")
				for _, trouble := range troubles {
					if trouble.Row == r.Row {
						value = strings.TrimPrefix(trouble.Key, "sheet.error.")
					}
				}
				got = append(got, value)
			}
			if got := strings.Join(got, "|"); got != want {
				t.Errorf("%s of %s\ngot  %s\nwant %s", id, c.cells, got, want)
			}
		}
	}
}

func TestAWorkbookSaysExactlyWhatItMeans(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"Title", "Starts on", "Cost", "Participants"}))
		must(t, f.SetSheetRow("Sheet1", "A2", &[]any{"three decimals, a day", time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC), 1.234, 1234}))
		must(t, f.SetSheetRow("Sheet1", "A3", &[]any{"a day without its format", 46115, -0.5, 12.0}))
		must(t, f.SetSheetRow("Sheet1", "A4", &[]any{"a day with a time", time.Date(2026, 4, 3, 15, 4, 0, 0, time.UTC), "1,5", "1.234"}))
		must(t, f.SetSheetRow("Sheet1", "A5", &[]any{"none of it", 2026, 1e20, 12.5}))
		must(t, f.SetSheetRow("Sheet1", "A6", &[]any{2026, "04.03.2026", 2, 2}))
		us := "mm/dd/yyyy"
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &us})
		must(t, err, f.SetCellStyle("Sheet1", "B2", "B2", style))
	})
	b, troubles := read(t, data).Bind(courses, lang.English)
	records, more := b.Records()
	if got := briefs(more); len(troubles) > 0 || got != "5B date, 5C number, 5D whole" {
		t.Error(briefs(troubles), got)
	}
	var got []string
	for _, r := range records {
		got = append(got, strings.Join([]string{r.Text("title"), r.Text("starts"), r.Text("cost"), r.Text("people")}, " | "))
	}
	want := []string{
		"three decimals, a day | 2026-04-03 | 1.234 | 1234", "a day without its format | 2026-04-03 | -0.5 | 12",
		"a day with a time | 2026-04-03 | 1.5 | 1234", "none of it |  |  | ", "2026 | 2026-03-04 | 2 | 2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
