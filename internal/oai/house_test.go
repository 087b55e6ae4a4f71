package oai_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/oai"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx    = context.Background()
	system = access.System("test")
	desk   = access.Act("d", access.DeskOfficer, "", "")
	all    = store.Everything("test")
)

// house is a library with its provider, over real HTTP.
type house struct {
	t      testing.TB
	lib    *library.Library
	server *httptest.Server
	page   int
}

// build makes a house. Who asks it stands in the header "As": nobody, a member, the
// desk.
func build(t testing.TB, db *store.DB, page int) *house {
	t.Helper()
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	if err := directory.Seed(ctx, db); err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, page: page, lib: &library.Library{DB: db, Files: files, Texts: extract.New("", extract.DefaultLimits())}}
	p := &oai.Provider{Library: h.lib, Keys: keys, Page: page, Who: func(r *http.Request) access.Subject {
		switch r.Header.Get("As") {
		case "member":
			return access.Act("m", access.MemberRole, "", "")
		case "desk":
			return desk
		}
		return access.Subject{}
	}}
	mux := http.NewServeMux()
	mux.Handle(oai.Path, p)
	h.server = httptest.NewServer(mux)
	t.Cleanup(h.server.Close)
	p.Origin = h.server.URL
	return h
}

func each(t *testing.T, page int, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, build(t, db, page)) })
}

func (h *house) base() string { return h.server.URL + oai.Path }

func (h *house) identifier(document string) string {
	u, _ := url.Parse(h.server.URL)
	return "oai:" + u.Hostname() + ":" + document
}

// create puts a document in.
func (h *house) create(d library.Draft, texts ...library.Text) string {
	h.t.Helper()
	id, err := h.lib.Create(ctx, system, d, texts...)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func text(t lang.Tag, title, summary string) library.Text {
	return library.Text{Lang: t, Title: title, Summary: summary, Sum: title, Passages: []extract.Passage{{Kind: extract.Paragraph, Text: title}}}
}

// guide is a document with everything that is given away.
func (h *house) guide() string {
	return h.create(library.Draft{
		Symbol: "SEC.GAL/12/26", Kind: "guide", Dated: "2026-03", Original: "ru", Origin: "spmu", Licence: "CC BY 4.0", Confirmed: true,
		Tags: library.Tags{
			Themes: []string{"cybercrime/network-24-7", "drugs"}, Items: []string{"1049/14.3"},
			Keywords: map[lang.Tag][]string{"ru": {"изъятие"}, "fr": {"saisie & scellés"}},
		},
		Relations: []library.Relation{{Kind: "implements", Symbol: "PC.DEC/1049"}, {Kind: "cites", Symbol: "X/1"}},
	}, text("ru", "Изъятие телефона", "Как изъять телефон."), text("fr", "Saisir un téléphone <mobile>", "Comment saisir."), text("en", "Seizing a telephone", "How to seize one.\vAnd keep it."))
}

// few puts in so many small documents and returns their ids.
func (h *house) few(n int) (ids []string) {
	for i := range n {
		ids = append(ids, h.create(library.Draft{Kind: "report", Dated: "2025", Tags: library.Tags{Themes: []string{"terrorism"}}}, text("en", "Report "+string(rune('A'+i)), "")))
	}
	return ids
}

// reply is an answer as a harvester sees it.
type reply struct {
	status int
	head   http.Header
	raw    string

	Date    string `xml:"responseDate"`
	Request struct {
		Attrs []xml.Attr `xml:",any,attr"`
		Base  string     `xml:",chardata"`
	} `xml:"request"`
	Errors []struct {
		Code string `xml:"code,attr"`
		Text string `xml:",chardata"`
	} `xml:"error"`
	Identify struct {
		Base        string `xml:"baseURL"`
		Version     string `xml:"protocolVersion"`
		Mail        string `xml:"adminEmail"`
		Earliest    string `xml:"earliestDatestamp"`
		Deleted     string `xml:"deletedRecord"`
		Granularity string `xml:"granularity"`
	}
	Formats []string    `xml:"ListMetadataFormats>metadataFormat>metadataPrefix"`
	Sets    []string    `xml:"ListSets>set>setSpec"`
	IDs     replyList   `xml:"ListIdentifiers"`
	Records replyList   `xml:"ListRecords"`
	Got     replyRecord `xml:"GetRecord>record"`
}

type replyList struct {
	Headers []replyHeader `xml:"header"`
	Records []replyRecord `xml:"record"`
	Token   *struct {
		Size   string `xml:"completeListSize,attr"`
		Cursor string `xml:"cursor,attr"`
		Text   string `xml:",chardata"`
	} `xml:"resumptionToken"`
}

type replyHeader struct {
	Status     string   `xml:"status,attr"`
	Identifier string   `xml:"identifier"`
	Stamp      string   `xml:"datestamp"`
	Sets       []string `xml:"setSpec"`
}

type replyRecord struct {
	Header   replyHeader `xml:"header"`
	Metadata struct {
		Inner string `xml:",innerxml"`
		DC    struct {
			Fields []struct {
				XMLName xml.Name
				Lang    string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
				Text    string `xml:",chardata"`
			} `xml:",any"`
		} `xml:"dc"`
	} `xml:"metadata"`
}

// field lists the values of a Dublin Core element, each with its language before it.
func (r replyRecord) field(name string) (list []string) {
	for _, f := range r.Metadata.DC.Fields {
		if f.XMLName.Local == name {
			list = append(list, strings.TrimPrefix(f.Lang+":"+f.Text, ":"))
		}
	}
	return list
}

func (r reply) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	return r.Errors[0].Code
}

// ask asks with the query, as nobody or as the one named.
func (h *house) ask(query string, as ...string) reply {
	h.t.Helper()
	q, err := http.NewRequest(http.MethodGet, h.base()+"?"+query, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if len(as) > 0 {
		q.Header.Set("As", as[0])
	}
	return h.send(q)
}

func (h *house) post(body string) reply {
	h.t.Helper()
	q, err := http.NewRequest(http.MethodPost, h.base(), strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.send(q)
}

func (h *house) send(q *http.Request) reply {
	h.t.Helper()
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(answer.Body); err != nil {
		h.t.Fatal(err)
	}
	r := reply{status: answer.StatusCode, head: answer.Header, raw: b.String()}
	if answer.StatusCode == http.StatusOK {
		if err := xml.Unmarshal(b.Bytes(), &r); err != nil {
			h.t.Fatalf("%s is no well-formed XML: %v", q.URL, err)
		}
	}
	return r
}

// walk reads a list to its end and returns the heads.
func (h *house) walk(verb, query string, as ...string) (heads []replyHeader, pages int) {
	h.t.Helper()
	for query = "verb=" + verb + "&" + query; pages < 1000; {
		r := h.ask(query, as...)
		l := r.IDs
		if verb == "ListRecords" {
			l = r.Records
			for _, rec := range l.Records {
				l.Headers = append(l.Headers, rec.Header)
			}
		}
		heads, pages = append(heads, l.Headers...), pages+1
		if l.Token == nil || l.Token.Text == "" {
			return heads, pages
		}
		query = "verb=" + verb + "&resumptionToken=" + url.QueryEscape(l.Token.Text)
	}
	h.t.Fatal("the list does not end")
	return nil, 0
}

func (h *house) get(document string, as ...string) replyRecord {
	h.t.Helper()
	return h.ask("verb=GetRecord&metadataPrefix=oai_dc&identifier="+url.QueryEscape(h.identifier(document)), as...).Got
}

func (h *house) record(id string) library.Record {
	h.t.Helper()
	r, err := h.lib.Get(ctx, all, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}
