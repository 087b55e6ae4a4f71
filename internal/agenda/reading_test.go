package agenda_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"polis/internal/agenda"
	"polis/internal/extract"
)

func TestDaysAreReadInAllLanguages(t *testing.T) {
	for written, want := range map[string]string{
		"12–14 March 2026": "2026-03-12 2026-03-14", "du 12 au 14 mars 2026": "2026-03-12 2026-03-14", "12.-14. März 2026": "2026-03-12 2026-03-14",
		"с 12 по 14 марта 2026 г.": "2026-03-12 2026-03-14", "dal 12 al 14 marzo 2026": "2026-03-12 2026-03-14", "del 12 al 14 de marzo de 2026": "2026-03-12 2026-03-14",
		"3 and 4 June 2026": "2026-06-03 2026-06-04", "3, 4 y 5 de junio de 2026": "2026-06-03 2026-06-05", "1er et 2 avril 2026": "2026-04-01 2026-04-02", "1° aprile 2026": "2026-04-01 2026-04-01",
		"2026-03-12": "2026-03-12 2026-03-12", "2026-03-12/2026-03-14": "2026-03-12 2026-03-14", "12.03.2026": "2026-03-12 2026-03-12", "12.03.–14.03.2026": "2026-03-12 2026-03-14",
		"12-14.03.2026": "2026-03-12 2026-03-14", "25/03/2026": "2026-03-25 2026-03-25", "12/25/2026": "2026-12-25 2026-12-25", "March 12–14, 2026": "2026-03-12 2026-03-14",
		"30 March – 2 April 2026": "2026-03-30 2026-04-02", "30 December 2026 – 2 January 2027": "2026-12-30 2027-01-02", "30. Dezember – 2. Januar 2027": "2026-12-30 2027-01-02",
		"12 March 2026, 09:00 – 13 March 2026, 17:00": "2026-03-12 2026-03-13", "12-го марта 2026 года": "2026-03-12 2026-03-12", "Monday 12 to Wednesday 14 October 2026": "2026-10-12 2026-10-14",
		"19./20. November 2026": "2026-11-19 2026-11-20", "12.03.26": "2026-03-12 2026-03-12", "Thursday 12 March": "2026-03-12 2026-03-12", "29 February 2028": "2028-02-29 2028-02-29",
		// what is no day, or cannot be told
		"31 February 2026": "", "29 February 2026": "", "14–12 March 2026": "", "12 March": "", "09.00–10.30": "", "Room 12, page 14": "", "32.13.2026": "", "2026": "", "March 2026": "", "Tel. +996 312 66 12 03": "",
	} {
		a := text(t, "Workshop on the management of police stations\n\nDate: "+written+"\n")
		if got := strings.TrimSpace(a.Starts.Value + " " + a.Ends.Value); got != want {
			t.Errorf("%q is read as %q, not %q", written, got, want)
		}
		if want != "" && !strings.Contains(a.Starts.Quote, written) {
			t.Errorf("%q is not quoted: %q", written, a.Starts.Quote)
		}
	}
}

