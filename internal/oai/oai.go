// Package oai lets libraries feed one another by OAI-PMH 2.0, the protocol by
// which they have harvested each other's catalogues since 2002
// (http://www.openarchives.org/OAI/openarchivesprotocol.html).
//
// Provider gives the library away at /oai: what the asking reader may see, in
// Dublin Core and in MODS, in the order of change, with what is gone. Harvester
// takes in what others give away: where it ended it goes on, a record that says
// the same changes nothing, and one that cannot be taken is set aside.
package oai

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Path is where the provider is found.
const Path = "/oai"

// The namespaces of what goes over the line.
const (
	space        = "http://www.openarchives.org/OAI/2.0/"
	dcSpace      = "http://www.openarchives.org/OAI/2.0/oai_dc/"
	modsSpace    = "http://www.loc.gov/mods/v3"
	instance     = "http://www.w3.org/2001/XMLSchema-instance"
	elements     = "http://purl.org/dc/elements/1.1/"
	terms        = "http://purl.org/dc/terms/"
	provenanceNS = "http://www.openarchives.org/OAI/2.0/provenance"
)

// The forms of a date: by the second, and by the day.
const (
	seconds = "2006-01-02T15:04:05Z"
	days    = "2006-01-02"
)

// stamp writes a time by the second.
func stamp(t time.Time) string { return t.UTC().Format(seconds) }

// A code is an error of the protocol.
type code string

const (
	badArgument             code = "badArgument"
	badResumptionToken      code = "badResumptionToken"
	badVerb                 code = "badVerb"
	cannotDisseminateFormat code = "cannotDisseminateFormat"
	idDoesNotExist          code = "idDoesNotExist"
	noRecordsMatch          code = "noRecordsMatch"
)

// fault is an error that the one who asks is told.
type fault struct {
	Code code   `xml:"code,attr"`
	Text string `xml:",chardata"`
}

func (f *fault) Error() string { return string(f.Code) + ": " + f.Text }

func refuse(c code, text string) *fault { return &fault{c, text} }

// name is the part of an identifier between "oai:" and the document: the host,
// without its port.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "localhost"
	}
	return u.Hostname()
}

// identifier names a document among all collections: "oai:polis.example:ID".
func (p *Provider) identifier(document string) string {
	return "oai:" + hostOf(p.Origin) + ":" + document
}

// document is the id in an identifier of ours.
func (p *Provider) document(identifier string) (string, bool) {
	return strings.CutPrefix(identifier, "oai:"+hostOf(p.Origin)+":")
}

// The forms that the protocol's schema gives to arguments.
var (
	prefixForm     = regexp.MustCompile(`^[A-Za-z0-9\-_.!~*'()]+$`)
	setForm        = regexp.MustCompile(`^[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*$`)
	identifierForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9\-_.!~*'();/?:@&=+$,%#\[\]]+$`)
	percentForm    = regexp.MustCompile(`%(?:[^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)`)
	hostForm       = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]*)+$`)
)
