package agenda_test

import (
	"context"
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"polis/internal/agenda"
	"polis/internal/extract"
	"polis/internal/lang"
)

var ctx = context.Background()

// near is the day on which the agendas are read.
var near = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)

// known are the names that a new installation's directory has.
var known = directoryNames()

func directoryNames() (known agenda.Known) {
	f, err := os.Open("../directory/seed.csv")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic(err)
	}
	column, kinds := map[string]int{}, map[string]string{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		one := agenda.Named{ID: row[column["id"]]}
		if kind := row[column["kind"]]; kind != "" { // further names of an entry stand below it
			kinds[one.ID] = kind
		}
		for _, t := range lang.All {
			one.Names, one.Short = append(one.Names, row[column["long_"+string(t)]]), append(one.Short, row[column["short_"+string(t)]])
		}
		switch kinds[one.ID] {
		case "state":
			known.States = append(known.States, one)
		case "unit", "institution", "field-operation", "organisation":
			known.Bodies = append(known.Bodies, one)
		}
	}
	return known
}

var texts = extract.New("", extract.DefaultLimits())

func read(t testing.TB, files ...agenda.File) agenda.Agenda {
	t.Helper()
	files, faults := agenda.Unpack(ctx, texts, files)
	for _, f := range faults {
		t.Errorf("%s: %s", f.File, f.Reason)
	}
	var list []agenda.Text
	for _, f := range files {
		text, err := agenda.Open(ctx, texts.Head(12, 20*time.Second), f)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		list = append(list, text)
	}
	return agenda.Read(list, known, near)
}

// text is the agenda of a plain text.
func text(t testing.TB, content string) agenda.Agenda {
	t.Helper()
	return read(t, agenda.File{Name: "agenda.txt", Data: []byte(content)})
}

// head is one of the judged heads.
type head struct {
	name, text string
	wants      map[string]string
}

func heads(t testing.TB, file string) (list []head) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(data), "\n=== ")[1:] {
		facts, body, _ := strings.Cut(block, "\n---\n")
		lines := strings.Split(facts, "\n")
		h := head{name: lines[0], text: body, wants: map[string]string{}}
		for _, l := range lines[1:] {
			name, value, _ := strings.Cut(l, ": ")
			h.wants[name] = strings.TrimPrefix(value, "-")
		}
		list = append(list, h)
	}
	return list
}

func TestTheJudgedHeadsAreRead(t *testing.T) {
	for file, floors := range map[string]map[string]int{ // shares in hundredths below which nothing may fall
		"heads.txt":  {"title": 94, "starts": 98, "ends": 98, "place": 94, "state": 94},
		"unseen.txt": {"title": 66, "starts": 90, "ends": 90, "place": 75, "state": 75},
	} {
		t.Run(file, func(t *testing.T) { judge(t, heads(t, file), floors) })
	}
}

func judge(t *testing.T, list []head, floors map[string]int) {
	right, wrong := map[string]int{}, map[string]int{}
	for _, h := range list {
		a := text(t, h.text)
		for field, got := range map[string]agenda.Finding{"title": a.Title, "starts": a.Starts, "ends": a.Ends, "place": a.Place, "state": a.State} {
			switch want := h.wants[field]; {
			case got.Value == want:
				right[field]++
			default:
				t.Logf("%s %s: %q, not %q", h.name, field, got.Value, want)
				if got.Value != "" {
					wrong[field]++
				}
			}
			if got.Value != "" && got.Quote == "" {
				t.Errorf("%s: %s is proposed without its place in the text", h.name, field)
			}
		}
	}
	for field, floor := range floors {
		share := 100 * right[field] / len(list)
		t.Logf("%s: %d of %d (%d %%), %d proposed wrongly", field, right[field], len(list), share, wrong[field])
		if share < floor {
			t.Errorf("%s: %d %% are found, and not %d %%", field, share, floor)
		}
	}
}
