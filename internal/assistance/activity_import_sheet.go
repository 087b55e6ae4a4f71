package assistance

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/sheet"
)

// ImportColumns are the columns of a table of activities, with the States and themes
// that it can name. Messages: "activityimport.column.ID", "activityimport.hint.ID".
func ImportColumns(s *directory.Snapshot) []sheet.Column {
	kinds, stages, tongues := []sheet.Option{}, []sheet.Option{}, []sheet.Option{}
	for _, kind := range ActivityKinds {
		kinds = append(kinds, sheet.Option{ID: kind, Names: sheet.Named("activity.kind." + kind)})
	}
	for _, stage := range []ActivityStage{ActivityPlanned, ActivityHeld} {
		stages = append(stages, sheet.Option{ID: string(stage), Names: sheet.Named("activity.stage." + string(stage))})
	}
	for _, t := range lang.All {
		o := sheet.Option{ID: string(t), Names: lang.Names{}}
		for _, in := range lang.All {
			o.Names[in] = t.Name()
		}
		tongues = append(tongues, o)
	}
	online := []sheet.Option{{ID: "yes", Names: sheet.Named("core.yes")}, {ID: "no", Names: sheet.Named("core.no")}}
	columns := []sheet.Column{
		{ID: "key", Example: "2026-KG-007"},
		{ID: "project", Required: true, Example: "2026/17"},
		{ID: "kind", Kind: sheet.Choice, Required: true, Choices: kinds, Example: "training"},
		{ID: "title", Required: true},
		{ID: "lang", Kind: sheet.Choice, Choices: tongues, Example: "en"},
		{ID: "starts", Kind: sheet.Date, Required: true, Example: "2026-05-12"},
		{ID: "ends", Kind: sheet.Date, Example: "2026-05-14"},
		{ID: "place"},
		{ID: "online", Kind: sheet.Choice, Choices: online, Example: "no"},
		{ID: "hosts", Kind: sheet.List, Required: true, Choices: stateChoices(s), Example: "KG; TJ"},
		{ID: "areas", Kind: sheet.List, Choices: areaChoices(), Example: "drugs"},
		{ID: "organisers", Kind: sheet.List},
		{ID: "languages", Kind: sheet.List},
		{ID: "agenda"},
		{ID: "coauthor"},
		{ID: "stage", Kind: sheet.Choice, Choices: stages, Example: "held"},
		{ID: "total", Kind: sheet.Whole, Example: "20"},
		{ID: "women", Kind: sheet.Whole, Example: "3"},
		{ID: "men", Kind: sheet.Whole, Example: "17"},
		{ID: "unattended"},
		{ID: "remark"},
	}
	for i, c := range columns {
		columns[i].Also = alsoCalled[c.ID]
		columns[i].Names, columns[i].Hint = sheet.Named("activityimport.column."+c.ID), sheet.Named("activityimport.hint."+c.ID)
	}
	return columns
}

// alsoCalled are other names that people give to these columns.
var alsoCalled = map[string][]string{
	"hosts":      {"State", "Host State", "Country", "État", "Pays", "Staat", "Land", "Stato", "Paese", "Государство", "Страна", "Estado", "País"},
	"areas":      {"Area", "Theme", "Themes", "Domaine", "Thème", "Bereich", "Thema", "Themen", "Settore", "Tema", "Temi", "Область", "Тема", "Темы", "Ámbito", "Temas"},
	"starts":     {"Start", "Start date", "Date", "Début", "Beginn", "Datum", "Inizio", "Data", "Начало", "Дата", "Inicio", "Fecha"},
	"ends":       {"End", "End date", "Fin", "Ende", "Fine", "Окончание"},
	"place":      {"Venue", "Location", "Veranstaltungsort", "Sede"},
	"organisers": {"Organiser", "Organisers", "Organisateurs", "Veranstalter", "Organizzatori", "Организатор", "Organizadores"},
	"total":      {"Number of participants", "Total"},
}

// areaChoices are the themes and what belongs to them.
func areaChoices() (list []sheet.Option) {
	for _, t := range framework.Themes() {
		for _, term := range append([]framework.Term{t}, t.Narrower...) {
			list = append(list, sheet.Option{ID: term.ID, Names: term.Names})
		}
	}
	return list
}

// importRow is a row of the table, with what is wrong with it before anything else is
// asked.
type importRow struct {
	sheet.Record
	key      string
	project  string // its number
	title    string
	troubles []sheet.Trouble
}

// likeness is what two rows without a key have in common when they mean the same.
func (r importRow) likeness(project string) string {
	return project + "\n" + r.Text("starts") + "\n" + r.title
}

// importTable is a table as it was read. Where it is broken its rows are not all of
// them.
type importTable struct {
	columns   []sheet.Column
	directory *directory.Snapshot
	encoding  string
	rows      []importRow // by project, so that each is read once
	troubles  []sheet.Trouble
	unknown   []sheet.Unknown
	broken    bool
}

