package library

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// followStep is how many events are read at once.
const followStep = 400

// Follow keeps the index in step with the event log until the context ends. It
// asks the log at least once a second: other processes write too.
func (l *Library) Follow(ctx context.Context, ix *search.Index, log *slog.Logger) {
	memory, tidied := newMemory(ix), time.Time{}
	if err := ix.Warm(ctx); err != nil && ctx.Err() == nil {
		log.Error("warm the index", "err", err)
	}
	for ctx.Err() == nil {
		began := time.Now()
		gone, err := l.catchUp(ctx, ix, nil)
		if err != nil && ctx.Err() == nil {
			log.Error("index", "err", err)
			sleep(ctx, 5*time.Second)
		}
		memory.forget(ctx, gone, log)
		if time.Since(began) > longCatchUp || scattered(ix) && time.Since(tidied) > tidyEvery {
			l.tidy(ctx, ix, log)
			tidied = time.Now()
		}
		select {
		case <-ctx.Done():
		case <-l.DB.Moved():
		case <-time.After(time.Second):
			if _, err := l.DB.Refresh(ctx); err != nil && ctx.Err() == nil {
				log.Error("read the log's head", "err", err)
			}
		}
	}
}

// When the index is tidied: after a large import, and where many small changes
// have scattered it.
const (
	longCatchUp = 2 * time.Second
	manyPieces  = 6
	tidyEvery   = time.Hour
)

func scattered(ix *search.Index) bool {
	n, err := ix.Pieces()
	return err == nil && n > manyPieces
}

