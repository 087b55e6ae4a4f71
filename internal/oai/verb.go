package oai

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// described are the formats: Dublin Core, which the protocol asks of everybody, and
// MODS, the format in which national libraries exchange descriptions: it keeps the
// titles of the languages apart, says which is the original, and has places for
// symbols, versions, relations and the files. DataCite wants a DOI that our
// documents do not have, and MARC says less of languages at five times the length.
var described = []format{
	{"oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", dcSpace},
	{"mods", modsSchema, modsSpace},
}

func knowsFormat(prefix string) bool {
	return slices.ContainsFunc(described, func(f format) bool { return f.Prefix == prefix })
}

func (p *Provider) identify(q question, a *answer) error {
	first, err := p.Library.FeedBegin(q.ctx, q.scope)
	if err != nil {
		return err
	}
	if first.IsZero() {
		first = time.Now()
	}
	host := hostOf(p.Origin)
	mail := ""
	if p.Mail != nil {
		mail = p.Mail(q.ctx)
	}
	a.Identify = &identity{
		Name: "POLIS, " + host, Base: p.base(), Version: "2.0", Mail: cmp.Or(mail, "postmaster@"+host), Earliest: stamp(first),
		Deleted: "persistent", Granularity: "YYYY-MM-DDThh:mm:ssZ", Compression: "gzip",
	}
	if hostForm.MatchString(host) {
		s := &scheme{}
		s.Is.Xmlns = "http://www.openarchives.org/OAI/2.0/oai-identifier"
		s.Is.Schema = s.Is.Xmlns + " http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"
		s.Is.Scheme, s.Is.Repository, s.Is.Delimiter, s.Is.Sample = "oai", host, ":", p.identifier("01976f2a-1f4e-7000-8000-000000000000")
		a.Identify.Scheme = s
	}
	return nil
}

func (p *Provider) formats(q question, a *answer) error {
	if id, ok := q.args["identifier"]; ok {
		if _, err := p.find(q, id); err != nil {
			return err
		}
	}
	a.Formats = &formatList{described}
	return nil
}

// find reads the document with the identifier, or that it is gone.
func (p *Provider) find(q question, identifier string) (library.Fed, error) {
	none := refuse(idDoesNotExist, "There is no record with this identifier, or you may not see it.")
	id, ok := p.document(identifier)
	if !ok {
		return library.Fed{}, none
	}
	fed, err := p.Library.FedOne(q.ctx, q.scope, id)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrText) {
		return library.Fed{}, none
	}
	return fed, err
}

// sets lists the themes with their sub-themes, and the types: they are the
// Framework's, whatever the library holds.
func (p *Provider) sets(q question, a *answer) error {
	if _, ok := q.args["resumptionToken"]; ok {
		return refuse(badResumptionToken, "The sets are one list without tokens.")
	}
	a.Sets = &setList{[]set{{Spec: library.ThemeSet, Name: "Documents with a theme"}}}
	add := func(spec string, names lang.Names) {
		about := dublinCore{}
		about.open()
		for _, t := range lang.All {
			about.add("title", t, names[t])
		}
		a.Sets.Sets = append(a.Sets.Sets, set{spec, names.In("en"), &setAbout{about}})
	}
	for _, theme := range framework.Themes() {
		for _, t := range append([]framework.Term{theme}, theme.Narrower...) {
			add(library.ThemeSet+":"+strings.ReplaceAll(t.ID, "/", ":"), t.Names)
		}
	}
	a.Sets.Sets = append(a.Sets.Sets, set{Spec: library.TypeSet, Name: "Documents with a type"})
	for _, t := range framework.Types() {
		add(library.TypeSet+":"+t.ID, t.Names)
	}
	return nil
}

func (p *Provider) record(q question, a *answer) error {
	fed, err := p.find(q, q.args["identifier"])
	if err != nil {
		return err
	}
	if !knowsFormat(q.args["metadataPrefix"]) {
		return refuse(cannotDisseminateFormat, "The formats are oai_dc and mods.")
	}
	write, err := p.writer(q.ctx, q.args["metadataPrefix"])
	if err != nil {
		return err
	}
	a.GetRecord = &list{Records: []record{write(fed)}}
	return nil
}

// writer returns what makes a record of a document.
func (p *Provider) writer(ctx context.Context, prefix string) (func(library.Fed) record, error) {
	names, err := directory.Names(ctx, p.Library.DB)
	if err != nil {
		return nil, err
	}
	w := writer{p, names}
	return func(fed library.Fed) record {
		r := record{Header: p.header(fed)}
		if fed.Gone {
			return r
		}
		if prefix == "mods" {
			r.Metadata = &metadata{w.mods(fed)}
		} else {
			r.Metadata = &metadata{w.dublinCore(fed)}
		}
		r.About = provenance(fed.From)
		return r
	}, nil
}

// writer writes documents, with the names of where they come from.
type writer struct {
	*Provider
	names *directory.Snapshot
}

func (p *Provider) header(fed library.Fed) header {
	h := header{Identifier: p.identifier(fed.ID), Stamp: stamp(fed.Stamp), Sets: fed.Sets}
	if fed.Gone {
		h.Status = "deleted"
	}
	return h
}

func provenance(from *library.Provenance) *about {
	if from == nil {
		return nil
	}
	a := &about{}
	a.Provenance.Xmlns = provenanceNS
	a.Provenance.Schema = provenanceNS + " http://www.openarchives.org/OAI/2.0/provenance.xsd"
	o := &a.Provenance.Origin
	o.Harvested, o.Altered, o.Base, o.Identifier, o.Stamp, o.Space = stamp(from.Taken), true, from.URL, from.Identifier, from.Stamp, dcSpace
	return a
}
