package oai

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// page is one answer of a repository, as far as a harvester needs it.
type page struct {
	Date    string // its clock
	Faults  []fault
	Name    string // from Identify
	Day     bool   // from Identify: it counts in days
	Records []found
	Token   string // "": this was the last page
	Size    int64  // how many records it says there are in all, 0 where it does not
}

// found is a record as it stands in an answer.
type found struct {
	Header struct {
		Status     string   `xml:"status,attr"`
		Identifier string   `xml:"identifier"`
		Stamp      string   `xml:"datestamp"`
		Sets       []string `xml:"setSpec"`
	} `xml:"header"`
	Metadata []struct {
		Of []struct {
			Fields []foundField `xml:",any"`
		} `xml:",any"`
	} `xml:"metadata"`
	About []struct {
		Provenance []struct {
			Origin *foundOrigin `xml:"originDescription"`
		} `xml:"provenance"`
	} `xml:"about"`
}

type foundField struct {
	XMLName xml.Name
	Lang    string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	Text    string `xml:",chardata"`
}

// foundOrigin is where a record was before; it may have been elsewhere before that.
type foundOrigin struct {
	Identifier string       `xml:"identifier"`
	Before     *foundOrigin `xml:"originDescription"`
}

// readPage reads an answer from the line. Nothing is expanded and nothing fetched:
// declarations end the reading.
func readPage(r io.Reader) (page, error) {
	var p page
	d := xml.NewDecoder(&cleaned{r: r})
	root := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, brokenOr(err, root)
		}
		switch t := t.(type) {
		case xml.Directive:
			return p, errDoctype
		case xml.StartElement:
			if !root {
				if t.Name.Local != "OAI-PMH" {
					return p, fmt.Errorf("%w: it answers with <%s>", errNoRepository, cut(t.Name.Local, 30))
				}
				root = true
				continue
			}
			if err := p.take(d, t); err != nil {
				return p, brokenOr(err, root)
			}
		}
	}
	if !root {
		return p, errNoRepository
	}
	return p, nil
}

// brokenOr says of an error in what is XML what it is; what never began to be
// OAI-PMH is no repository. Errors of the line stay.
func brokenOr(err error, root bool) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax) && !root:
		return fmt.Errorf("%w: %w", errNoRepository, err)
	case errors.As(err, &syntax) || strings.HasPrefix(err.Error(), "xml:"):
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	return err
}

// take reads what stands directly in the answer or in its verb's element.
func (p *page) take(d *xml.Decoder, t xml.StartElement) error {
	switch t.Name.Local {
	case "responseDate":
		return d.DecodeElement(&p.Date, &t)
	case "error":
		var f fault
		err := d.DecodeElement(&f, &t)
		p.Faults = append(p.Faults, f)
		return err
	case "repositoryName":
		return d.DecodeElement(&p.Name, &t)
	case "granularity":
		var form string
		err := d.DecodeElement(&form, &t)
		p.Day = strings.TrimSpace(form) == "YYYY-MM-DD"
		return err
	case "record":
		var r found
		err := d.DecodeElement(&r, &t)
		p.Records = append(p.Records, r)
		return err
	case "resumptionToken":
		var token struct {
			Size string `xml:"completeListSize,attr"`
			Text string `xml:",chardata"`
		}
		err := d.DecodeElement(&token, &t)
		p.Token = strings.TrimSpace(token.Text)
		p.Size, _ = strconv.ParseInt(token.Size, 10, 64)
		return err
	case "request", "description", "setDescription":
		return d.Skip()
	}
	return nil // a verb's element: its children come next
}

// cleaned leaves out the control characters that XML 1.0 forbids and that
// repositories send all the same.
type cleaned struct{ r io.Reader }

func (c *cleaned) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	kept := 0
	for _, ch := range b[:n] {
		if ch >= 0x20 || ch == '\t' || ch == '\n' || ch == '\r' {
			b[kept] = ch
			kept++
		}
	}
	return kept, err
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-2]) + " …"
}
