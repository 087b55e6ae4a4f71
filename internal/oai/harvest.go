package oai

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/library"
)

// Harvester takes in what other repositories give away.
type Harvester struct {
	Library *library.Library
	Client  *http.Client // of package fetch: the address was typed by somebody
	Log     *slog.Logger
	// Wait is asked between tries; nil: it waits.
	Wait func(ctx context.Context, d time.Duration) error
}

// Progress hears how many records were met, and how many there are, 0 where the
// repository does not say.
type Progress func(done, total int64)

// Harvest takes in what has changed at a source since the last harvest, or all of it
// the first time. One that was interrupted goes on where it was. What went wrong
// is kept with the source, too.
func (h *Harvester) Harvest(ctx context.Context, who access.Subject, source library.Source, progress Progress) (library.HarvestTally, error) {
	run := &harvest{Harvester: h, who: who, source: source, progress: progress}
	err := run.all(ctx)
	end := h.Library.EndHarvest(context.WithoutCancel(ctx), who, run.source, run.tally, reason(ctx, err))
	return run.tally, errors.Join(err, end)
}

// harvest is one run over one source.
type harvest struct {
	*Harvester
	who      access.Subject
	source   library.Source
	progress Progress
	tally    library.HarvestTally
	total    int64
	day      bool // the repository counts in days
	again    bool // it began again already
}

// all asks who is there and then for page after page.
func (h *harvest) all(ctx context.Context) error {
	about, err := h.ask(ctx, url.Values{"verb": {"Identify"}})
	if err != nil {
		return err
	}
	if len(about.Faults) > 0 {
		return &about.Faults[0]
	}
	h.source.Name, h.day = cut(strings.Join(strings.Fields(about.Name), " "), 200), about.Day
	names, err := directory.Names(ctx, h.Library.DB)
	if err != nil {
		return err
	}
	for been := map[string]bool{}; ; {
		p, err := h.ask(ctx, h.next())
		if err != nil {
			return err
		}
		if again, err := h.faults(p); err != nil || again {
			if err != nil {
				return err
			}
			continue
		}
		if been[p.Token] {
			return errCircle
		}
		been[p.Token] = true
		if err := h.take(ctx, p, reader{h.source, names}); err != nil {
			return err
		}
		if p.Token == "" {
			return nil
		}
	}
}

// next is the question for the next page.
func (h *harvest) next() url.Values {
	if h.source.Token != "" {
		return url.Values{"verb": {"ListRecords"}, "resumptionToken": {h.source.Token}}
	}
	q := url.Values{"verb": {"ListRecords"}, "metadataPrefix": {h.source.Prefix}}
	if h.source.Set != "" {
		q.Set("set", h.source.Set)
	}
	if from := h.from(); from != "" {
		q.Set("from", from)
	}
	return q
}

// overlap is asked for again: a record may bear a time before that at which it was
// to be seen. What is the same changes nothing.
const overlap = time.Minute

// from is where the last harvest began, by the repository's clock.
func (h *harvest) from() string {
	at, err := time.Parse(time.RFC3339, h.source.Since)
	switch {
	case err != nil:
		return ""
	case h.day:
		return at.Add(-overlap).UTC().Format(days)
	}
	return stamp(at.Add(-overlap))
}

// faults reads what the repository refuses. That nothing fits is none; a place that
// it has forgotten means to begin again.
func (h *harvest) faults(p page) (again bool, err error) {
	for _, f := range p.Faults {
		switch f.Code {
		case noRecordsMatch:
		case badResumptionToken:
			if h.source.Token == "" || h.again {
				return false, fmt.Errorf("%w: %s (%s)", errRefused, cut(f.Text, 300), f.Code)
			}
			h.source.Token, h.source.Begun, h.again = "", "", true
			return true, nil
		default:
			return false, fmt.Errorf("%w: %s (%s)", errRefused, cut(f.Text, 300), f.Code)
		}
	}
	return false, nil
}

// take hands a page to the library.
func (h *harvest) take(ctx context.Context, p page, r reader) error {
	if h.source.Begun == "" {
		h.source.Begun = strings.TrimSpace(p.Date)
		if _, err := time.Parse(time.RFC3339, h.source.Begun); err != nil {
			return errClock
		}
	}
	var list []library.Foreign
	for _, f := range p.Records {
		if id := strings.TrimSpace(f.Header.Identifier); id == "" || len(id) > longestName {
			h.tally.Aside++ // nothing to remember it by
			continue
		}
		list = append(list, r.foreign(f))
	}
	next := h.source
	next.Token = p.Token
	for from := 0; from < len(list); from += atOnce {
		chunk := list[from:min(from+atOnce, len(list))]
		at := h.source // the next page's place only with the last of this one
		if from+len(chunk) == len(list) {
			at = next
		}
		t, err := h.Library.Harvested(ctx, h.who, at, chunk)
		h.tally.Add(t)
		if err != nil {
			return err
		}
	}
	h.source = next
	h.total = max(h.total, p.Size)
	if h.progress != nil {
		h.progress(h.tally.Total(), h.total)
	}
	return ctx.Err()
}

// atOnce is how many records one write stores.
const atOnce = 200

// How often a question is asked that finds nobody, and how long it waits at first
// and at most.
const (
	tries       = 6
	firstWait   = 2 * time.Second
	longestWait = 5 * time.Minute
)

// ask sends a question until it is answered.
func (h *harvest) ask(ctx context.Context, q url.Values) (page, error) {
	pause := firstWait
	for try := 1; ; try++ {
		p, wait, err := h.once(ctx, q)
		if err == nil || ctx.Err() != nil || wait < 0 || try == tries {
			return p, err
		}
		if wait == 0 {
			wait = pause
			pause *= 2
		}
		if h.Log != nil {
			h.Log.Info("harvest waits", "source", h.source.URL, "for", wait, "err", err)
		}
		if err := h.wait(ctx, min(wait, longestWait)); err != nil {
			return p, err
		}
	}
}

func (h *harvest) wait(ctx context.Context, d time.Duration) error {
	if h.Wait != nil {
		return h.Wait(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// once asks once. wait says how long to wait before asking again: below zero never,
// zero as long as seems fit.
func (h *harvest) once(ctx context.Context, q url.Values) (p page, wait time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.source.URL+"?"+q.Encode(), nil)
	if err != nil {
		return p, -1, err
	}
	r.Header.Set("User-Agent", "POLIS harvester (OAI-PMH 2.0)")
	r.Header.Set("Accept", "text/xml, application/xml")
	answer, err := h.Client.Do(r)
	if err != nil {
		return p, worth(err), fmt.Errorf("%w: %w", errUnreached, err)
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusServiceUnavailable, answer.StatusCode == http.StatusTooManyRequests:
		return p, retryAfter(answer.Header.Get("Retry-After")), fmt.Errorf("%w and answers with %d", errBusy, answer.StatusCode)
	case answer.StatusCode >= 500:
		return p, 0, fmt.Errorf("%w and answers with %d", errUnwell, answer.StatusCode)
	case answer.StatusCode != http.StatusOK:
		return p, -1, fmt.Errorf("%w: it answers with %d", errNoRepository, answer.StatusCode)
	}
	if p, err = readPage(answer.Body); err != nil {
		return p, worth(err), err
	}
	return p, 0, nil
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return time.Duration(min(n, 86400)) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil && time.Until(t) > 0 {
		return time.Until(t)
	}
	return 0
}
