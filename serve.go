package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/api"
	"polis/internal/assistance"
	"polis/internal/community/discussion"
	"polis/internal/community/event"
	"polis/internal/community/forum"
	"polis/internal/community/notice"
	"polis/internal/community/roster"
	"polis/internal/inbox"
	"polis/internal/job"
	"polis/internal/library"
	"polis/internal/mail"
	"polis/internal/oai"
	"polis/internal/search"
	"polis/internal/thesaurus"
	"polis/internal/translate"
	"polis/internal/usage"
	"polis/internal/web"
)

// serveCommand serves an installation.
type serveCommand struct {
	place `embed:""`
	faces `embed:""`
}

// faces are how POLIS is reached.
type faces struct {
	Listen      string `help:"Address and port on which the pages and the API are served." default:"127.0.0.1:8080" env:"POLIS_LISTEN" placeholder:"ADDR"`
	Origin      string `help:"Where readers find the pages: links in letters begin with it. Not given: http://localhost and the port." env:"POLIS_ORIGIN" placeholder:"https://…"`
	HTTPS       bool   `name:"https" help:"Readers reach POLIS over https://, through a proxy in front of it: the session cookie then never travels without encryption." env:"POLIS_HTTPS"`
	Metrics     string `help:"Address and port on which Prometheus finds the metrics, for the internal network only. Not given: nowhere." env:"POLIS_METRICS" placeholder:"ADDR"`
	Workers     int    `help:"How many files are read at the same time in the background." default:"1" env:"POLIS_WORKERS" placeholder:"N"`
	shield      `embed:""`
	incoming    `embed:""`
	translating `embed:""`
	LogLevel    slog.Level `help:"Least important lines to log: debug, info, warn or error." default:"info" env:"POLIS_LOG_LEVEL" placeholder:"LEVEL"`
}

func (s serveCommand) Help() string {
	return `The first start makes the data directory and everything in it. One process serves a data directory at a time.

SIGTERM or Ctrl-C lets the requests under way finish for a moment, stops background work at its last mark, and ends within five seconds. /health answers 200 while the process lives, /ready while the database and the file storage answer and the search index is up to date.`
}

// Run serves until the context ends.
func (s serveCommand) Run(ctx context.Context, c *console) error {
	return s.faces.serve(ctx, c, s.place)
}

func (f faces) serve(ctx context.Context, c *console, p place) error {
	if _, err := f.machine(); err != nil {
		return err
	}
	if err := errors.Join(f.check(), f.checkInbox()); err != nil {
		return err
	}
	release, err := p.lock("stop it first, or name another directory with --data")
	if err != nil {
		return err
	}
	defer release()
	listener, err := net.Listen("tcp", f.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", f.Listen, err)
	}
	defer listener.Close()
	running, err := f.start(ctx, c, p, listener)
	switch {
	case err != nil && ctx.Err() != nil: // stopped while it was starting
		return nil
	case err != nil:
		return err
	}
	c.say("POLIS serves %s at %s://%s/", p.Data, f.scheme(), listener.Addr())
	select {
	case <-ctx.Done():
	case err = <-running.failed:
	}
	if err = errors.Join(err, running.stop()); err != nil {
		running.log.Error("serve", "err", err)
		return errTold
	}
	return nil
}

// running is a POLIS that serves.
type running struct {
	*system
	post    *mail.Post
	usage   *usage.Counter
	server  *http.Server
	metrics *http.Server       // nil where there are none
	plain   *http.Server       // leads from http to https, or nil
	mail    *inbox.Listener    // takes mail in, or nil
	machine *translate.Service // translates posts, or nil
	cut     context.CancelFunc // ends the requests under way
	rest    context.CancelFunc // ends the background work
	work    sync.WaitGroup
	failed  chan error
}

// How long a stop takes: drain is for the requests under way, end for all of
// it, whatever hangs.
const (
	drain = 2 * time.Second
	end   = 4 * time.Second
)