func TestWhatCannotBeToldIsNotGuessed(t *testing.T) {
	t.Run("03/04/2026 is offered as both", func(t *testing.T) {
		a := text(t, "Seminar on hate crime investigation\n\nDate: 03/04/2026 – 05/04/2026\n")
		if len(a.Either) != 2 || a.Starts.Value != "" || a.Either[0] != (agenda.Days{Starts: "2026-04-03", Ends: "2026-04-05"}) || a.Either[1] != (agenda.Days{Starts: "2026-03-04", Ends: "2026-05-04"}) {
			t.Errorf("%+v", a)
		}
		if !strings.Contains(a.Starts.Quote, "03/04/2026") {
			t.Error("without its place in the text")
		}
	})
	t.Run("but not where the text tells: by another date, by the weekday, by its language", func(t *testing.T) {
		for content, want := range map[string]string{
			"Seminar on hate crime\n\nDate: 03/04/2026\n\nArrival of participants: 25/03/2026":                                                          "2026-04-03",
			"Seminar on hate crime\n\nDate: 03/04/2026\n\nDeparture of participants: 03/25/2026":                                                        "2026-03-04",
			"Seminar on hate crime\n\nDate: Friday 03/04/2026":                                                                                          "2026-04-03",
			"Seminar on hate crime\n\nDate: Wednesday 03/04/2026":                                                                                       "2026-03-04",
			"Séminaire sur les crimes de haine\n\nLe séminaire est ouvert aux enquêteurs de la police et du parquet de la région.\n\nDate : 03/04/2026": "2026-04-03",
		} {
			if a := text(t, content); a.Starts.Value != want || a.Either != nil {
				t.Errorf("%q: %+v %v", content, a.Starts, a.Either)
			}
		}
	})
	t.Run("a newsletter with forty dates proposes no day", func(t *testing.T) {
		var news strings.Builder
		news.WriteString("News of the police academies\n\n")
		for i := range 40 {
			fmt.Fprintf(&news, "%s: a course was held in Osh\n\n", near.AddDate(0, 0, 9*i).Format("2 January 2006"))
		}
		if a := text(t, news.String()); !a.Many || a.Starts.Found() || a.Either != nil {
			t.Errorf("%+v", a)
		}
	})
	t.Run("what is online is no course about what is online", func(t *testing.T) {
		if a := text(t, "Workshop on online child sexual abuse\n\nVienna, 3 June 2026\n"); a.Online.Found() || a.Place.Value != "Vienna" {
			t.Errorf("%+v", a)
		}
	})
	t.Run("a day that is over is proposed and said to be over", func(t *testing.T) {
		if a := text(t, "Workshop on border checks\n\nOsh, 3 June 2025\n"); a.Starts.Value != "2025-06-03" || !a.Past {
			t.Errorf("%+v", a)
		}
	})
	t.Run("deadlines, and dates of papers, are not its days", func(t *testing.T) {
		a := text(t, "Workshop on border checks\n\nPlease register by 1 May 2026.\n\nAdopted on 3 March 2026\n")
		if a.Starts.Found() {
			t.Errorf("%+v", a.Starts)
		}
	})
	t.Run("who pays does not organise", func(t *testing.T) {
		a := text(t, "Workshop on border checks\n\nFunded by the European Union\n\nOrganised by: SPMU, ODIHR\n\nOsh, 3 June 2026\n")
		if len(a.Organisers) != 2 || a.Organisers[0].Value != "spmu" || a.Organisers[1].Value != "odihr" {
			t.Errorf("%+v", a.Organisers)
		}
	})
	t.Run("nothing is nothing", func(t *testing.T) {
		if a := text(t, "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit."); a.Starts.Found() || a.Place.Found() || len(a.Organisers) > 0 {
			t.Errorf("%+v", a)
		}
	})
}

const invitation = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:a@example\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Workshop\\, financial investigation\r\n" +
	"DTSTART;TZID=Asia/Bishkek:20260312T090000\r\nDTEND;TZID=Asia/Bishkek:20260314T170000\r\nLOCATION:Hotel Park\\, Bishkek\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestInvitationsAreFacts(t *testing.T) {
	a := read(t, agenda.File{Name: "agenda.txt", Data: []byte("Another title of the workshop\n\nOsh, 1 June 2026\n")}, agenda.File{Name: "invite.ics", Data: []byte(invitation)})
	for _, want := range []struct {
		got   agenda.Finding
		value string
	}{{a.Title, "Workshop, financial investigation"}, {a.Starts, "2026-03-12"}, {a.Ends, "2026-03-14"}, {a.Place, "Hotel Park, Bishkek"}} {
		if want.got.Value != want.value || want.got.Sure != agenda.Stated || want.got.File != "invite.ics" || want.got.Quote == "" {
			t.Errorf("%q: %+v", want.value, want.got)
		}
	}
	if a.State.Value != "KG" {
		t.Errorf("%+v", a.State)
	}
	whole := strings.NewReplacer(";TZID=Asia/Bishkek:20260312T090000", ";VALUE=DATE:20260312", ";TZID=Asia/Bishkek:20260314T170000", ";VALUE=DATE:20260314", "Hotel Park\\, Bishkek", "Microsoft Teams Meeting").Replace(invitation)
	a = read(t, agenda.File{Name: "invite.ics", Data: []byte(whole)})
	if a.Ends.Value != "2026-03-13" || !a.Online.Found() || a.Place.Found() {
		t.Errorf("whole days, online: %+v", a)
	}
	for _, broken := range []string{"BEGIN:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"} {
		if _, err := agenda.Open(ctx, texts, agenda.File{Name: "x.ics", Data: []byte(broken)}); err == nil {
			t.Errorf("%q is read", broken)
		}
	}
}

// letter is a mail with words and attached files: name, content, name, content …
func letter(subject, words string, attached ...string) agenda.File {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: a@example.org\r\nTo: polis@example.org\r\nSubject: %s\r\nDate: Mon, 02 Feb 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n--xx\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", subject, words)
	for i := 0; i+1 < len(attached); i += 2 {
		fmt.Fprintf(&b, "--xx\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", attached[i], base64.StdEncoding.EncodeToString([]byte(attached[i+1])))
	}
	b.WriteString("--xx--\r\n")
	return agenda.File{Name: "letter.eml", Data: b.Bytes()}
}

