package web

import (
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"polis/internal/lang"
)

// filled returns a copy of a sample view in which no slice is empty and no
// pointer nil, so that every branch of a template that shows one is taken.
func filled(view any) any {
	v := reflect.New(reflect.TypeOf(view)).Elem()
	v.Set(reflect.ValueOf(view))
	fill(v, 0)
	return v.Interface()
}

func fill(v reflect.Value, depth int) {
	if depth > 6 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		} else {
			v.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v))
		}
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.Pointer:
		if v.IsNil() && depth < 4 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), depth+1)
		}
	case reflect.String:
		if v.Len() == 0 && depth > 1 && v.Type() == reflect.TypeFor[lang.Tag]() {
			v.SetString("ru")
		}
	}
}

// pagePaths are all pages there are to look at: samples, texts, errors.
func pagePaths() []string {
	paths := []string{"/help", "/accessibility", "/privacy", "/about", "/nothing"}
	for _, page := range samples {
		paths = append(paths, "/sample/"+page.name)
	}
	return paths
}

func TestEveryPage(t *testing.T) {
	s := testSite(t, Options{Version: "1.2.3"})
	for _, path := range pagePaths() {
		for _, tag := range lang.All {
			t.Run(string(tag)+path, func(t *testing.T) {
				w := ask(s, "GET", "/"+string(tag)+path)
				if w.Code != 200 && path != "/nothing" {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				for _, fault := range faultsOf(w, tag) {
					t.Error(fault)
				}
			})
		}
	}
}

// faultsOf lists what is wrong with a page's HTML.
func faultsOf(w *httptest.ResponseRecorder, tag lang.Tag) (faults []string) {
	body := w.Body.String()
	for _, sign := range []string{"⟦", "ZgotmplZ", "%!", "<no value>", "/missing/", "{n}"} {
		if at := strings.Index(body, sign); at >= 0 {
			faults = append(faults, fmt.Sprintf("%q in …%s…", sign, body[max(0, at-60):min(len(body), at+60)]))
		}
	}
	p := parsed{ids: map[string]int{}, labels: map[string]bool{}}
	faults = append(faults, balance(body)...)
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return append(faults, err.Error())
	}
	p.walk(root)
	return append(faults, p.faults(tag)...)
}

// parsed is what matters of a page's tree.
type parsed struct {
	headings, mains int
	lang            string
	ids             map[string]int
	labels          map[string]bool
	controls        []string
	anchors         []string
	wrong           []string
}

func (p *parsed) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		p.see(n)
	}
	for child := range n.ChildNodes() {
		p.walk(child)
	}
}

func (p *parsed) see(n *html.Node) {
	at := map[string]string{}
	for _, a := range n.Attr {
		at[a.Key] = a.Val
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			p.wrong = append(p.wrong, fmt.Sprintf("<%s> has %s, which the policy forbids", n.Data, a.Key))
		}
		if (a.Key == "src" || a.Key == "href" || a.Key == "action") && strings.Contains(a.Val, "//") {
			p.wrong = append(p.wrong, fmt.Sprintf("<%s> names another host: %s", n.Data, a.Val))
		}
	}
	if id := at["id"]; id != "" {
		p.ids[id]++
	}
	switch n.Data {
	case "html":
		p.lang = at["lang"]
	case "h1":
		p.headings++
	case "main":
		p.mains++
	case "label":
		p.labels[at["for"]] = true
	case "style":
		p.wrong = append(p.wrong, "a style stands inside the page")
	case "script":
		if at["src"] == "" {
			p.wrong = append(p.wrong, "a script stands inside the page")
		}
	case "input", "select", "textarea":
		if at["type"] != "hidden" && at["aria-label"] == "" {
			p.controls = append(p.controls, at["id"])
		}
	case "a":
		if id, ok := strings.CutPrefix(at["href"], "#"); ok {
			p.anchors = append(p.anchors, id)
		}
	}
}

func (p *parsed) faults(tag lang.Tag) []string {
	faults := p.wrong
	complain := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if p.headings != 1 {
		complain("%d h1", p.headings)
	}
	if p.mains != 1 {
		complain("%d main", p.mains)
	}
	if p.lang != string(tag) {
		complain("lang is %q", p.lang)
	}
	for id, n := range p.ids {
		if n > 1 {
			complain("id %q stands %d times", id, n)
		}
	}
	for _, id := range p.controls {
		if !p.labels[id] {
			complain("control %q has no label", id)
		}
	}
	for _, id := range p.anchors {
		if p.ids[id] == 0 {
			complain("#%s leads nowhere", id)
		}
	}
	return faults
}

// void are the elements without an end.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true,
	"input": true, "link": true, "meta": true, "source": true, "track": true, "wbr": true,
}

// balance holds that every element that begins also ends, in order: a parser
// for the web forgives what we do not.
func balance(body string) (faults []string) {
	var open []string
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				faults = append(faults, fmt.Sprintf("still open: %v", open))
			}
			return faults
		case html.StartTagToken:
			if name, _ := z.TagName(); !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				return append(faults, fmt.Sprintf("</%s> closes %v", name, open))
			}
			open = open[:len(open)-1]
		}
	}
}
