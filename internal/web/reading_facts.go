package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/search"
)

// What stands beside a text: its state, its facts, what it leads to, its files.

func (p *reading) tags() []Tag {
	var list []Tag
	if p.rec.Level > access.Public {
		list = append(list, p.levelTag(p.rec.Label))
	}
	if p.rec.Sample {
		list = append(list, Tag{Plain, p.T("library.sample")})
	}
	if !p.rec.Confirmed {
		list = append(list, Tag{Attention, p.T("library.unconfirmed")})
	}
	if p.ed.Version.OCR {
		list = append(list, Tag{Attention, p.T("library.ocr")})
	}
	if p.ed.Version.Mark != "" {
		list = append(list, Tag{Plain, p.ed.Version.Mark})
	}
	return list
}

// facts are the document's metadata, each value leading to its like.
func (p *reading) facts() []Fact {
	var list []Fact
	add := func(key string, facet search.Facet, values ...string) {
		var links []Link
		for _, v := range values {
			if v == "" {
				continue
			}
			link := Link{Text: p.value(facet, v)}
			if facet != "" {
				link.URL = p.URL("/library?" + string(facet) + "=" + url.QueryEscape(v))
			}
			links = append(links, link)
		}
		if len(links) > 0 {
			list = append(list, Fact{p.T(key), links})
		}
	}
	add("library.field.symbol", "", p.rec.Symbol)
	add("library.facet.type", search.Type, p.rec.Kind)
	add("library.field.date", "", p.PartialDate(p.rec.Dated))
	if p.rec.Origin != "" {
		list = append(list, Fact{p.T("library.facet.origin"), []Link{{p.names.Name(p.rec.Origin, p.rec.Dated, p.Lang), p.URL("/library?origin=" + url.QueryEscape(p.rec.Origin))}}})
	}
	add("library.facet.theme", search.Theme, p.rec.Themes...)
	add("library.facet.line", search.Line, p.rec.Lines...)
	items := slices.DeleteFunc(slices.Clone(p.rec.Items), func(id string) bool { return slices.Contains(p.rec.Lines, id) })
	add("library.facet.item", search.Item, items...)
	add("library.field.keywords", "", strings.Join(p.rec.Keywords[p.ed.Lang], ", "))
	add("library.field.licence", "", p.rec.Licence)
	return list
}

func (p *reading) related() []RelationView {
	var list []RelationView
	group := func(name string, r library.Related) {
		link := Link{Text: cmp.Or(r.Titles.In(p.Lang), r.Symbol)}
		if r.ID != "" {
			link.URL = p.URL("/library/" + r.ID)
			if r.Symbol != "" {
				link.Text = r.Symbol + " · " + link.Text
			}
		}
		if n := len(list); n > 0 && list[n-1].Name == name {
			list[n-1].Links = append(list[n-1].Links, link)
			return
		}
		list = append(list, RelationView{name, []Link{link}})
	}
	for _, r := range p.rec.Related {
		group(p.T("library.relation."+r.Kind), r)
	}
	for _, r := range p.rec.Inverse {
		group(p.T("library.inverse."+r.Kind), r)
	}
	return list
}

// files offers the original and its earlier versions.
func (p *reading) files(v *ReadingView) error {
	now := p.ed.Version
	if now.File != "" {
		v.File = p.fileLink(now)
	}
	if now.Number < 2 {
		return nil
	}
	all, err := p.h.Library.Versions(p.r.Context(), scope(p.r), p.ed.ID)
	if err != nil {
		return err
	}
	for _, old := range all[1:] {
		link := FileLink{Text: cmp.Or(old.Mark, p.T("library.version", "n", old.Number)), Line: p.Date(old.Created)}
		if old.File != "" {
			link.URL = p.fileLink(old).URL
		}
		v.Versions = append(v.Versions, link)
	}
	return nil
}

func (p *reading) fileLink(v library.Version) *FileLink {
	base := "/files/" + v.ID
	parts := []string{strings.ToUpper(strings.TrimPrefix(fileExt(v.File), ".")), p.Size(v.Bytes)}
	if v.Pages > 0 {
		parts = append(parts, p.T("library.pages", "n", v.Pages))
	}
	link := &FileLink{Text: v.File, URL: base, Line: strings.Join(parts, ", ")}
	if viewable(v.Media) {
		link.View = base + "?view=1"
	}
	return link
}
