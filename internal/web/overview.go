package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/sheet"
)

// OverviewView is where assistance is given and what about: States as tiles, and a
// table of States and themes whose figures open onto the projects behind them.
type OverviewView struct {
	Groups []SortLink
	Tiles  []Tile
	Width  int // of the map, in its own units
	Height int
	Legend []Shade
	Heads  []Link // the themes
	Rows   []OverviewRow
	Sheets []Link
}

// Tile is a State on the map: a square with its code, which stands about where its
// neighbours are and says nothing about borders.
type Tile struct {
	Code, Name string
	X, Y       int // of the upper left corner
	N          string
	Shade      int // 0 for none to 4
	URL        string
}

// Shade explains a colour of the map.
type Shade struct {
	Shade int
	Text  string
}

// OverviewRow is a State with its figures.
type OverviewRow struct {
	State Link
	Cells []OverviewCell
	Total OverviewCell
}

// OverviewCell is a figure that opens onto the projects behind it; its zero value is
// none.
type OverviewCell struct{ N, URL, Label string }

var overviewPage = newPage("overview", OverviewView{
	Groups: []SortLink{{"Running", "/en/assistance/overview", true}},
	Tiles:  []Tile{{"KG", "Kyrgyzstan", 15, 5, "12", 3, "/en/assistance/projects?state=KG"}}, Width: 17, Height: 8, Legend: []Shade{{1, "1 to 3"}},
	Heads:  []Link{{"Police reform", "/en/assistance/projects?theme=police-reform"}},
	Rows:   []OverviewRow{{Link{"Kyrgyzstan", "/en/directory/KG"}, []OverviewCell{{"12", "/en/assistance/projects?state=KG&theme=police-reform", "Kyrgyzstan, Police reform: 12 projects"}}, OverviewCell{"12", "/en/assistance/projects?state=KG", "Kyrgyzstan: 12 projects"}}},
	Sheets: []Link{{"As CSV", "/en/assistance/overview.csv"}},
})

// groupsInOrder are the groups of stages, the first one first shown.
var groupsInOrder = []string{"running", "drafts", "ended", "all"}

func (h *House) openOverview() {
	h.site.Handle("GET /assistance/overview", h.official(h.overview))
	h.openSheet("/assistance/overview", overviewSheet)
}

// crossing is a State and a theme.
type crossing struct{ state, theme string }

// overviewing is the matrix of one group of stages, being shown.
type overviewing struct {
	*helping
	group  string
	cells  map[crossing]int
	states map[string]int // a project with several themes counts once
	themes []framework.Term
}

func (p *helping) overviewing() (o overviewing, err error) {
	o = overviewing{helping: p, group: p.r.URL.Query().Get("group"), cells: map[crossing]int{}, states: map[string]int{}, themes: framework.Themes()}
	if o.group == "" {
		o.group = groupsInOrder[0]
	}
	if !slices.Contains(groupsInOrder, o.group) {
		return o, NotFound()
	}
	list, err := p.h.helps().Matrix(p.r.Context(), scope(p.r), assistance.Groups[o.group])
	if err != nil {
		return o, err
	}
	for _, c := range list {
		o.cells[crossing{c.Host, c.Theme}] = c.N
		o.states[c.Host] += c.Once
	}
	return o, nil
}

func (h *House) overview(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "overview.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	o, err := p.overviewing()
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := OverviewView{Width: mapWidth, Height: mapHeight, Sheets: p.sheetLinks("/assistance/overview", "group="+o.group)}
	for _, group := range groupsInOrder {
		v.Groups = append(v.Groups, SortLink{f.T("overview.group." + group), f.URL("/assistance/overview?group=" + group), group == o.group})
	}
	v.Tiles, v.Legend = o.tiles()
	for _, t := range o.themes {
		v.Heads = append(v.Heads, Link{t.Names.In(f.Lang), f.URL("/themes/" + t.ID)})
	}
	for _, state := range o.hosts() {
		v.Rows = append(v.Rows, o.row(state))
	}
	return overviewPage.Show(w, f, v)
}

