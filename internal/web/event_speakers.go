package web

import (
	"errors"
	"net/url"

	"polis/internal/community/event"
	"polis/internal/community/roster"
	"polis/internal/store"
)

// eventSpeakers are the experts who agreed to speak, by name; the way to a profile is there
// for who finds its owner on the roster.
func (p *helping) eventSpeakers(v *EventView, e event.Event) error {
	ctx := p.r.Context()
	people, err := p.h.roster().Speakers(ctx, e.ID)
	if err != nil || len(people) == 0 {
		return err
	}
	p.Private = true // it names people
	if err := p.meet(people); err != nil {
		return err
	}
	for _, id := range people {
		speaker := Link{Text: p.name(id)}
		if _, err := p.h.roster().Finds(ctx, p.Reader.Subject, id); err == nil {
			speaker.URL = p.URL(expertPath(id) + "?" + url.Values{"why": {e.Title}}.Encode())
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		v.Speakers = append(v.Speakers, speaker)
	}
	return nil
}

// speakersAsked are the way to more speakers and the list of them, for who runs the event.
func (p *helping) speakersAsked(v *EventView, e event.Event) error {
	who := p.Reader.Subject
	if p.Reader.Program {
		return nil
	}
	if e.Stage != event.Held && e.Stage != event.Cancelled && !roster.EyeOf(who).Blind() {
		v.Runs = append(v.Runs, Link{p.T("event.speakers.find"), p.URL("/experts?event=" + url.QueryEscape(e.ID))})
	}
	list, more, err := p.h.roster().Listing(p.r.Context(), who, roster.ForEvent, e.ID, roster.Place{}, shownInList)
	if err != nil || len(list) == 0 {
		return err
	}
	people := make([]string, len(list))
	for i, a := range list {
		people[i] = a.Person
	}
	if err := p.meet(people); err != nil {
		return err
	}
	for _, a := range list {
		v.Asked = append(v.Asked, HelpLine{Title: p.name(a.Person), URL: p.URL("/assignments/" + a.ID), Tag: p.expertStage(a.Stage)})
	}
	if more != (roster.Place{}) {
		v.Runs = append(v.Runs, Link{p.T("event.speakers.asked"), p.URL("/assignments?event=" + url.QueryEscape(e.ID))})
	}
	return nil
}
