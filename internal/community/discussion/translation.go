package discussion

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/translate"
)

// Translation is a post in another language: by a member of its group, or by a machine.
type Translation struct {
	Post    string
	Lang    lang.Tag
	Title   string // of the topic, where the post is its first
	Body    string // Markdown
	Edits   int    // how often the post had been changed
	ByWhom  string // who wrote it last, "" of a machine
	Service string // the machine, as readers know it
	Rev     int64  // 0 of a machine
	Updated time.Time
}

// Stale reports whether the post was changed since.
func (t Translation) Stale(p Post) bool { return t.Edits != p.Edits }

const (
	humanColumns   = "x.post, x.lang, x.title, x.body, x.edits, x.by_whom, '' AS service, x.rev, x.updated"
	machineColumns = "x.post, x.lang, x.title, x.body, x.edits, '' AS by_whom, x.service, 0 AS rev, x.at AS updated"
)

// Translations are what members made of the posts, in all languages, and what a machine
// made of them in this one: of posts that the caller has read, as far as their words were
// given to her. What the machine made is there as long as it may be asked.
func (d *Discussion) Translations(ctx context.Context, posts []Post, to lang.Tag) (map[string][]Translation, error) {
	list := map[string][]Translation{}
	at := map[string]Post{}
	var c query
	var ids []any
	for _, p := range posts {
		if p.Stage == Shown && p.Body != "" {
			ids, at[p.ID] = append(ids, p.ID), p
		}
	}
	if len(ids) == 0 {
		return list, nil
	}
	c.and("x.post IN "+marks(len(ids)), ids...)
	human, err := store.List[Translation](ctx, d.DB, everything, "SELECT "+humanColumns+" FROM post_translation x WHERE {scope} AND "+c.conditions()+" ORDER BY x.post, x.lang", c.args...)
	if err != nil {
		return nil, err
	}
	c.and("x.lang = ?", string(to))
	machine, err := store.List[Translation](ctx, d.DB, everything, "SELECT "+machineColumns+" FROM post_machine x JOIN circle g ON g.id = x.grp WHERE {scope} AND g.translates AND "+c.conditions(), c.args...)
	for _, t := range human {
		if t.Lang != at[t.Post].Lang {
			list[t.Post] = append(list[t.Post], t)
		}
	}
	for _, t := range machine {
		if p := at[t.Post]; !t.Stale(p) && d.Machine.May(p.Level, true) {
			list[t.Post] = append(list[t.Post], t)
		}
	}
	return list, err
}

// cargo is what may leave the house of a post, and the text into which the answer goes.
// That it may is asked here and nowhere else: by translate.Service.Admit, which makes the
// only thing that the service takes.
func (d *Discussion) cargo(ctx context.Context, q store.Reader, who access.Subject, id string, to lang.Tag) (p Post, text translate.Markdown, c translate.Cargo, err error) {
	if p, err = d.post(ctx, q, who, id); err != nil {
		return p, text, c, err
	}
	s, err := account.StandingIn(ctx, q, who, p.Group)
	if err != nil {
		return p, text, c, err
	}
	if p.Stage != Shown {
		return p, text, c, Impossible{Key: "translation.impossible.shown"}
	}
	body := p.Body
	if p.N == 1 {
		t, err := topic(ctx, q, who, p.Topic)
		if err != nil {
			return p, text, c, err
		}
		body = "# " + t.Title + "\n" + body
	}
	text = translate.Split(body)
	c, err = d.Machine.Admit(p.Level, s.Translates, p.Lang, to, text.Texts())
	return p, text, c, err
}

// Machined reports whether the machine may be asked for the post in the language.
func (d *Discussion) Machined(s account.GroupStanding, p Post, to lang.Tag) bool {
	return p.Stage == Shown && p.Body != "" && d.Machine.May(p.Level, s.Translates) && d.Machine.Offers(p.Lang, to)
}

// Translate has the machine translate a post, for somebody who is signed in and reads it,
// and keeps what it answers: it is asked once. It returns within the service's Patience;
// its errors are translate's, or an Impossible.
func (d *Discussion) Translate(ctx context.Context, who access.Subject, id string, to lang.Tag) error {
	if !who.SignedIn() || who.Idle {
		return ErrForbidden
	}
	if _, ok := lang.Parse(string(to)); !ok {
		return translate.ErrPair
	}
	p, _, _, err := d.cargo(ctx, d.DB, who, id, to)
	if err != nil {
		return err
	}
	return d.Machine.Once(ctx, p.ID+" "+string(to), func(ctx context.Context) error {
		if kept, err := d.machined(ctx, d.DB, p, to); err != nil || kept {
			return err
		}
		p, text, cargo, err := d.cargo(ctx, d.DB, who, id, to)
		if err != nil {
			return err
		}
		pieces, err := cargo.Translate(ctx)
		if err != nil {
			return err
		}
		return d.keepMachined(ctx, who, p, to, text.With(pieces))
	})
}

// machined reports whether the machine has answered already.
func (d *Discussion) machined(ctx context.Context, q store.Reader, p Post, to lang.Tag) (bool, error) {
	n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM post_machine WHERE {scope} AND post = $1 AND lang = $2 AND edits = $3", p.ID, string(to), p.Edits)
	return n > 0, err
}

