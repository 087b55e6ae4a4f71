package assistance

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/sheet"
	"polis/internal/store"
)

// importStep is how many rows are read and stored at once.
const importStep = 500

// Look reads the table of an import and says what would become of it. Nothing is
// stored.
func (a *Activities) Look(ctx context.Context, who access.Subject, im Import) (Preview, error) {
	if err := mayImport(who); err != nil {
		return Preview{}, err
	}
	t, err := a.readImport(ctx, im)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Rows: len(t.rows), Broken: t.broken, Encoding: t.encoding, Troubles: t.troubles, Unknown: t.unknown, Columns: t.columns}
	if t.broken {
		return p, nil
	}
	here := map[string]int{}
	for part := range slices.Chunk(t.rows, importStep) {
		l, err := newLook(ctx, a.DB, who, im, t, part, time.Now())
		if err != nil {
			return Preview{}, err
		}
		for _, r := range part {
			p.add(l.judge(r), here)
		}
	}
	slices.SortStableFunc(p.Troubles, func(a, b sheet.Trouble) int { return cmp.Or(a.Row-b.Row, a.Column-b.Column) })
	if len(p.Troubles) > sheet.MostTroubles {
		p.Troubles = append(p.Troubles[:sheet.MostTroubles], sheet.Trouble{Key: "activityimport.error.many", Args: []any{"n", sheet.MostTroubles}})
	}
	slices.SortFunc(p.Changes, func(a, b ImportChange) int { return a.Row - b.Row })
	if p.Gone, err = a.gone(ctx, who, here); err != nil {
		return Preview{}, err
	}
	sum := sha256.Sum256([]byte(store.JSON([]any{p.Rows, p.Faulty, p.Changes})))
	p.Plan = hex.EncodeToString(sum[:])
	return p, nil
}

// add counts a row. here are the activities that rows stand for.
func (p *Preview) add(v verdict, here map[string]int) {
	if v.was != nil {
		if first, there := here[v.was.ID]; there && len(v.troubles) == 0 {
			v.fault("title", "activityimport.error.twice", "row", strconv.Itoa(first))
		} else if !there {
			here[v.was.ID] = v.row.Row
		}
	}
	switch {
	case len(v.troubles) > 0:
		p.Faulty++
		p.Troubles = append(p.Troubles, v.troubles...)
		return
	case v.was == nil:
		p.Made++
	case v.same():
		p.Same++
		return
	default:
		p.Changed++
	}
	c := ImportChange{Row: v.row.Row, Project: v.project.Number, Title: v.draft.Title, Cells: v.cells()}
	if v.was != nil {
		c.ID, c.Number, c.Title = v.was.ID, v.was.Number, v.was.Title
	}
	p.Changes = append(p.Changes, c)
}

// mostGone is how many activities are told that a table has not any more.
const mostGone = 200

// gone are the activities of her last import for which no row stands.
func (a *Activities) gone(ctx context.Context, who access.Subject, here map[string]int) (list []Activity, err error) {
	ids, err := store.List[string](ctx, a.DB, everything, `
		SELECT o.activity FROM imported_activity o JOIN activity_import i ON i.id = o.import
		WHERE {scope} AND i.owner = $1 ORDER BY o.activity`, who.ID)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return here[id] > 0 })
	if ids = ids[:min(len(ids), mostGone)]; len(ids) == 0 {
		return nil, nil
	}
	var q query
	q.and("x.id IN "+marks(len(ids)), anys(ids)...)
	return store.List[Activity](ctx, a.DB, who.Scope(), "SELECT "+activityColumns+" FROM activity x WHERE {scope x} AND "+q.conditions()+" ORDER BY x.starts, x.id", q.args...)
}

// look is what some rows are compared with: their projects with the gates, and the
// activities that they may mean.
type look struct {
	who      access.Subject
	im       Import
	table    *importTable
	now      time.Time
	projects map[string]*Project // by number
	keyed    map[string]*Activity
	alike    map[string]*Activity // by likeness
}

