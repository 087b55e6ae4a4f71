package assistance_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/agenda"
	"polis/internal/assistance"
	"polis/internal/clamd"
	"polis/internal/clamd/clamdtest"
	"polis/internal/extract"
	"polis/internal/store"
)

var agendaTexts = extract.New("", extract.DefaultLimits())

func newAgendas(a *assistance.Assistance) *assistance.Agendas {
	return &assistance.Agendas{Assistance: a, Texts: agendaTexts}
}

// inTwoMonths is an agenda for a day that comes.
func inTwoMonths() agenda.File {
	when := time.Now().UTC().AddDate(0, 2, 0)
	return agenda.File{Name: "agenda.txt", Data: []byte("AGENDA\n\nWorkshop on border checks\n\nOsh, " + when.Format("2 January 2006") + "\n\nOrganised by: SPMU\n")}
}

func TestAgendasWait(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		room := newAgendas(a)
		project, _ := started(t, a, assistance.Active, "KG", "TJ")
		t.Run("what was uploaded waits for her alone, with the project", func(t *testing.T) {
			id, err := room.FromUpload(ctx, officer, project, []agenda.File{inTwoMonths()})
			if err != nil {
				t.Fatal(err)
			}
			w, err := a.WaitingAgenda(ctx, officer, id)
			if err != nil || w.Project != project || w.Name != "agenda.txt" || w.Found.Title.Value != "Workshop on border checks" || w.Found.State.Value != "KG" || w.Found.Organisers[0].Value != "spmu" || w.Found.Starts.Quote == "" {
				t.Errorf("%+v %v", w, err)
			}
			for _, who := range []access.Subject{desk, focal, officerAstana, admin, nobody} {
				if _, err := a.WaitingAgenda(ctx, who, id); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s reads it: %v", who.ID, err)
				}
				if err := a.DropAgenda(ctx, who, id); err != nil {
					t.Error(err)
				}
			}
			if err := a.DropAgenda(ctx, officer, id); err != nil {
				t.Error(err)
			}
			if list, err := a.WaitingAgendas(ctx, officer); err != nil || len(list) != 0 {
				t.Errorf("%v %v", list, err)
			}
		})
		t.Run("the same letter waits once, and stands among her tasks and nobody else's", func(t *testing.T) { letterWaits(t, room) })
		t.Run("only who plans sends them in, and only into her own projects", func(t *testing.T) {
			for _, who := range []access.Subject{focal, member, visitor, nobody, expertKG} {
				if _, err := room.FromLetter(ctx, who, assistance.AgendaLetter{}, []agenda.File{inTwoMonths()}); !errors.Is(err, assistance.ErrForbidden) {
					t.Errorf("%s: %v", who.ID, err)
				}
			}
			if _, err := room.FromUpload(ctx, officerAstana, project, []agenda.File{inTwoMonths()}); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if _, err := room.FromUpload(ctx, officer, store.NewID(), []agenda.File{inTwoMonths()}); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
		t.Run("her erasure takes them away", func(t *testing.T) { agendasAreReleased(t, a) })
	})
}

func letterWaits(t *testing.T, room *assistance.Agendas) {
	letter := assistance.AgendaLetter{ID: "a@example.org", Subject: "Fwd: Seminar", Sent: time.Now()}
	first, err := room.FromLetter(ctx, officer, letter, []agenda.File{inTwoMonths()})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := room.FromLetter(ctx, officer, letter, []agenda.File{inTwoMonths()}); err != nil || again != first {
		t.Errorf("%s %v", again, err)
	}
	if other, err := room.FromLetter(ctx, desk, letter, []agenda.File{inTwoMonths()}); err != nil || other == first {
		t.Errorf("%s %v", other, err)
	}
	waits := func(who access.Subject, watches []assistance.Watch) (n int) {
		tasks, err := room.Tasks(ctx, who.Scope(), watches, time.Now(), day(30), 25)
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range tasks {
			if task.Kind == assistance.ToArrange {
				if n++; task.Title != "Workshop on border checks" || !strings.HasPrefix(task.Path(), "/assistance/agendas/") || task.Due != day(assistance.AgendaDays) {
					t.Errorf("%+v", task)
				}
			}
		}
		return n
	}
	for who, want := range map[string]int{"officer": 1, "desk": 1, "officer-astana": 0, "focal": 0} {
		subject := map[string]access.Subject{"officer": officer, "desk": desk, "officer-astana": officerAstana, "focal": focal}[who]
		if n := waits(subject, assistance.WatchesOf(subject)); n != want {
			t.Errorf("%s has %d, not %d", who, n, want)
		}
	}
	if n := waits(officer, []assistance.Watch{{Body: "spmu"}, {State: "KG"}}); n != 0 {
		t.Errorf("a structure or a State has %d", n)
	}
}

