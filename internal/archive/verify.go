package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"polis/internal/assistance"
	"polis/internal/blob"
	"polis/internal/search"
	"polis/internal/store"
)

// Verified is what a verification went through, and what it found.
type Verified struct {
	Events int64 // in the log
	Files  int64 // in the store of files
	Idle   int64 // of those, files that nothing refers to
	Faults []Fault
}

// Verify walks the log's chain, reads every file against its sum, and looks for
// every file that a record refers to. The log is held against the checkpoints,
// whose signatures the caller has checked. The system may be running.
func Verify(ctx context.Context, s System, progress Progress, against ...store.Checkpoint) (Verified, error) {
	progress.tell("log", 0, 0)
	events, broken, err := store.Verify(ctx, s.DB, against...)
	if err != nil {
		return Verified{}, err
	}
	v := Verified{Events: events}
	for _, f := range broken {
		v.Faults = append(v.Faults, Fault{f.Where(), f.Explain()})
	}
	if err := v.checkSigner(ctx, s); err != nil {
		return v, err
	}
	sealed, err := unopened(ctx, s.DB, s.Keys)
	if err != nil {
		return v, err
	}
	v.Faults = append(v.Faults, sealed...)
	back, err := assistance.Rewound(ctx, s.DB)
	if err != nil {
		return v, err
	}
	for _, record := range back {
		v.Faults = append(v.Faults, Fault{record, "it stands at an earlier stage than its last step: somebody went around the program"})
	}
	misplaced, err := assistance.Misplaced(ctx, s.DB)
	if err != nil {
		return v, err
	}
	for _, task := range misplaced {
		v.Faults = append(v.Faults, Fault{task, "it lies on a desk where it does not belong, or lacks on one: somebody went around the program"})
	}
	miscounted, err := assistance.Miscounted(ctx, s.DB)
	if err != nil {
		return v, err
	}
	for _, place := range miscounted {
		v.Faults = append(v.Faults, Fault{place, "the number of its projects is not that of the projects there: somebody went around the program"})
	}
	// The references before the files: a file is stored before its record.
	refs, err := referred(ctx, s.DB)
	if err != nil {
		return v, err
	}
	there := map[blob.Sum]bool{}
	for file, err := range s.Files.All(ctx) {
		if err != nil {
			return v, err
		}
		there[file.Sum] = true
	}
	for _, sum := range refs.sums() {
		if !there[sum] {
			v.Faults = append(v.Faults, Fault{refs[sum], fileFault(sum, blob.ErrNotFound)})
		}
	}
	return v, v.checkFiles(ctx, s.Files, slices.Sorted(maps.Keys(there)), refs, progress)
}

// checkSigner names the checkpoints that another key has signed: whoever can
// write to the tables can make some of those.
func (v *Verified) checkSigner(ctx context.Context, s System) error {
	if s.Keys == nil {
		return nil
	}
	list, err := store.Checkpoints(ctx, s.DB)
	for _, p := range list {
		if p.Key != s.Keys.PublicText() {
			v.Faults = append(v.Faults, Fault{fmt.Sprintf("checkpoint %d", p.Seq), "it was signed with another key than this installation's"})
		}
	}
	return err
}

// VerifyLog checks the log in a backup against checkpoints from outside, without
// restoring anything, and returns how many events it holds.
func VerifyLog(file string, against ...store.Checkpoint) (events int64, faults []store.Fault, err error) {
	r, err := open(file)
	if err != nil {
		return 0, nil, err
	}
	defer r.close()
	for _, part := range r.Parts {
		if part.table() == "event" {
			err = r.read(part, func(in io.Reader) error {
				events, faults, err = store.VerifyFile(in, false, against...)
				return err
			})
		}
	}
	if err == nil && len(faults) == 0 && events < r.Seq {
		faults = append(faults, store.Fault{Seq: events + 1, Last: r.Seq, What: store.CutOff})
	}
	return events, faults, err
}

func (v *Verified) checkFiles(ctx context.Context, files *blob.Store, there []blob.Sum, refs references, progress Progress) error {
	for _, sum := range there {
		progress.tell("files", v.Files, int64(len(there)))
		v.Files++
		record, known := refs[sum]
		if !known {
			v.Idle++
		}
		err := files.Check(ctx, sum)
		switch {
		case errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrDamaged):
			v.Faults = append(v.Faults, Fault{cmp.Or(record, "file "+string(sum)), fileFault(sum, err)})
		case err != nil: // not the file's fault
			return err
		}
	}
	progress.tell("files", v.Files, v.Files)
	return nil
}

// Compared says how the search index stands to the tables.
type Compared struct {
	Seq     int64 // last event in the index
	End     int64 // last event in the log that the index follows
	Entries int
	Faults  []Fault
}

// Behind is how many events the index has yet to take in. It follows while
// POLIS serves; only an index at the end of the log can be compared.
func (c Compared) Behind() int64 { return c.End - c.Seq }

// CompareIndex holds the index against the tables: its place in the log, the
// number of its entries, and how many there are of each language and level.
func CompareIndex(ctx context.Context, db *store.DB, ix *search.Index) (Compared, error) {
	var c Compared
	var err error
	if c.Seq, err = ix.Seq(); err != nil {
		return c, err
	}
	if c.Entries, err = ix.Count(); err != nil {
		return c, err
	}
	answer, err := ix.Search(ctx, store.Everything("archive"), search.Query{Facets: true})
	if err != nil {
		return c, err
	}
	langs, err := countEntries(ctx, db, "CASE e.lang WHEN '' THEN '"+search.OtherLang+"' ELSE e.lang END")
	if err != nil {
		return c, err
	}
	levels, err := countEntries(ctx, db, "CASE d.level WHEN 0 THEN 'public' WHEN 1 THEN 'member' WHEN 2 THEN 'official' ELSE 'closed' END")
	if err != nil {
		return c, err
	}
	if _, err = db.Refresh(ctx); err != nil {
		return c, err
	}
	c.End = db.Content()
	if c.Seq > c.End {
		c.fault("it is at event %d, and the log ends with event %d", c.Seq, c.End)
	}
	if c.Seq == c.End {
		c.compare(langs, answer.Facets[search.Lang])
		c.compare(levels, answer.Facets[search.Level])
	}
	return c, nil
}

// countEntries counts the entries that the tables call for, by a value.
func countEntries(ctx context.Context, db *store.DB, value string) (map[string]int, error) {
	rows, err := store.List[search.Count](ctx, db, store.Everything("archive"), `
		SELECT `+value+` AS value, COUNT(*) AS n
		FROM language_version e
		JOIN document d ON d.id = e.document
		WHERE {scope}
		GROUP BY 1`)
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Value] = r.N
	}
	return counts, err
}

// compare notes each value of which the index holds another number than the
// tables.
func (c *Compared) compare(want map[string]int, have []search.Count) {
	found := map[string]int{}
	for _, f := range have {
		found[f.Value] = f.N
		if _, known := want[f.Value]; !known {
			want[f.Value] = 0
		}
	}
	for _, value := range slices.Sorted(maps.Keys(want)) {
		if want[value] != found[value] {
			c.fault("it holds %d entries of %q, and the tables %d", found[value], value, want[value])
		}
	}
}

func (c *Compared) fault(format string, args ...any) {
	c.Faults = append(c.Faults, Fault{"search index", fmt.Sprintf(format, args...)})
}
