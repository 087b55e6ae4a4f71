package oai

import (
	"strings"

	"polis/internal/library"
)

// list answers ListIdentifiers and ListRecords, from the beginning or behind a
// token.
func (p *Provider) list(q question, a *answer) error {
	at, err := p.where(q)
	if err != nil {
		return err
	}
	from, behind, err := window(map[string]string{"from": at.From, "until": at.Until})
	if err != nil {
		return err
	}
	size, heads := p.pageOf(at.Verb)
	wanted := library.FeedQuery{From: from, Until: behind, Set: at.Set, AfterID: at.ID, Limit: size + 1}
	if at.At != 0 {
		wanted.After = at.time()
	} else if at.Size, err = p.size(q, wanted); err != nil {
		return err
	}
	feed, err := p.Library.Feed(q.ctx, q.scope, wanted, heads)
	switch {
	case err != nil:
		return err
	case len(feed) == 0 && at.At == 0:
		return refuse(noRecordsMatch, "Nothing fits.")
	}
	l, err := p.page(q, at, feed[:min(len(feed), size)])
	if err != nil {
		return err
	}
	l.Token = p.next(at, feed, size)
	if heads {
		a.ListIdentifiers = l
	} else {
		a.ListRecords = l
	}
	return nil
}

// size counts a list, once with its first page. For themes, of which each document
// has several, that costs more than it tells: the protocol leaves it open.
func (p *Provider) size(q question, wanted library.FeedQuery) (int64, error) {
	if strings.HasPrefix(wanted.Set, library.ThemeSet) {
		return 0, nil
	}
	return p.Library.FeedSize(q.ctx, q.scope, wanted)
}

// where is the place of the list that is asked for.
func (p *Provider) where(q question) (place, error) {
	if token, ok := q.args["resumptionToken"]; ok {
		return p.place(q.args["verb"], token)
	}
	at := place{Verb: q.args["verb"], Prefix: q.args["metadataPrefix"], From: q.args["from"], Until: q.args["until"], Set: q.args["set"]}
	if !knowsFormat(at.Prefix) {
		return at, refuse(cannotDisseminateFormat, "The formats are oai_dc and mods.")
	}
	return at, nil
}

func (p *Provider) pageOf(verb string) (size int, heads bool) {
	heads = verb == "ListIdentifiers"
	switch {
	case p.Page > 0:
		return p.Page, heads
	case heads:
		return 500, heads
	}
	return 100, heads
}

func (p *Provider) page(q question, at place, feed []library.Fed) (*list, error) {
	l := &list{}
	if at.Verb == "ListIdentifiers" {
		for _, fed := range feed {
			l.Headers = append(l.Headers, p.header(fed))
		}
		return l, nil
	}
	write, err := p.writer(q.ctx, at.Prefix)
	if err != nil {
		return nil, err
	}
	for _, fed := range feed {
		l.Records = append(l.Records, write(fed))
	}
	return l, nil
}

// next is the token behind a page: an empty one behind the last of several, none
// where all was said at once. feed holds one more than the page where there is more.
func (p *Provider) next(at place, feed []library.Fed, size int) *token {
	if len(feed) <= size {
		if at.At == 0 {
			return nil
		}
		return &token{Size: at.Size, Cursor: at.Cursor}
	}
	t := &token{Size: at.Size, Cursor: at.Cursor}
	last := feed[size-1]
	at.At, at.ID, at.Cursor = last.Stamp.UnixMicro(), last.ID, at.Cursor+int64(size)
	t.Text = p.token(at)
	return t
}