// start opens everything and begins to serve on the listener.
func (f faces) start(ctx context.Context, c *console, p place, listener net.Listener) (*running, error) {
	counts := newCounts()
	log := c.log(f.LogLevel)
	origin, err := f.origin(listener.Addr())
	if err != nil {
		return nil, err
	}
	sys, err := f.open(ctx, p, log)
	if err != nil {
		return nil, err
	}
	r := &running{system: sys, post: account.Post(sys.db, sys.keys, origin, log), usage: &usage.Counter{DB: sys.db, Log: log}, failed: make(chan error, 4)}
	r.post.Finish = sys.watch().Finish((&assistance.Assistance{DB: sys.db}).Finish(sys.inbox.Finish(r.post.Finish)))
	notices := sys.notices(log)
	r.post.Finish = (&forum.Forum{DB: sys.db}).Finish((&discussion.Discussion{DB: sys.db}).Finish(notices.Finish(r.post.Finish)))
	r.post.Finish = (&roster.Roster{DB: sys.db}).Finish(r.post.Finish)
	r.post.Finish = (&event.Events{DB: sys.db}).Finish(r.post.Finish)
	r.work.Go(func() { sys.warm(ctx) })
	if err := r.exposeMetrics(ctx, c, f.Metrics, counts); err != nil {
		return nil, errors.Join(err, sys.close())
	}
	if r.machine, err = f.machine(); err != nil {
		return nil, errors.Join(err, sys.close())
	}
	r.server = r.routes(f, counts)
	if err := r.encrypt(f); err != nil {
		return nil, errors.Join(err, sys.close())
	}
	if err := r.redirect(ctx, c, f, listener.Addr()); err != nil {
		return nil, errors.Join(err, sys.close())
	}
	if err := r.takeMail(ctx, c, f.incoming); err != nil {
		return nil, errors.Join(err, sys.close())
	}
	var requests, background context.Context
	requests, r.cut = context.WithCancel(context.WithoutCancel(ctx))
	background, r.rest = context.WithCancel(context.WithoutCancel(ctx))
	r.server.BaseContext = func(net.Listener) context.Context { return requests }
	r.work.Go(func() { sys.library.Follow(background, sys.index, log) })
	r.work.Go(func() { sys.library.Speak(background, sys.words, log) })
	r.work.Go(func() { settle(background) })
	r.work.Go(func() { notices.Follow(background) })
	r.work.Go(func() { r.post.Work(background) })
	r.work.Go(func() { r.usage.Work(background) })
	for range max(f.Workers, 0) {
		r.work.Go(func() { sys.jobs.Work(background) })
	}
	go func() { r.failed <- ended(r.serve(listener)) }()
	log.Info("serving", "version", version(), "address", listener.Addr().String(), "tables", sys.db.Engine(), "files", sys.files.String(), "event", sys.db.Seq())
	return r, nil
}

// encrypt prepares the server for https, where there is a certificate.
func (r *running) encrypt(f faces) error {
	if !f.encrypted() {
		return nil
	}
	c, err := newCertificate(f.TLSCert, f.TLSKey, r.log)
	if err != nil {
		return err
	}
	r.server.TLSConfig = c.config()
	return nil
}

func (r *running) serve(listener net.Listener) error {
	if r.server.TLSConfig != nil {
		return r.server.ServeTLS(listener, "", "")
	}
	return r.server.Serve(listener)
}

// warm asks for what every first page asks for, while the rest is being opened:
// the index reads its columns with the first question.
func (s *system) warm(ctx context.Context) {
	_, _ = s.index.Search(ctx, access.Scope{}, search.Query{Lang: "en", Facets: true, Group: true}) // the page says what is wrong
}

// settled is when the start is over, as far as memory goes.
const settled = 2 * time.Second

// settle gives back what the start needed and nothing else does.
func settle(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(settled):
		giveBack()
	}
}

// routes wires the faces: this is the one place where a room gets its address.
func (r *running) routes(f faces, counts *counts) *http.Server {
	rooms := &web.House{DB: r.db, Usage: r.usage, Keys: r.keys, Library: r.library, Index: r.index, Lexicon: r.words, Jobs: r.jobs, Personal: r.keeper(), Ready: r.ready, Post: r.post, Inbox: r.inbox, Outgoing: f.outgoing(), Machine: r.machine, Sessions: newSessions(r.db, f.HTTPS || f.encrypted())}
	site := rooms.Open(web.Options{Origin: r.post.Origin, Version: version(), Log: r.log, Served: counts.add, HTTPS: f.HTTPS || f.encrypted(), Proxies: f.Proxies, Rates: f.rates(), Contact: f.SecurityContact})
	programs := &api.API{
		DB: r.db, Keys: r.keys, Library: r.library, Index: r.index, Version: version(), Log: r.log,
		Who: func(r *http.Request) access.Subject { return web.ReaderOf(r).Subject },
	}
	site.Mount(api.Base+"/", programs.Handler())
	site.Mount(oai.Path, &oai.Provider{Library: r.library, Keys: r.keys, Origin: r.post.Origin, Who: programs.Who, Mail: r.keeperAddress, Log: r.log})
	server := site.Server("")
	server.Handler = r.healthBeside(site)
	return server
}