// keepMachined keeps an answer, where the post is still what was sent and may still be.
func (d *Discussion) keepMachined(ctx context.Context, who access.Subject, sent Post, to lang.Tag, body string) error {
	title := ""
	if sent.N == 1 {
		title, body, _ = strings.Cut(strings.TrimPrefix(body, "# "), "\n")
	}
	_, err := store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, _, _, err := d.cargo(ctx, tx, who, sent.ID, to)
		if err != nil {
			return store.Event{}, err
		}
		if p.Edits != sent.Edits {
			return store.Event{}, Impossible{Key: "translation.impossible.changed"}
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO post_machine (post, edits, lang, title, body, service, grp, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (post, lang) DO UPDATE SET edits = EXCLUDED.edits, title = EXCLUDED.title, body = EXCLUDED.body, service = EXCLUDED.service, at = EXCLUDED.at`,
			p.ID, p.Edits, string(to), title, body, d.Machine.Name, p.Group, tx.Now())
		e := p.event("community.post.machined")
		e.Data = map[string]string{"topic": p.Topic, "lang": string(to), "service": d.Machine.Name}
		return e, err
	})
	return err
}

// unmachine drops what a machine made of a post.
func unmachine(ctx context.Context, tx *store.Tx, post string) error {
	_, err := tx.Exec(ctx, "DELETE FROM post_machine WHERE post = $1", post)
	return err
}

// Translation is what a member made of a post in a language, or store.ErrNotFound.
func (d *Discussion) Translation(ctx context.Context, who access.Subject, p Post, to lang.Tag) (Translation, error) {
	if _, err := d.post(ctx, d.DB, who, p.ID); err != nil {
		return Translation{}, err
	}
	return translation(ctx, d.DB, p.ID, to)
}

func translation(ctx context.Context, q store.Reader, post string, to lang.Tag) (Translation, error) {
	return store.Get[Translation](ctx, q, everything, "SELECT "+humanColumns+" FROM post_translation x WHERE {scope} AND x.post = $1 AND x.lang = $2", post, string(to))
}

// PutTranslation writes a post in another language, or corrects what is there: a member
// does who may write in the group. rev is the revision that she read, 0 where there was
// none; a Stale says that somebody was quicker. Of the draft, language, title and body
// count.
func (d *Discussion) PutTranslation(ctx context.Context, who access.Subject, id string, rev int64, draft Draft) error {
	draft.clean()
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, t Topic) (store.Event, error) {
		if _, err := mayWrite(ctx, tx, who, p.Group, tx.Now()); err != nil {
			return store.Event{}, err
		}
		switch {
		case !t.Locked.IsZero():
			return store.Event{}, Impossible{Key: "topic.impossible.locked"}
		case p.Stage != Shown:
			return store.Event{}, Impossible{Key: "translation.impossible.shown"}
		}
		if err := draft.checkTranslation(p); err != nil {
			return store.Event{}, err
		}
		said, err := name(ctx, tx, p.Group, draft.Body)
		if err != nil {
			return store.Event{}, err
		}
		before, err := translation(ctx, tx, id, draft.Lang)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return store.Event{}, err
		}
		switch {
		case before.Rev != rev:
			return store.Event{}, Stale{before.Rev}
		case before.Body == said.text && before.Title == draft.Title && before.Edits == p.Edits:
			return store.Event{}, store.ErrUnchanged
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO post_translation (post, lang, edits, title, body, by_whom, rev, created, updated) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7)
			ON CONFLICT (post, lang) DO UPDATE SET edits = EXCLUDED.edits, title = EXCLUDED.title, body = EXCLUDED.body, by_whom = EXCLUDED.by_whom,
			  rev = post_translation.rev + 1, updated = EXCLUDED.updated`,
			p.ID, string(draft.Lang), p.Edits, draft.Title, said.text, who.ID, tx.Now())
		return p.translated("community.post.translated", draft.Lang), err
	})
}

// translated is an event of a post in a language.
func (p Post) translated(act string, to lang.Tag) store.Event {
	e := p.event(act)
	e.Data = map[string]string{"topic": p.Topic, "lang": string(to)}
	return e
}

// checkTranslation returns an Invalid that names the fields.
func (d *Draft) checkTranslation(p Post) error {
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "topic.error.lang"
	} else if d.Lang == p.Lang {
		v["lang"] = "translation.error.same"
	}
	switch {
	case d.Body == "":
		v["body"] = "translation.error.body"
	case len(d.Body) > MaxBody:
		v["body"] = "topic.error.body.long"
	}
	switch {
	case p.N > 1:
		d.Title = ""
	case d.Title == "":
		v["title"] = "translation.error.title"
	case utf8.RuneCountInString(d.Title) > MaxTitle:
		v["title"] = "topic.error.title.long"
	}
	return v.orNil()
}

// MayUntranslate reports whether she may remove a translation: she wrote it or the post,
// or runs the group.
func MayUntranslate(who access.Subject, p Post, t Translation, runs bool) bool {
	return who.SignedIn() && !who.Idle && t.ByWhom != "" && (runs || slices.Contains([]string{p.Author, t.ByWhom}, who.ID))
}

// Untranslate removes what a member made of a post in a language: she herself does, who
// wrote the post, and who runs the group.
func (d *Discussion) Untranslate(ctx context.Context, who access.Subject, id string, to lang.Tag) error {
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, _ Topic) (store.Event, error) {
		t, err := translation(ctx, tx, id, to)
		if errors.Is(err, store.ErrNotFound) {
			err = store.ErrUnchanged // it is gone already
		}
		if err != nil {
			return store.Event{}, err
		}
		s, err := account.StandingIn(ctx, tx, who, p.Group)
		switch {
		case err != nil:
			return store.Event{}, err
		case s.Ended:
			return store.Event{}, Impossible{Key: "topic.impossible.ended"}
		case !MayUntranslate(who, p, t, s.Runs()):
			return store.Event{}, ErrForbidden
		}
		_, err = tx.Exec(ctx, "DELETE FROM post_translation WHERE post = $1 AND lang = $2", id, string(to))
		return p.translated("community.post.untranslated", to), err
	})
}
