package web

import (
	"net/url"
	"strings"

	"polis/internal/assistance"
	"polis/internal/store"
)

// resultPart are the results.
func resultPart() projectPart {
	return projectPart{
		name: "results", tab: "results", title: resultTitle, fields: resultFields, save: saveResult, beside: besideResult, move: moveResult,
		blank: func(p *helping, _ assistance.Project) (url.Values, error) {
			asked := p.r.URL.Query()
			return url.Values{"kind": {asked.Get("kind")}, "parent": {asked.Get("parent")}}, nil
		},
		find: findResult,
	}
}

func findResult(p *helping, q assistance.Project, id string) (partForm, error) {
	f, err := p.h.helps().Framework(p.r.Context(), q.ID)
	if err != nil {
		return partForm{}, err
	}
	r, ok := f.Result(id)
	if !ok {
		return partForm{}, store.ErrNotFound
	}
	in := url.Values{"kind": {string(r.Kind)}, "parent": {r.Parent}, "text": {r.Text}, "capacity": {r.Capacity}, "assumptions": {r.Assumptions}}
	return partForm{q: q, id: id, rev: r.Rev, fixed: r.Retired != "", in: in}, nil
}

// kindOfResult is the one that is written; what is none is an impact, which hangs
// under nothing.
func (x partForm) kindOfResult() assistance.ResultKind {
	if kind := assistance.ResultKind(x.in.Get("kind")); kind.Above() != "" {
		return kind
	}
	return assistance.Impact
}

func resultTitle(p *helping, x partForm) string {
	if x.id == "" {
		return p.T("result.add." + string(x.kindOfResult()))
	}
	f, err := p.h.helps().Framework(p.r.Context(), x.q.ID)
	if r, ok := f.Result(x.id); err == nil && ok {
		return p.resultName(f, r)
	}
	return p.T("result.kind." + string(x.kindOfResult()))
}

func resultFields(p *helping, x partForm) ([]Field, error) {
	kind := x.kindOfResult()
	fields := []Field{p.area("result", "text", x.in, 3)}
	fields[0].Hint = p.T("result.hint.text." + string(kind))
	if kind != assistance.Impact {
		f, err := p.h.helps().Framework(p.r.Context(), x.q.ID)
		if err != nil {
			return nil, err
		}
		parent := p.hinted("result", Field{Name: "parent", Type: "select", Options: []Option{{Text: p.T("core.not-stated")}}})
		for _, r := range f.Results {
			if r.Kind == kind.Above() && (r.Retired == "" || r.ID == x.in.Get("parent")) {
				parent.Options = append(parent.Options, Option{Value: r.ID, Text: p.resultName(f, r) + ": " + shortened(r.Text), Chosen: r.ID == x.in.Get("parent")})
			}
		}
		fields = append(fields, parent, p.choiceField("result", "capacity", x.in, assistance.Capacities))
	}
	return append(fields, p.area("result", "assumptions", x.in, 3)), nil
}

// shortened is a text as long as a line of a choice.
func shortened(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return strings.TrimSpace(string(runes[:60])) + "…"
	}
	return s
}

func saveResult(p *helping, x partForm) error {
	ctx, who, in := p.r.Context(), p.Reader.Subject, x.in
	d := assistance.ResultDraft{Kind: x.kindOfResult(), Parent: in.Get("parent"), Text: plain(in, "text"), Capacity: in.Get("capacity"), Assumptions: plain(in, "assumptions")}
	if x.id == "" {
		_, err := p.h.helps().AddResult(ctx, who, x.q.ID, d)
		return err
	}
	return p.h.helps().ChangeResult(ctx, who, x.q.ID, x.id, x.rev, d)
}

// besideResult are the other things that can be done with a result.
func besideResult(p *helping, x partForm, v *PartView) error {
	f, err := p.h.helps().Framework(p.r.Context(), x.q.ID)
	if err != nil {
		return err
	}
	r, _ := f.Result(x.id)
	if r.Retired != "" {
		v.Says = append(v.Says, p.T("result.retired.why", "words", r.Retired))
	}
	if !p.writes(x.q) {
		return nil
	}
	if r.Retired != "" {
		v.Forms = append(v.Forms, p.partMove(x, "results", "result", "restore"))
		return nil
	}
	v.Forms = append(v.Forms, p.partMove(x, "results", "result", "up"), p.partMove(x, "results", "result", "down"))
	if f.Measured(x.id) {
		v.Forms = append(v.Forms, p.partMove(x, "results", "result", "retire", p.words("result", "retire")))
		return nil
	}
	v.Forms = append(v.Forms, p.partMove(x, "results", "result", "remove"))
	return nil
}

// words is the field for what somebody says to a move.
func (p *helping) words(room, move string) Field {
	return Field{Name: "words", Label: p.T(room + ".words." + move), Type: "textarea", Rows: 3}
}

func moveResult(p *helping, x partForm, move string) error {
	ctx, who, a := p.r.Context(), p.Reader.Subject, p.h.helps()
	switch move {
	case "up", "down":
		return a.ShiftResult(ctx, who, x.q.ID, x.id, x.rev, move == "up")
	case "remove":
		return a.RemoveResult(ctx, who, x.q.ID, x.id, x.rev)
	case "retire":
		return a.RetireResult(ctx, who, x.q.ID, x.id, x.rev, p.r.PostFormValue("words-retire"))
	case "restore":
		return a.RestoreResult(ctx, who, x.q.ID, x.id, x.rev)
	}
	return NotFound()
}