// tidy puts the index together: questions cost a third as much of one piece as of
// twelve, and a small machine needs the memory back that the import took.
func (l *Library) tidy(ctx context.Context, ix *search.Index, log *slog.Logger) {
	if err := errors.Join(ix.Compact(ctx), ix.Warm(ctx)); err != nil && ctx.Err() == nil {
		log.Error("compact the index", "err", err)
	}
	debug.FreeOSMemory()
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// CatchUp brings the index to the end of the event log. From an empty index it
// builds everything anew. progress, where not nil, hears the number reached and
// the number to reach.
func (l *Library) CatchUp(ctx context.Context, ix *search.Index, progress func(at, end int64)) error {
	_, err := l.catchUp(ctx, ix, progress)
	return err
}

// catchUp is CatchUp; gone says that documents were dropped that are there no more.
func (l *Library) catchUp(ctx context.Context, ix *search.Index, progress func(at, end int64)) (gone bool, err error) {
	at, err := ix.Seq()
	if err != nil {
		return false, err
	}
	if _, err := l.DB.Refresh(ctx); err != nil {
		return false, err
	}
	end := l.DB.Content()
	for next := (bundle{}); at < end; {
		events, err := store.Changes(ctx, l.DB, parts, at, followStep)
		if err != nil || len(events) == 0 {
			return gone, err
		}
		ids := touched(events)
		entries, err := l.entries(ctx, ids)
		if err == nil && lacks(entries, ids) {
			gone = true
			ids, entries, err = l.accompany(ctx, ids, entries)
		}
		if err != nil {
			return gone, err
		}
		next.add(ids, entries)
		if at = events[len(events)-1].Seq; at < end && !next.full() {
			continue
		}
		if err := ix.Update(at, next.entries, next.ids); err != nil {
			return gone, fmt.Errorf("library: index: %w", err)
		}
		next = bundle{}
		if progress != nil {
			progress(at, end)
		}
	}
	return gone, ctx.Err()
}

// bundle is what goes into the index at once: the larger, the less there is to be
// merged afterwards, as far as the memory of a small machine reaches.
type bundle struct {
	entries []search.Entry
	ids     []string
	size    int // of the texts, in bytes
}

const (
	bundleEntries = 2500
	bundleSize    = 16 << 20
)

// add puts documents in, in place of what an earlier step said of them.
func (b *bundle) add(ids []string, entries []search.Entry) {
	again := map[string]bool{}
	for _, id := range ids {
		again[id] = true
	}
	b.entries = slices.DeleteFunc(b.entries, func(e search.Entry) bool { return again[e.Document] })
	b.ids = append(slices.DeleteFunc(b.ids, func(id string) bool { return again[id] }), ids...)
	b.entries = append(b.entries, entries...)
	for _, e := range entries {
		for _, p := range e.Passages {
			b.size += len(p)
		}
	}
}

func (b *bundle) full() bool { return len(b.entries) >= bundleEntries || b.size >= bundleSize }

// touched are the documents that the events changed, each once.
func touched(events []store.Event) []string {
	var ids []string
	seen := map[string]bool{}
	for _, e := range events {
		if strings.HasPrefix(e.Act, documentActs) && !seen[e.Object] {
			seen[e.Object] = true
			ids = append(ids, e.Object)
		}
	}
	return ids
}

// entries reads documents as the index takes them: one entry a language version.
func (l *Library) entries(ctx context.Context, ids []string) ([]search.Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := among(ids, 1)
	docs, err := store.List[Document](ctx, l.DB, parts, "SELECT "+documentColumns+" FROM document d WHERE {scope} AND d.id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	byID := map[string]Document{}
	for _, d := range docs {
		byID[d.ID] = d
	}
	tagged, err := l.tagsOf(ctx, in, args)
	if err != nil {
		return nil, err
	}
	concepts, err := l.conceptsOf(ctx, in, args)
	if err != nil {
		return nil, err
	}
	sources, err := l.sourcesOf(ctx, in, args)
	if err != nil {
		return nil, err
	}
	texts, err := store.List[struct {
		Document, Version, Title string
		Lang                     lang.Tag
	}](ctx, l.DB, parts, `
		SELECT e.document, e.lang, e.title, v.id AS version
		FROM language_version e
		JOIN version v ON v.edition = e.id
		WHERE {scope} AND e.document IN `+in+` AND `+newest, args...)
	if err != nil {
		return nil, err
	}
	list := make([]search.Entry, 0, len(texts))
	for _, t := range texts {
		d, tags := byID[t.Document], tagged[t.Document]
		passages, err := store.List[string](ctx, l.DB, parts, "SELECT body FROM passage WHERE {scope} AND version = $1 AND kind <> 'margin' ORDER BY n", t.Version)
		if err != nil {
			return nil, err
		}
		list = append(list, search.Entry{
			Document: d.ID, Lang: t.Lang, Title: t.Title, Symbol: d.Symbol, Keywords: tags.Keywords[t.Lang],
			Passages: passages, Type: d.Kind, Origin: d.Origin, Themes: withParents(tags.Themes), Lines: tags.Lines, Items: tags.Items, Concepts: concepts[d.ID],
			Harvest: sources[d.ID], Date: d.Dated, Label: d.Label,
		})
	}
	return list, nil
}

// withParents adds to sub-themes the themes that they belong to: who looks for
// cybercrime finds what is on the 24/7 network.
func withParents(themes []string) []string {
	all := slices.Clone(themes)
	for _, id := range themes {
		if parent, _, sub := strings.Cut(id, "/"); sub && !slices.Contains(all, parent) {
			all = append(all, parent)
		}
	}
	return all
}

// sourcesOf are the sources from which documents were harvested.
func (l *Library) sourcesOf(ctx context.Context, in string, args []any) (map[string]string, error) {
	rows, err := store.List[struct{ Document, Source string }](ctx, l.DB, parts,
		"SELECT document, source FROM harvested WHERE {scope} AND document <> '' AND document IN "+in, args...)
	all := map[string]string{}
	for _, r := range rows {
		all[r.Document] = r.Source
	}
	return all, err
}

func (l *Library) tagsOf(ctx context.Context, in string, args []any) (map[string]Tags, error) {
	rows, err := store.List[struct {
		Document, Kind, Value string
		Lang                  lang.Tag
	}](ctx, l.DB, parts, "SELECT document, kind, lang, value FROM document_tag WHERE {scope} AND document IN "+in+" ORDER BY value", args...)
	all := map[string]Tags{}
	for _, r := range rows {
		t := all[r.Document]
		t.add(r.Kind, r.Lang, r.Value)
		all[r.Document] = t
	}
	return all, err
}

// add puts one row of document_tag where it belongs.
func (t *Tags) add(kind string, l lang.Tag, value string) {
	switch kind {
	case "theme":
		t.Themes = append(t.Themes, value)
	case "line":
		t.Lines = append(t.Lines, value)
	case "item":
		t.Items = append(t.Items, value)
	case "keyword":
		if t.Keywords == nil {
			t.Keywords = map[lang.Tag][]string{}
		}
		t.Keywords[l] = append(t.Keywords[l], value)
	}
}

// among renders ids as a parenthesised list of placeholders from $first on.
func among(ids []string, first int) (string, []any) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", first+i), id
	}
	return "(" + strings.Join(marks, ", ") + ")", args
}