func TestLettersAreReadWithWhatTheyBring(t *testing.T) {
	t.Run("the attachment's title counts before the sender's words", func(t *testing.T) {
		a := read(t, letter("Fwd: our event", "Dear colleague,\r\n\r\nwe look forward to seeing you. The training course for you begins soon.\r\n\r\nBest regards", "agenda.txt", "AGENDA\n\nSeminar on border checks\n\nOsh, 3 June 2026\n"))
		if a.Title.Value != "Seminar on border checks" || a.Title.File != "agenda.txt" || a.Starts.Value != "2026-06-03" {
			t.Errorf("%+v", a)
		}
	})
	t.Run("without one the subject is the title, and the words say the rest", func(t *testing.T) {
		a := read(t, letter("WG: Fwd: Invitation: Seminar on border checks", "Dear colleague,\r\n\r\nthe seminar will be held in Osh from 3 to\r\n5 June 2026. We hope to see you there."))
		if a.Title.Value != "Seminar on border checks" || a.Title.Sure != agenda.Unsure || a.Starts.Value != "2026-06-03" || a.Ends.Value != "2026-06-05" || a.Place.Value != "Osh" || a.State.Value != "KG" {
			t.Errorf("%+v", a)
		}
	})
	t.Run("the head of a forwarded letter has no day of the activity", func(t *testing.T) {
		a := read(t, letter("Fwd: Seminar on border checks", "FYI\r\n\r\n---------- Forwarded message ---------\r\nFrom: B <b@example.org>\r\nDate: 19 January 2026\r\nSubject: Seminar\r\nTo: a@example.org\r\n\r\nThe seminar is on 3 June 2026 in Osh."))
		if a.Starts.Value != "2026-06-03" || a.Ends.Value != "2026-06-03" {
			t.Errorf("%+v", a.Starts)
		}
	})
	t.Run("an invitation in it says the days", func(t *testing.T) {
		a := read(t, letter("Fwd: our event", "See you on 1 June 2026.", "invite.ics", invitation))
		if a.Starts.Value != "2026-03-12" || a.Starts.Sure != agenda.Stated {
			t.Errorf("%+v", a.Starts)
		}
	})
	t.Run("one that is none is a fault", func(t *testing.T) {
		if _, faults := agenda.Unpack(ctx, texts, []agenda.File{{Name: "x.eml", Data: []byte("\x00\x01\x02")}}); len(faults) != 1 || faults[0].Reason != extract.Broken {
			t.Errorf("%v", faults)
		}
	})
}

func TestEncodingsAreRecognised(t *testing.T) {
	content := "Региональный семинар по финансовым расследованиям\r\n\r\nБишкек, 12–14 марта 2026 г.\r\n\r\n09:00 Регистрация участников\r\n09:30 Открытие семинара и приветственные слова\r\n"
	for name, with := range map[string]*charmap.Charmap{"Windows 1251": charmap.Windows1251, "KOI8-R": charmap.KOI8R} {
		data, err := with.NewEncoder().String(strings.ReplaceAll(content, "–", "-"))
		if err != nil {
			t.Fatal(err)
		}
		if a := text(t, data); a.Starts.Value != "2026-03-12" || a.Place.Value != "Бишкек" || a.Title.Value != "Региональный семинар по финансовым расследованиям" {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestALongReportIsReadInTime(t *testing.T) {
	var report strings.Builder
	report.WriteString("ANNUAL REPORT ON POLICE-RELATED ACTIVITIES\n\n")
	for i := range 6000 {
		fmt.Fprintf(&report, "In the course of the year the mission supported %d activities, among them a course on %s, and reported on them to the Permanent Council in Vienna.\n\n", i, near.AddDate(0, 0, i%700).Format("2 January 2006"))
	}
	start := time.Now()
	if a := text(t, report.String()); a.Starts.Found() {
		t.Errorf("%+v", a.Starts)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
}

func FuzzRead(f *testing.F) {
	for _, h := range heads(f, "heads.txt") {
		f.Add(h.text)
	}
	f.Fuzz(func(t *testing.T, content string) {
		var c extract.Content
		for line := range strings.Lines(strings.ToValidUTF8(content, "")) {
			c.Passages = append(c.Passages, extract.Passage{Kind: extract.Paragraph, Text: strings.TrimSpace(line)})
		}
		a := agenda.Read([]agenda.Text{{File: "x", Content: c}}, known, near)
		if a.Ends.Value < a.Starts.Value {
			t.Errorf("it ends on %s and starts on %s", a.Ends.Value, a.Starts.Value)
		}
		for _, day := range []string{a.Starts.Value, a.Ends.Value} {
			if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
				t.Error(err)
			}
		}
	})
}
