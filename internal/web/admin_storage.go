package web

import (
	"errors"
	"net/http"

	"polis/internal/personal"
	"polis/internal/store"
)

// StorageView says what lies where and how much room is left.
type StorageView struct {
	Facts []Fact
	Idle  string // what nothing refers to, in words
	Sweep string // address that removes it, or ""
}

var storagePage = newPage("admin-storage", StorageView{
	Facts: []Fact{{"Files", []Link{{"1,204", ""}}}}, Idle: "3 files of 1.2 MB to which nothing refers", Sweep: "/en/admin/storage/sweep",
})

var noticeSwept = newNotice("admin.storage.swept")

func (h *House) openStorage() {
	h.site.Handle("GET /admin/storage", h.operates(h.storage))
	h.site.Handle("POST /admin/storage/sweep", h.operates(h.proven(h.sweepFiles)))
}

func (h *House) storage(w http.ResponseWriter, r *http.Request) error {
	stored, err := h.Library.Stored(r.Context(), nil)
	if err != nil {
		return err
	}
	tables, err := h.DB.Size(r.Context())
	if err != nil {
		return err
	}
	index, err := h.Index.Size()
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Title, f.Crumbs = f.T("admin.storage.title"), []Link{{f.T("admin.title"), f.URL("/admin")}}
	fact := func(key, value string) Fact { return Fact{f.T("admin.storage." + key), []Link{{value, ""}}} }
	v := StorageView{
		Facts: []Fact{
			fact("files", f.Number(stored.Files)), fact("bytes", f.Size(stored.Bytes)),
			fact("tables", f.Size(tables)), fact("index", f.Size(index)),
		},
		Idle: f.T("admin.storage.idle", "n", stored.IdleFiles, "size", f.Size(stored.IdleBytes)),
	}
	if free, ok := h.Library.Files.Free(); ok {
		v.Facts = append(v.Facts, fact("free", f.Size(free)))
	}
	if stored.IdleFiles > 0 {
		v.Sweep = f.URL("/admin/storage/sweep")
	}
	return storagePage.Show(w, f, v)
}

// sweepFiles brings the daily sweep forward; where no timetable runs it sweeps
// here and now.
func (h *House) sweepFiles(w http.ResponseWriter, r *http.Request) error {
	err := h.Jobs.Now(r.Context(), personal.SweepJob)
	if errors.Is(err, store.ErrNotFound) {
		err = h.keeper().Sweep(r.Context(), nil)
	}
	if err != nil {
		return running(err)
	}
	return h.site.Frame(r).Redirect(w, "/admin/storage", noticeSwept, 0)
}
