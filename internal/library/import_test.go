package library_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

func TestRecordsComeInOnceHoweverOftenTheyAreImported(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		const file = `{"id":"b-fr","lang":"fr","title":"Guide","text":"Un.\n\nDeux.","translation_of":"b"}
{"id":"a","lang":"en","title":"","text":"Cranes lift drones over the river near the old town of stone"}

{"id":"b","lang":"en","title":"Guide","text":"One.\n\nTwo.","type":"guide","themes":["cybercrime"],"level":"member"}
not json
{"id":"c","lang":"de-AT","title":"Leitfaden","text":"Eins.","type":"poem"}
{"id":"d","title":"","text":""}
{"id":"e","lang":"uk","title":"Посібник","text":"Один","translation_of":"unknown"}
{"id":"f","lang":"en","title":"x","text":"x","level":"secret"}
`
		run := func(file string) library.Tally {
			tally, err := l.ImportRecords(ctx, system, strings.NewReader(file), access.Public, func(int64) {})
			if err != nil {
				t.Fatal(err)
			}
			return tally
		}
		first := run(file)
		if first.New != 4 || first.Same != 0 || len(first.Bad) != 4 {
			t.Errorf("first: %+v", first)
		}
		lines := map[int]bool{}
		for _, b := range first.Bad {
			lines[b.Line] = true
		}
		if !lines[5] || !lines[6] || !lines[7] || !lines[9] {
			t.Errorf("the bad lines are %+v", first.Bad)
		}
		if again := run(file); again.New != 0 || again.Same != 4 || again.Changed != 0 {
			t.Errorf("again: %+v", again)
		}
		if changed := run(strings.Replace(file, "Deux", "Deux!", 1)); changed.Changed != 1 || changed.New != 0 {
			t.Errorf("changed: %+v", changed)
		}
		docs, err := store.List[string](ctx, l.DB, all, "SELECT id FROM document WHERE {scope}")
		if err != nil || len(docs) != 3 {
			t.Errorf("%d documents, %v", len(docs), err)
		}
		ix := openIndex(t)
		if got := found(t, l, ix, nobody, "drones"); len(got) != 1 || !strings.HasPrefix(got[0], "Cranes lift") {
			t.Errorf("an untitled record is found as %v", got)
		}
		if got := found(t, l, ix, nobody, "guide"); len(got) != 0 {
			t.Errorf("a record for members is found by anybody: %v", got)
		}
		if got := found(t, l, ix, member, "guide"); len(got) != 2 {
			t.Errorf("original and translation: %v", got)
		}
	})
}

func TestAFolderOfFilesBecomesDocuments(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		dir := t.TempDir()
		write := func(name, body string) {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		const english = "Community policing\n\nThe police and the public solve problems together, street by street and week by week."
		write("guide.en.txt", english)
		write("guide.fr.txt", "Police de proximité\n\nLa police et le public résolvent les problèmes ensemble, rue par rue et semaine après semaine.")
		write("sub/copy of guide.txt", english)
		write("empty.pdf", "")
		write("fake.pdf", "\x89PNG\r\n\x1a\nnothing of a document")
		write(".hidden/secret.txt", "not this one")
		run := func() library.FileTally {
			tally, err := l.ImportFiles(ctx, system, dir, library.FileOptions{}, func(int, int, string) {})
			if err != nil {
				t.Fatal(err)
			}
			return tally
		}
		if first := run(); first.New != 1 || first.Extended != 1 || first.Same != 1 || first.Quarantined != 2 {
			t.Errorf("first: %+v", first)
		}
		if again := run(); again.New != 0 || again.Extended != 0 || again.Same != 3 || again.Quarantined != 2 {
			t.Errorf("again: %+v", again)
		}
		list, n, err := l.Intakes(ctx, admin, library.Filter{Stage: library.Quarantined}, 10, 0)
		if err != nil || n != 2 {
			t.Errorf("in quarantine: %d, %+v, %v", n, list, err)
		}
		for _, in := range list {
			if !lang.Has("extract.reason." + in.Reason) {
				t.Errorf("%s is there for %q, which has no sentence", in.File, in.Reason)
			}
		}
		ix := openIndex(t)
		if got := found(t, l, ix, nobody, "proximité"); len(got) != 1 {
			t.Errorf("the French text: %v", got)
		}
		archive := filepath.Join(t.TempDir(), "x.zip")
		zipped(t, archive, map[string]string{"one.md": "# A third text\n\nIt stands in an archive with some more words to read."})
		tally, err := l.ImportFiles(ctx, system, archive, library.FileOptions{Level: access.Member}, func(int, int, string) {})
		if err != nil || tally.New != 1 {
			t.Errorf("%+v %v", tally, err)
		}
		if got := found(t, l, ix, nobody, "archive"); len(got) != 0 {
			t.Errorf("it was imported for members, and anybody finds %v", got)
		}
	})
}

