// Package web is the face of POLIS to people: pages on the server, in six
// languages, that work without script and send nothing to any other host.
//
// A page is three things with one name: a Go file with its handlers and its
// typed view, a template in templates/, and the texts in messages/web.json. The
// page is registered beside its view with newPage, together with a sample, and
// tests then render it in every language, light and dark, at telephone width.
//
//	var documentPage = newPage("document", DocumentView{…sample…})
//
//	func (l libraryPages) document(w http.ResponseWriter, r *http.Request) error {
//		doc, err := l.library.Document(…)
//		if err != nil {
//			return err // an error page; see Fault
//		}
//		f := l.site.Frame(r)
//		f.Title = doc.Title
//		f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
//		return documentPage.Show(w, f, DocumentView{…})
//	}
//
// Around every request stand, from the outside in: number, log and recovery
// (guard.go), language of the address (language.go), kept pages (shelf.go),
// session and reader, protection against foreign forms, the mux.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/personal"
	"polis/internal/usage"
)

// Reader is who reads: the zero Reader is not signed in.
type Reader struct {
	access.Subject
	Name  string     // as she writes it herself
	Lang  lang.Tag   // her language where the address names none, or ""
	Reads []lang.Tag // the languages that she has said she reads, nil where nothing
	Token string     // id of the token with which a program asks for her, or ""
}

// Options are what a Site needs from the rest of the house.
type Options struct {
	// Reader tells who sends the request. It is asked once a request, and only
	// where a cookie or an Authorization header came along. Nil: nobody ever.
	Reader func(*http.Request) (Reader, error)
	// Session wraps the handlers with the sessions' middleware, or is nil.
	Session func(http.Handler) http.Handler
	// Generation changes whenever anything that an anonymous page shows may
	// have changed, and never comes back to an earlier value: the log's last
	// number plus the index's. Below zero, or nil: no page is kept.
	Generation func() int64
	// Shelf is how many bytes of compressed anonymous pages are kept; 0 means 8 MiB.
	Shelf int64
	// Origin is where the site stands, "https://polis.example", for addresses on
	// paper. "" prints the path alone.
	Origin string
	// Proxies are the networks of proxies in front whose X-Forwarded-For is
	// believed; nobody else's is.
	Proxies []netip.Prefix
	// HTTPS says that readers come over https://, whoever unpacks it.
	HTTPS bool
	// Rates bound how much one may ask for; zero: as much as they like.
	Rates Rates
	// Contact is where a security hole is reported: an address of mail or a page.
	// "": /.well-known/security.txt is not there.
	Contact string
	// Version is shown in the footer.
	Version string
	// Log takes one line a request and one an internal error; nil means slog.Default.
	Log *slog.Logger
	// Served hears of every request after its answer: the route's pattern, "kept"
	// for a page from the shelf or "" where none fits, the status and the time
	// that it took. Nil: nobody does.
	Served func(route string, status int, took time.Duration)
}

// Site routes requests to handlers and shows pages. It is an http.Handler.
type Site struct {
	opts    Options
	mux     *http.ServeMux
	shelf   *shelf
	log     *slog.Logger
	handler http.Handler
	places  func() []place
	routes  []string                                       // patterns that answer: a test holds that each is looked at
	periods func(context.Context) (personal.Chosen, error) // nil: the usual ones
	counter *usage.Counter                                 // nil: nothing is counted
	holder  func(Reader) string                            // marks whose the forms on a device are; nil: none are kept

	programRates, costlyRates, cheapRates *rates
}

// New makes a Site with the pages that need no other room: help,
// accessibility, privacy, about, and the assets.
func New(opts Options) *Site {
	if opts.Shelf == 0 {
		opts.Shelf = 8 << 20
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	s := &Site{opts: opts, mux: http.NewServeMux(), shelf: newShelf(opts.Shelf, opts.Generation), log: opts.Log}
	s.programRates, s.costlyRates = newRates("api", opts.Rates.API), newRates("costly", opts.Rates.Costly)
	s.cheapRates = newRates("cheap", cheaper*opts.Rates.Costly)
	s.places = sync.OnceValue(s.findPlaces)
	s.mux.Handle("GET "+assetPath+"{name}", http.HandlerFunc(serveAsset))
	s.mux.Handle("GET /favicon.ico", http.RedirectHandler(assets.path("mark.svg"), http.StatusMovedPermanently))
	s.openSecurityText()
	s.Handle("GET /help", s.help)
	s.Handle("GET /accessibility", s.accessibility)
	s.Handle("GET /privacy", s.privacy)
	s.Handle("GET /about", s.about)
	s.handler = s.chain()
	return s
}

// chain stands the guards around the mux, the first outermost.
func (s *Site) chain() http.Handler {
	inner := http.Handler(http.HandlerFunc(s.dispatch))
	inner = s.refuseForeignForms(inner)
	inner = s.pace(inner)
	inner = s.meet(inner)
	if s.opts.Session != nil {
		inner = s.opts.Session(inner)
	}
	inner = compress(inner)
	inner = s.shelf.around(inner)
	inner = s.speak(inner)
	return s.guard(inner)
}

// compress shrinks what is text and not yet compressed: the API, lists as CSV.
func compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.EnableZstd(false),
		gzhttp.ContentTypes([]string{
			"text/html", "text/xml", "text/plain", "text/csv", "text/css", "text/javascript", "image/svg+xml",
			"application/json", "application/problem+json", "application/xml", "application/jsonl",
			"application/ld+json", "application/atom+xml", "application/linkset+json",
			"application/x-bibtex", "application/x-research-info-systems", "application/vnd.citationstyles.csl+json",
		}),
	)
	if err != nil {
		panic(err) // only a wrong option above can cause it
	}
	return wrap(next)
}

// ServeHTTP answers a request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Handler answers one request. The error it returns becomes the error page, or
// for programs that ask for JSON a problem document; see Fault.
type Handler func(w http.ResponseWriter, r *http.Request) error

// bodyLimit is how much an ordinary form may carry, in bytes.
const bodyLimit = 1 << 20

// Handle registers a handler for a pattern of net/http's mux, without language
// prefix: "GET /library/{id}". The body of its requests is limited to 1 MiB.
func (s *Site) Handle(pattern string, h Handler) { s.register(pattern, s.answer(h, bodyLimit)) }

func (s *Site) register(pattern string, h http.Handler) {
	s.routes = append(s.routes, pattern)
	s.mux.Handle(pattern, h)
}

// HandleUpload is Handle for forms that carry files: limit is the largest body
// in bytes, and the sender has an hour instead of half a minute.
func (s *Site) HandleUpload(pattern string, limit int64, h Handler) {
	s.register(pattern, s.answer(func(w http.ResponseWriter, r *http.Request) error {
		Patient(w, time.Hour)
		return h(w, r)
	}, limit))
}

// Mount registers a handler that answers for itself, errors included: the API.
// Such a handler limits the bodies it reads.
func (s *Site) Mount(pattern string, h http.Handler) { s.register(pattern, h) }

// Server returns an HTTP server for the site with the limits a server on the
// open network needs. Downloads and uploads that take longer use Patient.
func (s *Site) Server(addr string) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// Patient gives one request more time than the server's limits, for a large
// file over a poor line.
func Patient(w http.ResponseWriter, d time.Duration) {
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(d))  // a recorder in a test has no deadlines
	_ = c.SetWriteDeadline(time.Now().Add(d)) // and needs none
}
