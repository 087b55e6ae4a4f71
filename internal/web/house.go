package web

import (
	"context"
	"net/http"

	"github.com/alexedwards/scs/v2"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/inbox"
	"polis/internal/job"
	"polis/internal/keyring"
	"polis/internal/lexicon"
	"polis/internal/library"
	"polis/internal/mail"
	"polis/internal/personal"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/thesaurus"
	"polis/internal/translate"
	"polis/internal/usage"
)

// House is what the pages need from the rooms below.
type House struct {
	DB       *store.DB
	Library  *library.Library
	Index    *search.Index
	Lexicon  *lexicon.Lexicon // nil: one of its own
	Jobs     *job.Runner
	Sessions *scs.SessionManager
	Keys     *keyring.Ring
	Post     *mail.Post                                           // nil: letters wait for another process that sends them
	Personal *personal.Keeper                                     // nil: one that keeps no list beside the tables
	Ready    func(context.Context) error                          // says in a sentence what is still missing; nil: nobody asks
	Inbox    *inbox.Box                                           // mail that comes in; nil: none does
	Usage    *usage.Counter                                       // counts how often documents are read; nil: nobody does
	Misses   func(ctx context.Context, limit int) ([]Miss, error) // what people look for and do not find; nil: nobody counts it
	Machine  *translate.Service                                   // translates posts; nil: none does
	Outgoing *http.Client                                         // by which sign-in providers are asked; nil: none can be

	site      *Site
	providers *account.Providers
	labels    thesaurus.Wordlist
	suggested suggested
	missing   missing
}

// Open makes the site with the pages of every room.
func (h *House) Open(opts Options) *Site {
	opts.Reader = h.whoAsks
	opts.Session = h.Sessions.LoadAndSave
	opts.Generation = h.generation
	if h.Misses == nil {
		h.Misses = h.missed
	}
	if h.Lexicon == nil {
		h.Lexicon = lexicon.New(h.DB, h.Library.Files)
	}
	h.site = New(opts)
	h.site.counter = h.Usage
	for _, rooms := range []func(){
		h.openHome, h.openSearch, h.openSuggest, h.openMisses, h.openUsage, h.openSearches, h.openAdvanced, h.openCitations, h.openSitemap, h.openReading, h.openThemes, h.openFramework, h.openDirectory,
		h.openSignIn, h.openProviders, h.openJoining, h.openAdmin, h.openLog, h.openPeople, h.openUpload, h.openIntake, h.openEditing, h.openLowering, h.openTokens,
		h.openPersonal, h.openRetention, h.openQuarantine, h.openStorage, h.openHealth, h.openWithdraw, h.openSources, h.openDictionaries, h.openThesaurus, h.openCollections, h.openBulk, h.openTwins, h.openTongues, h.openAssistance, h.openOverview, h.openDesk, h.openTopics, h.openNotices, h.openAnnouncements, h.openIssues, h.openEvents, h.openInbox, h.openExperts,
	} {
		rooms()
	}
	return h.site
}

// generation moves when a record or the index has changed: what was shown
// before may not be true any more.
func (h *House) generation() int64 {
	at, err := h.Index.Seq()
	if err != nil {
		return -1
	}
	return h.DB.Content() + at
}

// scope is what the sender of the request may read.
func scope(r *http.Request) access.Scope { return ReaderOf(r).Scope() }