func TestAnUploadedFileIsReadProposedAndConfirmed(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		const body = "# Leitfaden für die Bürgerpolizei\n\nPC.DEC/1049, 26. Juli 2012\n\nDie Polizei und die Bevölkerung lösen Probleme gemeinsam und regelmäßig."
		in, err := l.Receive(ctx, expert, "b1", `C:\docs\leitfaden.md`, strings.NewReader(body))
		if err != nil || in.Stage != library.Arrived || in.File != "leitfaden.md" {
			t.Fatalf("%+v %v", in, err)
		}
		readAll(t, l)
		in, err = l.Intake(ctx, expert, in.ID)
		p := in.Proposal
		if err != nil || in.Stage != library.Ready || p.Lang != "de" || p.Title != "Leitfaden für die Bürgerpolizei" || p.Symbol != "PC.DEC/1049" || p.Date != "2012-07-26" {
			t.Fatalf("%+v %v", in, err)
		}
		if _, err := l.Intake(ctx, member, in.ID); !errors.Is(err, store.ErrNotFound) {
			t.Error("somebody else sees it:", err)
		}
		confirm := func() (string, error) {
			return l.Confirm(ctx, expert, in.ID, in.Rev, "", library.Draft{Kind: "guide", Confirmed: true}, library.Text{Lang: "de", Title: "Leitfaden"})
		}
		id, err := confirm()
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := confirm(); err != nil || twice != id {
			t.Errorf("a double click made %s beside %s (%v)", twice, id, err)
		}
		rec, err := l.Get(ctx, nobody.Scope(), id)
		if err != nil || rec.Edition("de").Version.File != "leitfaden.md" {
			t.Errorf("%+v %v", rec, err)
		}
		same, err := l.Receive(ctx, expert, "b2", "copy.md", strings.NewReader(body))
		if err != nil || same.Stage != library.Kept || same.Document != id {
			t.Errorf("the same file again: %+v %v", same, err)
		}
	})
}

func TestAFileThatCannotBeReadWaitsInQuarantine(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		in, err := l.Receive(ctx, expert, "b", "report.pdf", strings.NewReader("%PDF-1.4 and then nothing"))
		if err != nil {
			t.Fatal(err)
		}
		readAll(t, l)
		in, err = l.Intake(ctx, expert, in.ID)
		if err != nil || in.Stage != library.Quarantined || in.Reason == "" {
			t.Fatalf("%+v %v", in, err)
		}
		if _, err := l.Confirm(ctx, expert, in.ID, in.Rev, "", library.Draft{}, library.Text{Lang: "en", Title: "x"}); err == nil {
			t.Error("it was confirmed all the same")
		}
		if err := l.Retry(ctx, admin, in.ID); err != nil {
			t.Error("an administrator may have it read again:", err)
		}
		readAll(t, l)
		if err := l.Discard(ctx, member, in.ID); !errors.Is(err, store.ErrNotFound) {
			t.Error("somebody else put it aside:", err)
		}
		if err := l.Discard(ctx, expert, in.ID); err != nil {
			t.Error(err)
		}
	})
}