func agendasAreReleased(t *testing.T, a *assistance.Assistance) {
	if list, _ := a.WaitingAgendas(ctx, officer); len(list) != 1 {
		t.Fatalf("%d wait", len(list))
	}
	_, err := store.WriteAll(ctx, a.DB, admin, func(tx *store.Tx) ([]store.Event, error) { return assistance.Release(ctx, tx, officer.ID) })
	if err != nil {
		t.Fatal(err)
	}
	if list, err := a.WaitingAgendas(ctx, officer); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestBadAgendasSayWhatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		room := newAgendas(a)
		project, _ := started(t, a, assistance.Active, "KG")
		scan, err := os.ReadFile("../extract/testdata/scan.pdf")
		if err != nil {
			t.Fatal(err)
		}
		if len(agendaTexts.OCRLanguages()) > 0 {
			scan = nil // this machine reads it
		}
		for name, of := range map[string]struct {
			file agenda.File
			key  string
		}{
			"a broken file":                 {agenda.File{Name: "agenda.docx", Data: []byte("PK\x03\x04 and nothing more")}, "extract.reason.broken"},
			"a file of another kind":        {agenda.File{Name: "agenda.pdf", Data: []byte("<html><body>Agenda</body></html>")}, "extract.reason.mislabelled"},
			"an empty file":                 {agenda.File{Name: "agenda.txt"}, "extract.reason.empty"},
			"a program":                     {agenda.File{Name: "agenda.exe", Data: []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff")}, "extract.reason.unsupported"},
			"a scan without text":           {agenda.File{Name: "scan.pdf", Data: scan}, "extract.reason.no-text"},
			"a letter that is none":         {agenda.File{Name: "x.eml", Data: []byte("\x00\x01")}, "extract.reason.broken"},
			"an invitation that breaks off": {agenda.File{Name: "x.ics", Data: []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n")}, "extract.reason.broken"},
			"words that say nothing":        {agenda.File{Name: "x.txt", Data: []byte("Notes\n\nNumbers\n\nThanks\n")}, "agenda.error.nothing"},
		} {
			if name == "a scan without text" && scan == nil {
				continue
			}
			_, err := room.FromUpload(ctx, officer, project, []agenda.File{of.file})
			var wrong assistance.Invalid
			if !errors.As(err, &wrong) || wrong["file"] != of.key {
				t.Errorf("%s: %v", name, err)
			}
		}
		t.Run("beside a good one it is told as a fault", func(t *testing.T) {
			id, err := room.FromUpload(ctx, officer, project, []agenda.File{{Name: "bad.docx", Data: []byte("PK\x03\x04")}, inTwoMonths()})
			if err != nil {
				t.Fatal(err)
			}
			if w, err := a.WaitingAgenda(ctx, officer, id); err != nil || !slices.Equal(w.Faults, []agenda.Fault{{File: "bad.docx", Reason: extract.Broken}}) {
				t.Errorf("%v %v", w.Faults, err)
			}
		})
		t.Run("a virus is told, and a scanner that is away lets the file wait", func(t *testing.T) { agendasAreScanned(t, a, project) })
		n, err := store.Get[int](ctx, a.DB, all, "SELECT COUNT(*) FROM agenda WHERE {scope}")
		if err != nil || n != 2 {
			t.Errorf("%d wait, %v: what was refused is kept", n, err)
		}
	})
}

func agendasAreScanned(t *testing.T, a *assistance.Assistance, project string) {
	server := clamdtest.Start(t, "")
	scanner, err := clamd.Parse(server.Address)
	if err != nil {
		t.Fatal(err)
	}
	guarded := newAgendas(a)
	guarded.Scanner = scanner
	bad := inTwoMonths()
	bad.Data = append(bad.Data, clamdtest.EICAR()...)
	var wrong assistance.Invalid
	if _, err := guarded.FromUpload(ctx, officer, project, []agenda.File{bad}); !errors.As(err, &wrong) || wrong["file"] != "extract.reason.infected" {
		t.Error(err)
	}
	if _, err := guarded.FromUpload(ctx, officer, project, []agenda.File{inTwoMonths()}); err != nil {
		t.Error(err)
	}
	guarded.Scanner, _ = clamd.Parse("tcp://127.0.0.1:1")
	if _, err := guarded.FromUpload(ctx, officer, project, []agenda.File{inTwoMonths()}); !errors.Is(err, clamd.ErrUnavailable) {
		t.Error(err)
	}
}

func TestTheTablesHoldAgendas(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		room := newAgendas(a)
		project, _ := started(t, a, assistance.Active, "KG")
		id, err := room.FromUpload(ctx, officer, project, []agenda.File{inTwoMonths()})
		if err != nil {
			t.Fatal(err)
		}
		for name, query := range map[string]string{
			"show it to others":        "UPDATE agenda SET level = 2 WHERE id = $1",
			"give it to nobody":        "UPDATE agenda SET owner = '' WHERE id = $1",
			"a project that is none":   "UPDATE agenda SET project = 'none' WHERE id = $1",
			"a State reads it":         "UPDATE agenda SET state = 'KG' WHERE id = $1",
			"without a name":           "UPDATE agenda SET name = '' WHERE id = $1",
			"the same letter twice":    "INSERT INTO agenda SELECT id || $1, name, 'x', project, found, faults, created, level, state, grp, owner FROM agenda UNION ALL SELECT id || 'b', name, 'x', project, found, faults, created, level, state, grp, owner FROM agenda",
			"nobody's, and closed":     "INSERT INTO agenda SELECT id || $1, name, letter, project, found, faults, created, level, state, grp, '' FROM agenda",
			"a group reads it":         "UPDATE agenda SET grp = 'g' WHERE id = $1",
			"without what it proposes": "UPDATE agenda SET found = NULL WHERE id = $1",
		} {
			_, err := store.Write(ctx, a.DB, admin, func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, query, id)
				return store.Event{Act: "test", Object: id}, err
			})
			if err == nil {
				t.Errorf("%s: nothing refused it", name)
			}
		}
	})
}
