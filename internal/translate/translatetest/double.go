// Package translatetest stands in for a translation service in tests: a real HTTP server
// on this machine that speaks its API, remembers what it was given, and misbehaves where a
// test asks it to.
package translatetest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/translate"
)

// Double is the service. It translates "one" from German into English as "EN one".
type Double struct {
	*httptest.Server
	mu    sync.Mutex
	given []string
	times int
	do    func(w http.ResponseWriter, r *http.Request, q []string) bool
}

// Key is the api_key that it wants.
const Key = "sesame"

// Serve starts one for the time of a test.
func Serve(t testing.TB) *Double {
	t.Helper()
	d := &Double{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /languages", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, []map[string]any{
			{"code": "de", "name": "German", "targets": []string{"en", "ru", "it"}}, {"code": "it", "name": "Italian", "targets": []string{"de", "en"}}, {"code": "en", "name": "English", "targets": []string{"de"}},
		})
	})
	mux.HandleFunc("POST /translate", d.translate)
	d.Server = httptest.NewServer(mux)
	t.Cleanup(d.Close)
	return d
}

// Service is POLIS's side of it, which may be given what is written up to a level.
func (d *Double) Service(t testing.TB, highest access.Level) *translate.Service {
	t.Helper()
	s, err := translate.New(translate.Options{Address: d.URL, Key: Key, Name: "Double", Highest: highest, Patience: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Do has it answer otherwise: do says whether it has answered.
func (d *Double) Do(do func(w http.ResponseWriter, r *http.Request, q []string) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.do = do
}

// Given is all that it was given to translate, and Times how often.
func (d *Double) Given() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.given, "\n")
}

// Times is how often it was asked to translate.
func (d *Double) Times() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.times
}

func (d *Double) translate(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Q                      []string
		Source, Target, Format string
		Key                    string `json:"api_key"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Format != "text" || asked.Key != Key || !slices.Contains([]string{"de", "it", "en"}, asked.Source) {
		answer(w, http.StatusBadRequest, map[string]string{"error": "Invalid request"})
		return
	}
	d.mu.Lock()
	d.given, d.times = append(d.given, asked.Q...), d.times+1
	do := d.do
	d.mu.Unlock()
	if do != nil && do(w, r, asked.Q) {
		return
	}
	texts := make([]string, len(asked.Q))
	for i, q := range asked.Q {
		texts[i] = strings.ToUpper(asked.Target) + " " + q
	}
	Answer(w, texts)
}

// Answer is an answer as the service gives it.
func Answer(w http.ResponseWriter, texts []string) {
	answer(w, http.StatusOK, map[string]any{"translatedText": texts})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who asked has gone
}
