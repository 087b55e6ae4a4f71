package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/search"
)

// DirectoryView is a list of the directory: States, structures or
// organisations.
type DirectoryView struct {
	Lead     string
	Rooms    []SortLink // the three lists
	Count    int
	Fields   []Field // of the filter
	All      string  // address without the filter, "" where there is none
	Sections []DirectorySection
	CSV      string // address of the same as CSV
	New      string // address of the form for a new entry, for those who may
	Import   string // address of the CSV import, for those who may
}

// DirectorySection is a heading of the list, with its groups.
type DirectorySection struct {
	ID, Name string
	Groups   []DirectoryGroup
}

// DirectoryGroup is a sub-region or a kind. Its name is "" where the section
// has only one.
type DirectoryGroup struct {
	Name    string
	Entries []DirectoryLine
}

// DirectoryLine leads to an entry.
type DirectoryLine struct {
	Name, URL string
	Short     string // abbreviation, where it has one
	Years     string // "1998–2017", of what has ended
	Note      string // that must stand beside the name
	Documents int    // that came from it
}

var directoryPage = newPage("directory", DirectoryView{
	Lead:   "The participating States under the names by which they call themselves.",
	Rooms:  []SortLink{{"States", "/en/states", true}, {"Structures", "/en/structures", false}},
	Count:  2,
	Fields: []Field{{Name: "q", Label: "Name", Hint: "Or a code", Type: "search"}},
	All:    "/en/states",
	Sections: []DirectorySection{{"closed", "Closed field operations", []DirectoryGroup{{"Central Asia", []DirectoryLine{
		{"OSCE Centre in Tashkent", "/en/directory/centre-tashkent", "CiT", "2000–2006", "A note.", 3},
	}}}}},
	CSV: "/en/states.csv", New: "/en/directory/new", Import: "/en/directory/import",
})

// directoryRoom is one of the lists.
type directoryRoom struct {
	path  string
	key   string // of its messages
	kinds []directory.Kind
}

var directoryRooms = []directoryRoom{
	{"/states", "directory.states", []directory.Kind{directory.State, directory.PartnerState}},
	{"/structures", "directory.structures", []directory.Kind{directory.Body, directory.Unit, directory.Institution, directory.FieldOperation}},
	{"/organisations", "directory.organisations", []directory.Kind{directory.Organisation}},
}

// roomOf is the list in which entries of the kind stand.
func roomOf(k directory.Kind) directoryRoom {
	i := slices.IndexFunc(directoryRooms, func(room directoryRoom) bool { return slices.Contains(room.kinds, k) })
	return directoryRooms[max(i, 0)]
}

func (h *House) openDirectory() {
	for _, room := range directoryRooms {
		h.site.Handle("GET "+room.path, func(w http.ResponseWriter, r *http.Request) error { return h.directory(w, r, room) })
		h.site.Handle("GET "+room.path+".csv", h.site.costly(h.directoryCSV(room.kinds...)))
	}
	h.site.Handle("GET /directory.csv", h.site.costly(h.directoryCSV()))
	h.site.Handle("GET /directory/names", h.directoryNames)
	h.site.Handle("GET /directory/{id}", h.directoryEntry)
	h.site.Handle("GET /directory/{id}/edit", h.editEntry)
	h.site.Handle("POST /directory/{id}/edit", h.saveEntry)
	h.site.Handle("GET /directory/new", h.newEntry)
	h.site.Handle("POST /directory/new", h.saveEntry)
	h.site.Handle("GET /directory/import", h.importForm)
	h.site.HandleUpload("POST /directory/import", importLimit, h.importSheet)
}

// longestFilter is how much of a filter's text counts, in bytes.
const longestFilter = 200

// directoryFilter reads the filter of the address: "q" for a name, "on" for
// a date. on is what was typed, well-formed or not.
func directoryFilter(r *http.Request, kinds []directory.Kind) (f directory.Filter, on string) {
	form := r.URL.Query()
	f = directory.Filter{Kinds: kinds, Text: strings.TrimSpace(form.Get("q")), Lang: LangOf(r)}
	f.Text = strings.ToValidUTF8(f.Text[:min(len(f.Text), longestFilter)], "")
	if on = strings.TrimSpace(form.Get("on")); isDate(on) {
		f.On = on
	}
	return f, on[:min(len(on), len(time.DateOnly))]
}

