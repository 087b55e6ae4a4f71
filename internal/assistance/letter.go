package assistance

import (
	"context"
	"errors"
	"slices"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The letters of the room. A letter names a record and says what has happened to it;
// what was asked for and why stands on its page alone. Messages: the kind with
// ".subject", ".text" and ".button".
const (
	requestLetter = "assistance.letter.request"
	consentLetter = "assistance.letter.consent"
	overdueLetter = "assistance.letter.overdue"
	projectLetter = "project.letter.lost"
)

// tell puts a letter into the queue for each of the people but her who acted.
func tell(ctx context.Context, tx *store.Tx, who access.Subject, people []string, l mail.Letter) error {
	for _, person := range clean(people) {
		if person == owner(who) {
			continue
		}
		l.To = person
		if err := mail.Queue(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

// ids are those of the people.
func ids(people []account.Person) []string {
	list := make([]string, len(people))
	for i, p := range people {
		list[i] = p.ID
	}
	return list
}

// tellOfRequest writes to those whom a move of a request concerns: what a State does
// concerns the desk, what the desk does the State.
func tellOfRequest(ctx context.Context, tx *store.Tx, who access.Subject, r Request, m Move) error {
	var people []string
	var err error
	switch m {
	case Submit, Answer, Withdraw:
		if r.Stage == Drafted && m == Withdraw {
			return nil // nobody else has ever read it
		}
		people, err = r.handlers(ctx, tx)
	default:
		people, err = speaking(ctx, tx, r.Asker, access.FocalPoint)
		people = append(people, r.Owner)
	}
	if err != nil {
		return err
	}
	return tell(ctx, tx, who, people, mail.Letter{Kind: requestLetter, Object: r.ID, Args: map[string]string{"move": string(m)}})
}

// handlers are who took the request on or, where she has left the desk, all of it.
func (r Request) handlers(ctx context.Context, tx *store.Tx) ([]string, error) {
	people, err := account.Desk(ctx, tx)
	if desk := ids(people); err != nil || !slices.Contains(desk, r.Handler) {
		return desk, err
	}
	return []string{r.Handler}, nil
}

// speaking are those who hold one of the roles for a State.
func speaking(ctx context.Context, tx *store.Tx, state string, roles ...access.Role) (list []string, err error) {
	for _, role := range roles {
		people, err := account.Speakers(ctx, tx, role, state, "")
		if err != nil {
			return nil, err
		}
		list = append(list, ids(people)...)
	}
	return list, nil
}

// tellOfConsent writes to those whom a move of a consent concerns: those who answer for
// the State, and who asked with the desk. So a State also hears of what the desk has
// written down for it.
func tellOfConsent(ctx context.Context, tx *store.Tx, who access.Subject, c Consent, m ConsentMove) error {
	people, err := speaking(ctx, tx, c.Giver, access.FocalPoint, access.Delegation)
	if err != nil {
		return err
	}
	if m != AskForConsent && m != ConsentRetract {
		desk, err := account.Desk(ctx, tx)
		if err != nil {
			return err
		}
		people = append(append(people, ids(desk)...), c.Owner)
	}
	return tell(ctx, tx, who, people, mail.Letter{Kind: consentLetter, Object: c.ID, Args: map[string]string{"move": string(m)}})
}

// tellOfProject writes to those whom it concerns that a project has lost its ground in a
// State and area: its author, the officers of the structures that organise it, the desk.
func tellOfProject(ctx context.Context, tx *store.Tx, who access.Subject, p Project, g Gate, came string) error {
	desk, err := account.Desk(ctx, tx)
	people := append(ids(desk), p.Owner)
	for _, body := range p.Organisers {
		if err != nil {
			return err
		}
		var officers []account.Person
		officers, err = account.Speakers(ctx, tx, access.ProgrammeOfficer, "", body)
		people = append(people, ids(officers)...)
	}
	if err != nil {
		return err
	}
	return tell(ctx, tx, who, people, mail.Letter{Kind: projectLetter, Object: p.ID, Args: map[string]string{"host": g.Host, "area": g.Area, "came": came}})
}

// Finish writes the letters of this room when they are sent, and leaves all others to
// the next: whom it concerns no more gets none, and nobody gets one about what she may
// not read at that moment.
func (a *Assistance) Finish(next func(context.Context, mail.Letter) (mail.Letter, error)) func(context.Context, mail.Letter) (mail.Letter, error) {
	write := map[string]func(context.Context, access.Subject, mail.Letter) (mail.Letter, error){
		requestLetter: a.finishRequest, consentLetter: a.finishConsent, overdueLetter: a.finishOverdue, projectLetter: a.finishProject,
	}
	return func(ctx context.Context, l mail.Letter) (mail.Letter, error) {
		if finish := write[l.Kind]; finish != nil {
			who, person, err := account.Subject(ctx, a.DB, l.To, account.TwoFactors)
			if err == nil {
				l.Lang = person.Lang
				l, err = finish(ctx, who.Within(access.Official, true), l)
			}
			if errors.Is(err, store.ErrNotFound) {
				err = mail.ErrDropped
			}
			if err != nil {
				return l, err
			}
		}
		return next(ctx, l)
	}
}

func (a *Assistance) finishRequest(ctx context.Context, who access.Subject, l mail.Letter) (mail.Letter, error) {
	r, err := a.Request(ctx, who.Scope(), l.Object)
	if err != nil {
		return l, err
	}
	l.Path = "/assistance/requests/" + r.ID
	l.Args = map[string]string{"number": r.Number, "entry": r.Asker, "title": r.Title, "did": lang.For(l.Lang).T("assistance.did." + l.Args["move"])}
	return l, nil
}

func (a *Assistance) finishConsent(ctx context.Context, who access.Subject, l mail.Letter) (mail.Letter, error) {
	c, err := a.Consent(ctx, who.Scope(), l.Object)
	if err != nil {
		return l, err
	}
	l.Path = "/assistance/consents/" + c.ID
	l.Args = map[string]string{"number": c.Number, "entry": c.Giver, "did": lang.For(l.Lang).T("assistance.consent.did." + l.Args["move"])}
	return l, nil
}

func (a *Assistance) finishProject(ctx context.Context, who access.Subject, l mail.Letter) (mail.Letter, error) {
	p, err := a.Project(ctx, who.Scope(), l.Object)
	if err != nil {
		return l, err
	}
	area, _ := framework.Theme(l.Args["area"])
	l.Path = "/assistance/projects/" + p.ID + "/gates"
	l.Args = map[string]string{
		"number": p.Number, "title": p.Title, "entry": l.Args["host"], "area": area.Names.In(l.Lang), "came": lang.For(l.Lang).T("project.lost." + l.Args["came"]),
	}
	return l, nil
}
