package assistance

import (
	"context"

	"polis/internal/access"
)

// ProjectFilter chooses among projects; its zero value chooses all. What leads to the
// fewest is read from its index, the others are looked up.
type ProjectFilter struct {
	Stages    []ProjectStage
	State     string // a host in which it takes part, as the matrix counts
	Theme     string // and those that belong to it
	Body      string // an organiser
	Owner     string // who wrote it
	Model     string // made after this one
	Request   string // that rest on this request
	Consent   string // that rest on this consent
	Mandate   string
	Programme string
}

// projectTag is a choice by what a project is about or who has a part in it.
func projectTag(kind, value string) choice {
	return choice{
		"SELECT s.project AS id, s.created AS at FROM project_tag s WHERE s.kind = '" + kind + "' AND s.value = ?",
		"EXISTS (SELECT 1 FROM project_tag o WHERE o.project = p.id AND o.kind = '" + kind + "' AND o.value = ?)",
		[]any{value},
		false,
	}
}

// host chooses the projects that take part in a State, and there are about a theme.
func (f ProjectFilter) host() choice {
	const way, when = "SELECT s.project AS id, s.created AS at FROM project_place s WHERE s.kind = 'host' AND s.place = ? AND s.", "EXISTS (SELECT 1 FROM project_place o WHERE o.project = p.id AND o.kind = 'host' AND o.place = ?"
	if f.Theme == "" {
		return choice{way + "once = 1", when + ")", []any{f.State}, false}
	}
	return choice{way + "theme = ?", when + " AND o.theme = ?)", []any{f.State, top(f.Theme)}, false}
}

// rests chooses those of whose gates one rests on a request or consent.
func rests(column, id string) choice {
	return choice{
		"SELECT s.project AS id, MAX(s.created) AS at FROM gate s WHERE s." + column + " = ? GROUP BY s.project",
		"EXISTS (SELECT 1 FROM gate g WHERE g.project = p.id AND g." + column + " = ?)",
		[]any{id},
		true,
	}
}

func (f ProjectFilter) listing() listing {
	l := listing{columns: projectColumns, table: "project p", scope: "{scope p}", at: "created"}
	if f.State != "" {
		l.choices = append(l.choices, f.host())
	}
	if f.Body != "" {
		l.choices = append(l.choices, projectTag("organiser", f.Body))
	}
	if f.Theme != "" {
		l.choices = append(l.choices, projectTag("under", f.Theme))
	}
	for _, of := range []struct{ column, value string }{{"owner", f.Owner}, {"model", f.Model}, {"mandate", f.Mandate}, {"programme", f.Programme}} {
		if of.value != "" {
			l.add("{row}."+of.column+" = ?", of.value)
		}
	}
	for _, of := range []struct{ column, value string }{{"request", f.Request}, {"consent", f.Consent}} {
		if of.value != "" {
			l.choices = append(l.choices, rests(of.column, of.value))
		}
	}
	if len(f.Stages) > 0 {
		l.among(anys(f.Stages))
	}
	return l
}

// Projects lists those that the scope reads, the newest first, from behind a place on.
func (a *Assistance) Projects(ctx context.Context, scope access.Scope, f ProjectFilter, after Place, limit int) (list []Project, more Place, err error) {
	list, more, err = listed(ctx, a.DB, scope, f.listing(), after, limit, func(p Project) Place { return Place{p.Created, p.ID} })
	if err != nil {
		return nil, Place{}, err
	}
	return list, more, completed(ctx, a.DB, list)
}

// CountProjects is how many there are in all, counted up to most.
func (a *Assistance) CountProjects(ctx context.Context, scope access.Scope, f ProjectFilter, most int) (int, error) {
	return tallied(ctx, a.DB, scope, f.listing(), most)
}

// few is how many projects are put in the order of their last change when it is asked
// for: of more, the latest changes of all are gone through.
const few = 3000

// Changed lists the projects of a watch in which something has happened, the last
// change first.
func (a *Assistance) Changed(ctx context.Context, scope access.Scope, w Watch, limit int) ([]Project, error) {
	l := listing{columns: projectColumns, table: "project p", scope: "{scope p}", at: "updated"}
	if w.Owner != "" {
		l.add("{row}.owner = ?", w.Owner)
	}
	if kind, place := w.place(); place != "" {
		t, err := a.Tally(ctx, scope, w)
		if err != nil {
			return nil, err
		}
		c := projectTag(kind, place)
		c.way, c.loose = "", true
		if t.Of(ProjectStages) < few {
			c.way = "SELECT s.project AS id, j.updated AS at FROM project_tag s JOIN project j ON j.id = s.project WHERE s.kind = '" + kind + "' AND s.value = ?"
		}
		l.choices = append(l.choices, c)
	}
	list, _, err := listed(ctx, a.DB, scope, l, Place{}, limit, func(p Project) Place { return Place{p.Updated, p.ID} })
	if err != nil {
		return nil, err
	}
	return list, completed(ctx, a.DB, list)
}

// place is what the watch looks at, as the tables of places name it.
func (w Watch) place() (kind, place string) {
	if w.State != "" {
		return "host", w.State
	}
	return "organiser", w.Body
}
