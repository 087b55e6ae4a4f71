package web

import (
	"time"

	"polis/internal/access"
	"polis/internal/usage"
)

// UsageNote says those who may change a document how often it is read.
type UsageNote struct {
	Title string
	Lines []string
	Small string // how that is counted, or ""
	More  string // address of the figures of all documents, for the librarian
}

var sampleUsageNote = &UsageNote{"Use in the last 12 months", []string{"Read 120 times", "in 4 languages"}, "Counted by quarter.", "/en/library/usage"}

// usage says how often the document is read, to those who may change it.
func (p *reading) usage(v *ReadingView) error {
	v.Usage = &UsageNote{Title: p.T("usage.document.ever")}
	if maySeeUsage(p.r) == nil {
		v.Usage.More = p.URL(usagePath)
	}
	if p.rec.Level == access.Closed {
		v.Usage.Small = p.T("usage.document.closed")
		return nil
	}
	counts, err := usage.Of(p.r.Context(), p.h.DB, scope(p.r), p.rec.ID)
	if err != nil {
		return err
	}
	if p.rec.Level > access.Public {
		v.Usage.guarded(p, counts)
		return nil
	}
	v.Usage.public(p, counts, usage.PeriodOf(usage.Month, time.Now()).Since.AddDate(0, 1-usageMonths, 0))
	return nil
}

func (u *UsageNote) public(p *reading, counts []usage.Count, since time.Time) {
	u.Title = p.T("usage.document.year")
	var sum usage.Figures
	langs := map[string]bool{}
	for _, c := range counts {
		if c.Span == usage.Month && !c.Since.Before(since) {
			sum = sum.Plus(c.Figures)
			langs[c.Lang] = true
		}
	}
	u.Lines = []string{p.T("usage.times.reads", "n", sum.Reads)}
	if len(langs) > 1 {
		u.Lines[0] = p.T("usage.times.in", "reads", u.Lines[0], "n", len(langs))
	}
	for _, l := range []struct {
		key string
		n   int64
	}{{"usage.times.found", sum.Found}, {"usage.times.files", sum.Files}, {"usage.times.cites", sum.Cites}} {
		if l.n > 0 {
			u.Lines = append(u.Lines, p.T(l.key, "n", l.n))
		}
	}
}

// guarded is of a document that not everybody may read.
func (u *UsageNote) guarded(p *reading, counts []usage.Count) {
	u.Small = p.T("usage.few.note", "n", usage.Fewest)
	say := p.guardedFigure(p.rec.Document, usage.All)
	var sum usage.Figures
	for _, c := range counts {
		if c.Span == usage.All {
			sum = c.Figures
		}
	}
	u.Lines = []string{p.T("usage.reads") + ": " + say(sum.Reads)}
	if sum.Files > 0 {
		u.Lines = append(u.Lines, p.T("usage.files")+": "+say(sum.Files))
	}
}