// isDate reports whether s is a year, a month or a day.
func isDate(s string) bool {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// directory shows one of the lists.
func (h *House) directory(w http.ResponseWriter, r *http.Request, room directoryRoom) error {
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return err
	}
	counts, err := h.counts(r, search.Origin)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	filter, on := directoryFilter(r, room.kinds)
	found := names.List(filter)
	list := directoryList{f, filter.On, counts}
	v := DirectoryView{
		Lead: f.T(room.key + ".lead"), Count: len(found), Fields: f.directoryFields(filter, on), Sections: list.sections(found),
		CSV: f.URL(room.path + ".csv"),
	}
	if filter.Text+on != "" {
		v.All, v.CSV = f.URL(room.path), v.CSV+"?"+url.Values{"q": {filter.Text}, "on": {filter.On}}.Encode()
	}
	for _, other := range directoryRooms {
		v.Rooms = append(v.Rooms, SortLink{f.T(other.key), f.URL(other.path), other.path == room.path})
	}
	if who := ReaderOf(r); who.May(access.EditDirectory, access.Label{}).Allowed {
		v.New = f.URL("/directory/new?kind=" + string(room.kinds[len(room.kinds)-1]))
	}
	if mayImport(r).Allowed {
		v.Import = f.URL("/directory/import")
	}
	f.Title, f.Description = f.T(room.key), v.Lead
	return directoryPage.Show(w, f, v)
}

func (f *Frame) directoryFields(filter directory.Filter, on string) []Field {
	fields := []Field{
		{Name: "q", Label: f.T("directory.search"), Type: "search", Value: filter.Text, Auto: "off"},
		{Name: "on", Label: f.T("directory.filter.on"), Hint: f.T("directory.filter.on-hint"), Value: on, Width: "short", Auto: "off"},
	}
	if on != "" && filter.On == "" {
		fields[1].Error = f.T("directory.error.date")
		f.Errors = []Error{{"on", fields[1].Error}}
	}
	return fields
}

// directoryList puts entries under their headings.
type directoryList struct {
	*Frame
	on     string // names and closures as of this date; "" is today
	counts map[string]int
}

// sections are the kinds; field operations that have ended come last, under a
// heading of their own.
func (l directoryList) sections(entries []directory.Entry) []DirectorySection {
	var list []DirectorySection
	closed := DirectorySection{ID: "closed", Name: l.T("directory.closed-operations")}
	for _, e := range entries {
		section := &closed
		if e.Kind != directory.FieldOperation || !l.ended(e) {
			if n := len(list); n == 0 || list[n-1].ID != string(e.Kind) {
				list = append(list, DirectorySection{ID: string(e.Kind), Name: l.T("directory.kinds." + string(e.Kind))})
			}
			section = &list[len(list)-1]
		}
		section.add(l.group(e), l.line(e))
	}
	if len(closed.Groups) > 0 {
		list = append(list, closed)
	}
	for i := range list {
		list[i].sort(l.Frame)
	}
	return list
}

// ended reports whether the entry has ended by the date of the list.
func (l directoryList) ended(e directory.Entry) bool { return l.on == "" && e.Closed() }

// group is the sub-region of States and field operations.
func (l directoryList) group(e directory.Entry) string {
	if e.SubRegion == "" || !e.Kind.IsState() && e.Kind != directory.FieldOperation {
		return ""
	}
	return l.T("directory.sub-region." + e.SubRegion)
}

func (s *DirectorySection) add(group string, line DirectoryLine) {
	i := slices.IndexFunc(s.Groups, func(g DirectoryGroup) bool { return g.Name == group })
	if i < 0 {
		i = len(s.Groups)
		s.Groups = append(s.Groups, DirectoryGroup{Name: group})
	}
	s.Groups[i].Entries = append(s.Groups[i].Entries, line)
}

// sort puts the sub-regions into their order.
func (s *DirectorySection) sort(f *Frame) {
	order := []string{""}
	for _, region := range directory.SubRegions {
		order = append(order, f.T("directory.sub-region."+region))
	}
	slices.SortStableFunc(s.Groups, func(a, b DirectoryGroup) int {
		return slices.Index(order, a.Name) - slices.Index(order, b.Name)
	})
}

func (l directoryList) line(e directory.Entry) DirectoryLine {
	name := e.Called(l.on)
	line := DirectoryLine{
		Name: name.Long.In(l.Lang), URL: l.URL("/directory/" + url.PathEscape(e.ID)), Short: name.Short[l.Lang],
		Note: name.Note.In(l.Lang), Documents: l.counts[e.ID],
	}
	if l.on != "" {
		line.URL += "?on=" + l.on
	}
	if e.Closed() {
		line.Years = years(e.ValidFrom, e.ValidTo)
	}
	return line
}

// years is a period in years: "1998–2017", "2006".
func years(from, to string) string {
	from, to = from[:min(len(from), 4)], to[:min(len(to), 4)]
	if from == to {
		return from
	}
	return from + "–" + to
}

// directoryCSV answers with the entries of the kinds that the address's filter
// chooses, as the import takes them back.
func (h *House) directoryCSV(kinds ...directory.Kind) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		filter, _ := directoryFilter(r, kinds)
		var out strings.Builder
		if err := directory.ExportCSV(r.Context(), h.DB, scope(r), filter, &out); err != nil {
			return err
		}
		head := w.Header()
		head.Set("Content-Type", "text/csv; charset=utf-8")
		head.Set("Content-Disposition", `attachment; filename="`+strings.TrimPrefix(visitOf(r).path, "/")+`"`)
		head.Set("Cache-Control", "private, no-cache")
		_, _ = w.Write([]byte(out.String())) // a reader who left needs no answer
		return nil
	}
}