// hosts are the States with projects, by their names.
func (o overviewing) hosts() []string {
	var list []string
	for state := range o.states {
		list = append(list, state)
	}
	slices.SortFunc(list, func(a, b string) int { return o.Compare(o.state(a), o.state(b)) })
	return list
}

func (o overviewing) state(id string) string { return o.names.Name(id, "", o.Lang) }

// opens is the address of the projects behind a figure.
func (o overviewing) opens(state, theme string) string {
	q := url.Values{}
	for name, value := range map[string]string{"state": state, "theme": theme, "stage": o.group} {
		if value != "" && value != "all" {
			q.Set(name, value)
		}
	}
	return o.URL("/assistance/projects?" + q.Encode())
}

func (o overviewing) row(state string) OverviewRow {
	row := OverviewRow{State: Link{o.state(state), o.URL("/assistance/territory/" + state)}}
	for _, t := range o.themes {
		n := o.cells[crossing{state, t.ID}]
		row.Cells = append(row.Cells, o.cell(n, o.opens(state, t.ID), o.state(state)+", "+t.Names.In(o.Lang)))
	}
	row.Total = o.cell(o.states[state], o.opens(state, ""), o.state(state))
	return row
}

func (o overviewing) cell(n int, url, of string) OverviewCell {
	if n == 0 {
		return OverviewCell{}
	}
	return OverviewCell{o.Number(n), url, o.T("overview.cell", "of", of, "n", n)}
}

// tiles are all States on the map, and what their shades mean.
func (o overviewing) tiles() (tiles []Tile, legend []Shade) {
	most := 0
	for _, n := range o.states {
		most = max(most, n)
	}
	bounds := shades(most)
	for _, e := range o.names.List(directory.Filter{Lang: o.Lang}) {
		at, ok := mapPlaces[e.ID]
		if !ok {
			continue
		}
		n := o.states[e.ID]
		tile := Tile{Code: e.ID, Name: o.T("overview.cell", "of", o.state(e.ID), "n", n), X: at[0], Y: at[1], URL: o.URL("/assistance/territory/" + e.ID)}
		for i, bound := range bounds {
			if n >= bound {
				tile.Shade, tile.N = i+1, o.Number(n)
			}
		}
		tiles = append(tiles, tile)
	}
	for i, bound := range bounds {
		text := o.T("overview.from", "n", bound)
		if i < len(bounds)-1 {
			text = o.T("overview.between", "from", bound, "to", bounds[i+1]-1)
			if bound == bounds[i+1]-1 {
				text = o.Number(bound)
			}
		}
		legend = append(legend, Shade{i + 1, text})
	}
	return tiles, legend
}

// shades are the least figures of up to four shades, for figures up to most.
func shades(most int) []int {
	if most == 0 {
		return nil
	}
	list := []int{1}
	for _, part := range []int{10, 4, 2} {
		if n := (most + part - 1) / part; n > list[len(list)-1] {
			list = append(list, n)
		}
	}
	return list
}

// overviewSheet is the matrix.
func overviewSheet(p *helping) (listSheet, error) {
	o, err := p.overviewing()
	if err != nil {
		return listSheet{}, err
	}
	heads := texts("assistance.field.state")
	for _, t := range o.themes {
		heads = append(heads, sheet.Column{ID: t.ID, Names: t.Names, Kind: sheet.Whole})
	}
	return listSheet{"overview", p.T("overview.title"), append(heads, column("overview.total", sheet.Whole)), func(assistance.Place) (rows [][]string, more assistance.Place, err error) {
		for _, state := range o.hosts() {
			row := []string{o.state(state)}
			for _, t := range o.themes {
				row = append(row, strconv.Itoa(o.cells[crossing{state, t.ID}]))
			}
			rows = append(rows, append(row, strconv.Itoa(o.states[state])))
		}
		return rows, more, nil
	}}, nil
}
