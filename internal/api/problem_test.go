package api_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"polis/internal/api"
	"polis/internal/store/storetest"
)

// What goes wrong on our side is told to the log, and to nobody who asks.
func TestWhatGoesWrongHereIsNotToldToTheCaller(t *testing.T) {
	db := storetest.SQLite(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	h := (&api.API{DB: db, Version: "test", Who: whoAsks, Log: slog.New(slog.NewTextHandler(&log, nil))}).Handler()
	for _, path := range []string{"/projects", "/projects/1", "/requests", "/lessons", "/mandates", "/evaluations", "/directory"} {
		log.Reset()
		r := httptest.NewRequest(http.MethodGet, api.Base+path, nil)
		r.Header.Set("As", "desk")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if body := w.Body.String(); w.Code != http.StatusInternalServerError || strings.Contains(body, "sql") || strings.Contains(body, "closed") {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
		if !strings.Contains(log.String(), "closed") {
			t.Errorf("%s: the log says %q", path, log.String())
		}
	}
}
