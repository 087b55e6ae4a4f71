package web

import (
	"bytes"
	"container/list"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"polis/internal/usage"
)

// shelf keeps pages as anonymous readers saw them, compressed, until what they
// show may have changed. A request that brings a cookie or an Authorization
// header neither reads nor feeds it, so nothing of a signed-in reader's can ever
// lie there; nor can an error or a page that sets a cookie.
type shelf struct {
	generation func() int64
	limit      int64 // bytes

	mu    sync.Mutex
	bytes int64
	pages map[string]*list.Element
	order *list.List // of *keptPage, the last used in front
}

// keptPage is a page ready to be sent.
type keptPage struct {
	key        string
	generation int64
	until      time.Time
	lang       string
	tag        string      // entity tag, quoted
	link       string      // Link header, or ""
	body       []byte      // gzip
	uses       []usage.Use // what is counted when it is sent
}

const (
	// shelfLife bounds how long "today" on a page can be yesterday.
	shelfLife = time.Minute
	// longestQuery is how many bytes of query a kept address may have.
	longestQuery = 512
	// pageOverhead is what a kept page costs beside its body and key.
	pageOverhead = 400
)

func newShelf(limit int64, generation func() int64) *shelf {
	return &shelf{generation: generation, limit: limit, pages: map[string]*list.Element{}, order: list.New()}
}

// around answers from the shelf where it can, and else keeps what is answered.
func (s *shelf) around(next http.Handler) http.Handler {
	if s.generation == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) ||
			bringsIdentity(r) || formatWanted(r) != "" || len(r.URL.RawQuery) > longestQuery {
			next.ServeHTTP(w, r)
			return
		}
		v := visitOf(r)
		key, now := string(v.lang)+v.path+"?"+r.URL.RawQuery, s.generation()
		if now < 0 { // nobody knows what is current
			next.ServeHTTP(w, r)
			return
		}
		if page := s.take(key, now); page != nil {
			v.route, v.uses = "kept", page.uses
			page.send(w, r)
			return
		}
		next.ServeHTTP(w, r)
		if v.keep != nil && w.Header().Get("Set-Cookie") == "" {
			v.keep.key, v.keep.generation, v.keep.until = key, now, time.Now().Add(shelfLife)
			s.put(v.keep)
		}
	})
}

// take returns the page if it still shows what is.
func (s *shelf) take(key string, generation int64) *keptPage {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.pages[key]
	if e == nil {
		return nil
	}
	page := e.Value.(*keptPage)
	if page.generation != generation || time.Now().After(page.until) {
		s.drop(e)
		return nil
	}
	s.order.MoveToFront(e)
	return page
}

func (s *shelf) put(page *keptPage) {
	if page.size() > s.limit/8 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.pages[page.key]; e != nil {
		s.drop(e)
	}
	s.pages[page.key] = s.order.PushFront(page)
	s.bytes += page.size()
	for s.bytes > s.limit {
		s.drop(s.order.Back())
	}
}

// drop takes one page away. The lock is held.
func (s *shelf) drop(e *list.Element) {
	page := s.order.Remove(e).(*keptPage)
	delete(s.pages, page.key)
	s.bytes -= page.size()
}

func (p *keptPage) size() int64 { return int64(len(p.body) + len(p.key) + len(p.link) + pageOverhead) }

// send writes the page, or says that the reader's browser has it already.
func (p *keptPage) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Etag", p.tag)
	if strings.Contains(r.Header.Get("If-None-Match"), p.tag) {
		h.Add("Vary", "Accept-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	p.write(w, r, http.StatusOK)
}

// write sends the page as it is, or unpacked to the rare reader without gzip.
func (p *keptPage) write(w http.ResponseWriter, r *http.Request, status int) {
	h, body := w.Header(), p.body
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.lang)
	if p.link != "" {
		h.Set("Link", p.link)
	}
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
	} else {
		h.Set("No-Gzip-Compression", "1") // keep the outer compressor away
		body = unpack(body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader who left needs no answer
}

func unpack(body []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil // we packed it ourselves
	}
	plain, _ := io.ReadAll(z)
	return plain
}
