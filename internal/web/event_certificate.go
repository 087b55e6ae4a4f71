package web

import (
	"errors"
	"net/http"

	"polis/internal/account"
	"polis/internal/community/event"
	"polis/internal/lang"
	"polis/internal/store"
)

// CertificateView is a certificate to be printed, or what was found by its number.
type CertificateView struct {
	Name   string
	Says   string
	Title  string
	Lang   string
	Facts  []Fact
	Number string
	Check  string // address at which the number is checked
	Langs  []Link // the same in other languages
	Ask    *Field // for a number
	Lead   string
	Found  bool
}

var certificatePage = newPage("certificate", CertificateView{
	Name: "Aigul Asanova", Says: "took part in", Title: "Round table", Lang: "ru", Facts: []Fact{{"When", []Link{{"3 March 2026", ""}}}}, Number: "ABCDE FGHIJ KLMNO PQRST UVWXY Z",
	Check: "https://polis.example/en/certificates", Langs: []Link{{"Deutsch", "/de/events/1/certificate"}}, Ask: &Field{Name: "number", Label: "Number"}, Lead: "Write the number.", Found: true,
})

// certificate shows the reader's own, to be printed in any of the languages.
func (h *House) certificate(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	c, err := h.meets().Certificate(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	f := h.asking(r, "event.certificate")
	f.Crumbs = []Link{{f.T("event.title"), f.URL("/events")}}
	v, err := h.certified(r, f, c)
	if err != nil {
		return err
	}
	v.Check = h.origin(r) + f.URL("/certificates")
	for _, t := range lang.All {
		if t != f.Lang {
			v.Langs = append(v.Langs, Link{t.Name(), "/" + string(t) + event.Path(r.PathValue("id")) + "/certificate"})
		}
	}
	return certificatePage.Show(w, f, v)
}

// certified is what a certificate says.
func (h *House) certified(r *http.Request, f *Frame, c event.Certificate) (CertificateView, error) {
	p, err := h.helping(r, f)
	if err != nil {
		return CertificateView{}, err
	}
	names, err := account.Names(r.Context(), h.DB, []string{c.Person})
	if err != nil {
		return CertificateView{}, err
	}
	v := CertificateView{Name: names[c.Person], Says: f.T("event.certificate.says"), Title: c.Title, Lang: string(c.Lang), Number: c.Spaced()}
	when := event.When(f.Printer, event.Event{Zone: c.Zone, Begins: c.Begins, Ends: c.Ends}, nil)
	v.Facts = []Fact{{f.T("event.field.when"), []Link{{when, ""}}}}
	if c.Place != "" {
		v.Facts = append(v.Facts, Fact{f.T("event.field.place"), []Link{{c.Place, ""}}})
	}
	if c.Organiser != "" {
		v.Facts = append(v.Facts, Fact{f.T("event.field.organiser"), []Link{{p.entry(c.Organiser).Text, ""}}})
	}
	return v, nil
}

// askCertificate asks for the number of a certificate. It stands in no address.
func (h *House) askCertificate(w http.ResponseWriter, r *http.Request) error {
	return h.showCertificateForm(w, r, "")
}

func (h *House) showCertificateForm(w http.ResponseWriter, r *http.Request, says string) error {
	f := h.asking(r, "event.certificate.check")
	v := CertificateView{Lead: f.T("event.certificate.lead"), Ask: &Field{Name: "number", Label: f.T("event.field.number"), Hint: f.T("event.hint.number"), Auto: "off", Must: true}}
	if says != "" {
		v.Ask.Error, f.Status = says, http.StatusNotFound
		f.Errors = []Error{{"number", says}}
	}
	return certificatePage.Show(w, f, v)
}

// checkCertificate says to whoever holds a number what it was given for.
func (h *House) checkCertificate(w http.ResponseWriter, r *http.Request) error {
	c, err := h.meets().Check(r.Context(), r.PostFormValue("number"))
	if errors.Is(err, store.ErrNotFound) {
		return h.showCertificateForm(w, r, h.site.Frame(r).T("event.certificate.unknown"))
	}
	if err != nil {
		return err
	}
	f := h.asking(r, "event.certificate.good")
	v, err := h.certified(r, f, c)
	if err != nil {
		return err
	}
	v.Found = true
	return certificatePage.Show(w, f, v)
}