// readImport reads the file of an import.
func (a *Activities) readImport(ctx context.Context, im Import) (*importTable, error) {
	names, err := directory.Names(ctx, a.DB)
	if err != nil {
		return nil, err
	}
	t := &importTable{columns: ImportColumns(names), directory: names}
	file, err := a.Files.Get(ctx, blob.Sum(im.Sum))
	if err != nil {
		return nil, fmt.Errorf("assistance: the file of an import: %w", err)
	}
	defer file.Close()
	limits := sheet.DefaultLimits()
	limits.Bytes = largestImport
	found, err := sheet.ReadFrom(ctx, file, limits)
	var trouble *sheet.Trouble
	if errors.As(err, &trouble) {
		t.troubles, t.broken = []sheet.Trouble{*trouble}, true
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	t.encoding = found.Encoding
	binding, troubles := found.Bind(t.columns, im.Lang)
	t.unknown = binding.Unknown
	if len(troubles) > 0 {
		t.troubles, t.broken = troubles, true
		return t, nil
	}
	t.take(binding.Records())
	return t, nil
}

// take sorts the records by their projects, each with what is wrong with it.
func (t *importTable) take(records []sheet.Record, troubles []sheet.Trouble) {
	wrong := map[int][]sheet.Trouble{}
	for _, trouble := range troubles {
		wrong[trouble.Row] = append(wrong[trouble.Row], trouble)
		t.broken = t.broken || trouble.Key == "sheet.error.many"
	}
	if t.broken {
		t.troubles = troubles
	}
	for _, r := range records {
		t.rows = append(t.rows, importRow{r, r.Text("key"), projectNumber(r.Text("project")), strings.Join(strings.Fields(r.Text("title")), " "), wrong[r.Row]})
	}
	t.refuseTwice()
	slices.SortStableFunc(t.rows, func(a, b importRow) int { return strings.Compare(a.project, b.project) })
}

// refuseTwice finds rows that mean the same activity.
func (t *importTable) refuseTwice() {
	keys, alike := map[string]int{}, map[string]int{}
	for i := range t.rows {
		r := &t.rows[i]
		if r.key == "" {
			continue
		}
		if first, there := keys[r.key]; there {
			r.troubles = append(r.troubles, r.Trouble("key", "activityimport.error.key.twice", "row", strconv.Itoa(first)))
			continue
		}
		keys[r.key], alike[r.likeness(r.project)] = r.Row, r.Row
	}
	for i := range t.rows {
		r := &t.rows[i]
		if r.key != "" {
			continue
		}
		if first, there := alike[r.likeness(r.project)]; there {
			r.troubles = append(r.troubles, r.Trouble("title", "activityimport.error.twice", "row", strconv.Itoa(first)))
			continue
		}
		alike[r.likeness(r.project)] = r.Row
	}
}

// asDay is a number that a spreadsheet took for a day: 2026/12 becomes the first of
// December.
var asDay = regexp.MustCompile(`^(\d{4})-(\d\d)-01$`)

// projectNumber is the number of a project as it stands on its page: "2026/17".
func projectNumber(typed string) string {
	typed = strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(typed), "#"), " ", "")
	if m := asDay.FindStringSubmatch(typed); m != nil {
		typed = m[1] + "/" + m[2]
	}
	if year, nth, ok := numbered(typed); ok {
		return fmt.Sprintf("%d/%d", year, nth)
	}
	return typed
}

// namesOf are the names of a choice of a column.
func (t *importTable) namesOf(column, id string) lang.Names {
	for _, c := range t.columns {
		if c.ID != column {
			continue
		}
		for _, o := range c.Choices {
			if o.ID == id {
				return o.Names
			}
		}
	}
	return lang.Names{lang.English: id}
}

// bodies are organisers: ids of the directory where it knows beyond doubt who is meant.
func (t *importTable) bodies(names []string, reader lang.Tag) (list []string) {
	for _, name := range names {
		if found := t.directory.Named(name, reader); len(found) == 1 {
			name = found[0].ID
		}
		list = append(list, name)
	}
	return list
}

// Preview is what would become of a table. With Troubles nothing is stored, unless the
// faulty rows are left out.
type Preview struct {
	Rows     int
	Made     int
	Changed  int
	Same     int
	Faulty   int
	Broken   bool // the table itself cannot be read: no row of it can be stored
	Encoding string
	Troubles []sheet.Trouble // by row and column
	Unknown  []sheet.Unknown
	Changes  []ImportChange // in the order of the table
	Gone     []Activity     // those of her last import that this one has not: they stay
	Columns  []sheet.Column
	Plan     string // the digest of all this
}

// ImportChange is an activity that a row makes or changes.
type ImportChange struct {
	Row     int
	ID      string // "" for a new one
	Number  string
	Project string // its number
	Title   string
	Cells   []ImportCell
}

// ImportCell is what stands in a column, and what comes there: as a table has it.
type ImportCell struct{ Column, Before, After string }

// mayImport asks for the right once more: she may have lost it.
func mayImport(who access.Subject) error {
	if !who.SignedIn() || !MayImport(who).Allowed {
		return ErrForbidden
	}
	return nil
}