// newLook reads what is needed for some rows: a few statements for all of them.
func newLook(ctx context.Context, q store.Reader, who access.Subject, im Import, t *importTable, rows []importRow, now time.Time) (*look, error) {
	l := &look{who, im, t, now, map[string]*Project{}, map[string]*Activity{}, map[string]*Activity{}}
	if err := l.readProjects(ctx, q, rows); err != nil {
		return nil, err
	}
	var keys []string
	starts := map[string][]string{} // of rows without a key, by project
	for _, r := range rows {
		if p := l.projects[r.project]; r.key != "" {
			keys = append(keys, r.key)
		} else if p != nil {
			starts[p.ID] = append(starts[p.ID], r.Text("starts"))
		}
	}
	var found []Activity
	read := func(w query) error {
		list, err := store.List[Activity](ctx, q, who.Scope(), "SELECT "+activityColumns+" FROM activity x WHERE {scope x} AND "+w.conditions()+" ORDER BY x.id", w.args...)
		found = append(found, list...)
		return err
	}
	if len(keys) > 0 {
		var w query
		w.and("x.importer = ? AND x.external <> ''", im.Importer) // as the index says
		w.and("x.external IN "+marks(len(keys)), anys(keys)...)
		if err := read(w); err != nil {
			return nil, err
		}
	}
	for project, days := range starts {
		var w query
		w.and("x.project = ?", project)
		days = clean(days)
		w.and("x.starts IN "+marks(len(days)), anys(days)...)
		if len(days) == 0 {
			continue
		}
		if err := read(w); err != nil {
			return nil, err
		}
	}
	return l, l.know(ctx, q, found)
}

// know keeps the activities that rows may mean, with all that belongs to them.
func (l *look) know(ctx context.Context, q store.Reader, found []Activity) error {
	slices.SortFunc(found, func(a, b Activity) int { return strings.Compare(a.ID, b.ID) })
	found = slices.CompactFunc(found, func(a, b Activity) bool { return a.ID == b.ID })
	if err := furnished(ctx, q, found); err != nil {
		return err
	}
	if err := grouped(ctx, q, found); err != nil {
		return err
	}
	for i := range found {
		x := &found[i]
		if x.Importer == l.im.Importer && x.External != "" {
			l.keyed[x.External] = x
		}
		like := x.Project + "\n" + x.Starts + "\n" + x.Title
		if other, there := l.alike[like]; !there || other.Stage == ActivityCancelled {
			l.alike[like] = x
		}
	}
	return nil
}

// grouped fills in who took part, group by group.
func grouped(ctx context.Context, q store.Reader, list []Activity) error {
	at := map[string]*Activity{}
	var ids []string
	for i := range list {
		if list[i].Stage == ActivityHeld {
			ids, at[list[i].ID] = append(ids, list[i].ID), &list[i]
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var w query
	w.and("activity IN "+marks(len(ids)), anys(ids)...)
	rows, err := store.List[struct {
		Activity string
		Participants
	}](ctx, q, everything, "SELECT activity, sex, rank_group AS rank, service, state, number FROM participants WHERE {scope} AND "+w.conditions()+
		" ORDER BY activity, state, service, rank_group, sex", w.args...)
	for _, row := range rows {
		x := at[row.Activity]
		x.Who = append(x.Who, row.Participants)
	}
	return err
}

func (l *look) readProjects(ctx context.Context, q store.Reader, rows []importRow) error {
	asked := map[string]bool{}
	var which []string
	var args []any
	for _, r := range rows {
		year, nth, ok := numbered(r.project)
		if !ok || asked[r.project] {
			continue
		}
		asked[r.project] = true
		which = append(which, "p.of_year = ? AND p.nth = ?")
		args = append(args, year, nth)
	}
	for len(which) > 0 {
		var w query
		n := min(len(which), 100)
		w.and("("+strings.Join(which[:n], " OR ")+")", args[:2*n]...)
		list, err := store.List[Project](ctx, q, l.who.Scope(), "SELECT "+projectColumns+" FROM project p WHERE {scope p} AND "+w.conditions(), w.args...)
		if err != nil {
			return err
		}
		if err := completed(ctx, q, list); err != nil {
			return err
		}
		for i := range list {
			l.projects[list[i].Number] = &list[i]
		}
		which, args = which[n:], args[2*n:]
	}
	return nil
}
