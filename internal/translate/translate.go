// Package translate asks a machine outside to translate: a service that speaks the API of
// LibreTranslate (POST /translate, GET /languages), which an operator has named.
//
// No text leaves by accident. What is sent is a Cargo, which nothing but Admit makes, and
// Admit asks two: the group in which the text was written, and the highest level that the
// administrator set for the service. Whatever the service does – it is away, slow, answers
// nonsense or a flood – costs a reader no more than Patience and a sentence.
package translate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/singleflight"

	"polis/internal/access"
	"polis/internal/fetch"
	"polis/internal/lang"
)

// Options say where the service is and what it may be given.
type Options struct {
	Address string       // https://HOST[:PORT][/PATH]
	Key     string       // its api_key, or ""
	Name    string       // as readers know it; "" is the host
	Highest access.Level // of what it may be given, where the group allows it too
	// Patience is how long a reader waits at most; 0 means 12 s.
	Patience time.Duration
}

// Service is a translation service. A nil *Service is none, and takes nothing.
type Service struct {
	Options
	client *http.Client
	turns  chan struct{}
	once   singleflight.Group
	refuse atomic.Int64 // until when nothing is asked, nanoseconds: it did not answer just before

	mu      sync.Mutex
	targets map[string][]string // what it translates into, by what it translates from
	learned time.Time
}

// The bounds of what is sent and taken.
const (
	MaxBytes = 30_000 // of the pieces of one text, together
	maxPiece = 600    // pieces of one text
	limit    = 1 << 20
	patience = 12 * time.Second
	pause    = 20 * time.Second // how long it is left alone after it did not answer
	atOnce   = 4                // texts that are being translated at the same time
	fresh    = time.Hour        // how long it is believed which languages it speaks
)

// The ways in which a text is not translated.
var (
	ErrForbidden   = errors.New("translate: this text does not leave the house")
	ErrUnavailable = errors.New("translate: the service is not available")
	ErrPair        = errors.New("translate: the service does not translate between these languages")
	ErrTooLong     = errors.New("translate: the text is too long for a machine")
	ErrNothing     = errors.New("translate: there is nothing to translate")
)

