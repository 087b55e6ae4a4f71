package oai

import "encoding/xml"

// answer is what goes over the line: when, to which question, and either an error
// or what one of the verbs says.
type answer struct {
	XMLName  xml.Name `xml:"OAI-PMH"`
	Xmlns    string   `xml:"xmlns,attr"`
	Instance string   `xml:"xmlns:xsi,attr"`
	Schema   string   `xml:"xsi:schemaLocation,attr"`
	Date     string   `xml:"responseDate"`
	Request  request  `xml:"request"`
	Error    *fault   `xml:"error"`

	Identify        *identity
	Formats         *formatList `xml:"ListMetadataFormats"`
	Sets            *setList    `xml:"ListSets"`
	ListIdentifiers *list
	ListRecords     *list
	GetRecord       *list
}

type request struct {
	Verb       string `xml:"verb,attr,omitempty"`
	Identifier string `xml:"identifier,attr,omitempty"`
	Prefix     string `xml:"metadataPrefix,attr,omitempty"`
	From       string `xml:"from,attr,omitempty"`
	Until      string `xml:"until,attr,omitempty"`
	Set        string `xml:"set,attr,omitempty"`
	Token      string `xml:"resumptionToken,attr,omitempty"`
	Base       string `xml:",chardata"`
}

type identity struct {
	Name        string `xml:"repositoryName"`
	Base        string `xml:"baseURL"`
	Version     string `xml:"protocolVersion"`
	Mail        string `xml:"adminEmail"`
	Earliest    string `xml:"earliestDatestamp"`
	Deleted     string `xml:"deletedRecord"`
	Granularity string `xml:"granularity"`
	Compression string `xml:"compression"`
	Scheme      *scheme
}

// scheme describes our identifiers (http://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm).
type scheme struct {
	XMLName xml.Name `xml:"description"`
	Is      struct {
		Xmlns      string `xml:"xmlns,attr"`
		Schema     string `xml:"xsi:schemaLocation,attr"`
		Scheme     string `xml:"scheme"`
		Repository string `xml:"repositoryIdentifier"`
		Delimiter  string `xml:"delimiter"`
		Sample     string `xml:"sampleIdentifier"`
	} `xml:"oai-identifier"`
}

type formatList struct {
	Formats []format `xml:"metadataFormat"`
}

type format struct {
	Prefix string `xml:"metadataPrefix"`
	Schema string `xml:"schema"`
	Space  string `xml:"metadataNamespace"`
}

type setList struct {
	Sets []set `xml:"set"`
}

type set struct {
	Spec  string    `xml:"setSpec"`
	Name  string    `xml:"setName"`
	About *setAbout `xml:"setDescription"`
}

// setAbout names a set in the languages other than English.
type setAbout struct {
	DC dublinCore
}

type list struct {
	Headers []header `xml:"header"`
	Records []record `xml:"record"`
	Token   *token   `xml:"resumptionToken"`
}

type token struct {
	Size   int64  `xml:"completeListSize,attr,omitempty"`
	Cursor int64  `xml:"cursor,attr"`
	Text   string `xml:",chardata"`
}

type header struct {
	Status     string   `xml:"status,attr,omitempty"`
	Identifier string   `xml:"identifier"`
	Stamp      string   `xml:"datestamp"`
	Sets       []string `xml:"setSpec"`
}

type record struct {
	Header   header    `xml:"header"`
	Metadata *metadata `xml:"metadata"`
	About    *about    `xml:"about"`
}

type metadata struct{ Of any }

// about says where a record was harvested itself, so that nobody takes it in twice
// (http://www.openarchives.org/OAI/2.0/guidelines-provenance.htm).
type about struct {
	Provenance struct {
		Xmlns  string `xml:"xmlns,attr"`
		Schema string `xml:"xsi:schemaLocation,attr"`
		Origin struct {
			Harvested  string `xml:"harvestDate,attr"`
			Altered    bool   `xml:"altered,attr"`
			Base       string `xml:"baseURL"`
			Identifier string `xml:"identifier"`
			Stamp      string `xml:"datestamp"`
			Space      string `xml:"metadataNamespace"`
		} `xml:"originDescription"`
	} `xml:"provenance"`
}