// ended drops the error with which a server reports that it was told to stop.
func ended(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// stop lets requests finish, stops background work, and closes the stores. What
// was acknowledged is on the disk already, so where something hangs, the
// process may end without it.
func (r *running) stop() error {
	r.log.Info("stopping")
	late := time.AfterFunc(end, func() {
		r.log.Warn("stopped without waiting any longer")
		os.Exit(0)
	})
	defer late.Stop()
	r.rest()
	patience, done := context.WithTimeout(context.Background(), drain)
	defer done()
	if r.mail != nil {
		r.work.Go(func() { r.mail.Shutdown(patience) })
	}
	if err := r.server.Shutdown(patience); err != nil {
		r.cut()
		r.server.Close()
	}
	r.cut()
	for _, beside := range []*http.Server{r.metrics, r.plain} {
		if beside != nil {
			beside.Close()
		}
	}
	r.work.Wait()
	rest, done := context.WithTimeout(context.Background(), time.Second)
	defer done()
	err := errors.Join(r.usage.Flush(rest), r.system.close())
	r.log.Info("stopped")
	return err
}

// queue is the runner with every kind of background work.
func (h *house) queue(log *slog.Logger, harvester *oai.Harvester) *job.Runner {
	kinds := h.library.Handlers()
	maps.Copy(kinds, harvester.Handlers())
	kinds[thesaurus.ImportJob] = thesaurus.Importer(h.db, h.openSum, h.subject)
	kinds[assistance.ImportJob] = (&assistance.Activities{
		Assistance: &assistance.Assistance{DB: h.db}, Files: h.files, Rest: time.Minute, Needs: h.library.Needs,
	}).Importer
	kinds[inbox.ReadJob] = h.inbox.Reader
	r := job.NewRunner(h.db, log, kinds)
	harvester.Enrol(r)
	r.Every("log.checkpoint", time.Hour, h.signLog)
	r.Every(account.ReviewJob, account.ReviewEvery, account.Reviewer(h.db, account.RemindByMail))
	r.Every(account.SpellJob, account.SpellEvery, account.Speller(h.db))
	r.Every(library.ProposeJob, library.ProposeEvery, h.library.Proposer)
	r.Every(library.TwinJob, library.TwinEvery, h.library.TwinSeeker)
	r.Every(library.LearnJob, library.LearnEvery, h.library.Learner(h.words))
	r.Every(assistance.ExpireJob, assistance.ExpireEvery, (&assistance.Assistance{DB: h.db}).Expirer)
	r.Every(assistance.RemindJob, assistance.RemindEvery, (&assistance.Assistance{DB: h.db}).Reminder)
	r.Every(event.UpkeepJob, event.UpkeepEvery, (&event.Events{DB: h.db}).Upkeep)
	r.Every(roster.RemindJob, roster.RemindEvery, (&roster.Roster{DB: h.db}).Reminder)
	r.Every(forum.RemindJob, forum.RemindEvery, (&forum.Forum{DB: h.db}).Reminder)
	r.Every(notice.DigestJob, notice.DigestEvery, h.notices(log).Digester)
	r.Every(notice.AnnounceJob, notice.AnnounceEvery, h.notices(log).Announcer)
	r.Every(notice.QuestionJob, notice.QuestionEvery, h.notices(log).Questioner)
	r.Every(discussion.ScanJob, discussion.ScanEvery, (&discussion.Discussion{DB: h.db, Files: h.files, Scanner: h.library.Scanner}).Scanning)
	r.Every(discussion.RemindJob, discussion.RemindEvery, (&discussion.Discussion{DB: h.db}).Reminder)
	r.Every(discussion.PollJob, discussion.PollEvery, (&discussion.Discussion{DB: h.db}).SettlePolls)
	r.Every(usage.SettleJob, usage.SettleEvery, usage.Settler(h.db))
	r.Every(inbox.SweepJob, inbox.SweepEvery, h.inbox.Sweeper)
	h.keeper().Enrol(r)
	return r
}