// New reads where the service is.
func New(o Options) (*Service, error) {
	u, err := url.Parse(o.Address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is no address of a translation service: write https://HOST, and its key beside it", o.Address)
	}
	o.Address = strings.TrimSuffix(u.String(), "/")
	if o.Name = strings.Join(strings.Fields(o.Name), " "); o.Name == "" {
		o.Name = u.Hostname()
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	client := fetch.Client(fetch.Options{Internal: []string{u.Hostname()}, Limit: limit, Time: o.Patience})
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the text goes to the host that was named, and to no other
	return &Service{Options: o, client: client, turns: make(chan struct{}, atOnce)}, nil
}

// Cargo is a text that may leave the house. The zero Cargo may not.
type Cargo struct {
	service  *Service
	texts    []string
	from, to lang.Tag
}

// May reports whether what was written at the level may be given to the service, where
// the group says so or not.
func (s *Service) May(level access.Level, group bool) bool {
	return s != nil && group && level <= s.Highest
}

// Admit lets a text out that was written at the level of a group which allows it, or
// not, and is the only one who does.
func (s *Service) Admit(level access.Level, group bool, from, to lang.Tag, texts []string) (Cargo, error) {
	if !s.May(level, group) {
		return Cargo{}, ErrForbidden
	}
	if !s.Offers(from, to) {
		return Cargo{}, ErrPair
	}
	bytes := 0
	for _, text := range texts {
		bytes += len(text)
	}
	switch {
	case bytes == 0:
		return Cargo{}, ErrNothing
	case bytes > MaxBytes || len(texts) > maxPiece:
		return Cargo{}, ErrTooLong
	}
	return Cargo{s, texts, from, to}, nil
}

// Offers reports whether the service translates from one into the other, as far as it was
// asked already: it is not asked for that.
func (s *Service) Offers(from, to lang.Tag) bool {
	if s == nil || from == to {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.targets == nil || has(s.targets[string(from)], string(to))
}

func has(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}

// Translate asks the service, once, and returns as many texts as were given, in their
// order. It returns within Patience.
func (c Cargo) Translate(ctx context.Context) ([]string, error) {
	s := c.service
	if s == nil {
		return nil, ErrForbidden
	}
	ctx, done := context.WithTimeout(ctx, s.Patience)
	defer done()
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: too many wait for it", ErrUnavailable)
	}
	if err := s.Ready(ctx); err != nil {
		return nil, err
	}
	if !s.Offers(c.from, c.to) {
		return nil, ErrPair
	}
	var answer struct {
		TranslatedText []string `json:"translatedText"`
	}
	err := s.ask(ctx, http.MethodPost, "/translate", map[string]any{
		"q": c.texts, "source": string(c.from), "target": string(c.to), "format": "text", "api_key": s.Key,
	}, &answer)
	if err == nil {
		err = c.check(answer.TranslatedText)
	}
	return answer.TranslatedText, s.heard(err)
}

// Once does for all who come with the same key at the same time what the first of them
// came for. It does not end with her request: others wait for it, and it ends by itself.
func (s *Service) Once(ctx context.Context, key string, do func(context.Context) error) error {
	_, err, _ := s.once.Do(key, func() (any, error) { return nil, do(context.WithoutCancel(ctx)) })
	return err
}

// check finds out whether an answer can be one.
func (c Cargo) check(texts []string) error {
	if len(texts) != len(c.texts) {
		return fmt.Errorf("%w: it answers %d texts for %d", ErrUnavailable, len(texts), len(c.texts))
	}
	for i, text := range texts {
		switch {
		case strings.TrimSpace(text) == "":
			return fmt.Errorf("%w: it answers nothing", ErrUnavailable)
		case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
			return fmt.Errorf("%w: it answers no text", ErrUnavailable)
		case len(text) > 4*len(c.texts[i])+400:
			return fmt.Errorf("%w: it answers far more than it was asked", ErrUnavailable)
		}
	}
	return nil
}

// Ready asks which languages the service speaks, where that was not asked within the hour.
func (s *Service) Ready(ctx context.Context) error {
	if time.Now().UnixNano() < s.refuse.Load() {
		return fmt.Errorf("%w: it did not answer a moment ago", ErrUnavailable)
	}
	s.mu.Lock()
	known := time.Since(s.learned) < fresh
	s.mu.Unlock()
	if known {
		return nil
	}
	var list []struct {
		Code    string   `json:"code"`
		Targets []string `json:"targets"`
	}
	err := s.ask(ctx, http.MethodGet, "/languages", nil, &list)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%w: it speaks no language", ErrUnavailable)
	}
	if err != nil {
		return s.heard(err)
	}
	targets := map[string][]string{}
	for _, l := range list {
		if targets[l.Code] = l.Targets; l.Targets == nil { // older ones name none: each into each
			for _, other := range list {
				targets[l.Code] = append(targets[l.Code], other.Code)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.targets, s.learned = targets, time.Now()
	return nil
}

// heard remembers that the service did not answer.
func (s *Service) heard(err error) error {
	if errors.Is(err, ErrUnavailable) {
		s.refuse.Store(time.Now().Add(pause).UnixNano())
	}
	return err
}

// ask sends one request and reads its answer. Nothing of what was sent is in an error.
func (s *Service) ask(ctx context.Context, method, path string, body, into any) error {
	ctx, done := context.WithTimeout(ctx, s.Patience)
	defer done()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.Address+path, sent)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer answer.Body.Close()
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if answer.StatusCode != http.StatusOK || kind != "application/json" {
		return fmt.Errorf("%w: it answers %d %.50q", ErrUnavailable, answer.StatusCode, kind)
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}
