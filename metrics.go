package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"polis/internal/access"
	"polis/internal/store"
)

// counts are the metrics of requests.
type counts struct {
	requests *prometheus.HistogramVec
}

func newCounts() *counts {
	return &counts{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "polis_request_seconds", Help: "Requests by route and status, and how long they took.",
		Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10},
	}, []string{"route", "status"})}
}

// add counts a request that was answered: the site tells it the same as its log,
// so the two never say different things.
func (c *counts) add(route string, status int, took time.Duration) {
	c.requests.WithLabelValues(cmp.Or(route, "none"), strconv.Itoa(status)).Observe(took.Seconds())
}

// exposeMetrics serves the metrics on an address of their own, "" for nowhere.
func (r *running) exposeMetrics(ctx context.Context, c *console, addr string, counts *counts) error {
	if addr == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s for metrics: %w", addr, err)
	}
	all := prometheus.NewRegistry()
	all.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), counts.requests, state{r.system})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(all, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(r.log.Handler(), slog.LevelWarn)}))
	r.metrics = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { r.failed <- ended(r.metrics.Serve(listener)) }()
	c.say("Metrics at http://%s/metrics", listener.Addr())
	return nil
}

// state reads the state of the system when Prometheus asks for it.
type state struct{ *system }

var (
	logEvents    = prometheus.NewDesc("polis_log_events", "Number of the newest event in the log.", nil, nil)
	indexEvents  = prometheus.NewDesc("polis_index_events", "Number of the last event in the search index.", nil, nil)
	indexBehind  = prometheus.NewDesc("polis_index_behind_events", "Events that the search index has yet to take in.", nil, nil)
	indexEntries = prometheus.NewDesc("polis_index_entries", "Language versions in the search index.", nil, nil)
	jobs         = prometheus.NewDesc("polis_jobs", "Background jobs by stage.", []string{"stage"}, nil)
	mails        = prometheus.NewDesc("polis_inbox_messages", "Messages that came by mail, by stage: of those that are done with, for a month.", []string{"stage"}, nil)
	intakes      = prometheus.NewDesc("polis_intake_files", "Files that have arrived, by stage.", []string{"stage"}, nil)
)

// Describe names the metrics.
func (s state) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{logEvents, indexEvents, indexBehind, indexEntries, jobs, mails, intakes} {
		to <- d
	}
}

// Collect reads them. What cannot be read is left out, and noted in the log.
func (s state) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	note := func(what string, err error) bool {
		if err != nil {
			s.log.Warn("metrics", "of", what, "err", err)
		}
		return err == nil
	}
	end, err := s.db.Refresh(ctx)
	at, err2 := s.index.Seq()
	if note("log", err) && note("index", err2) {
		gauge(logEvents, float64(end))
		gauge(indexEvents, float64(at))
		gauge(indexBehind, float64(max(s.db.Content()-at, 0)))
	}
	if n, err := s.index.Count(); note("index", err) {
		gauge(indexEntries, float64(n))
	}
	if stages, err := jobStages(ctx, s.db); note("jobs", err) {
		for _, j := range stages {
			gauge(jobs, float64(j.N), j.Stage)
		}
	}
	if stages, err := s.library.Stages(ctx, access.System("metrics"), ""); note("intake", err) {
		for stage, n := range stages {
			gauge(intakes, float64(n), string(stage))
		}
	}
	if stages, err := s.inbox.Counts(ctx); note("inbox", err) {
		for stage, n := range stages {
			gauge(mails, float64(n), string(stage))
		}
	}
}

type stageCount struct {
	Stage string
	N     int64
}

func jobStages(ctx context.Context, db *store.DB) ([]stageCount, error) {
	return store.List[stageCount](ctx, db, store.Everything("metrics"),
		"SELECT stage, COUNT(*) AS n FROM job WHERE {scope} AND every = 0 GROUP BY stage")
}
