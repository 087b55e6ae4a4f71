package framework

import "slices"

// Wording is how an item speaks of the State's consent. The Framework does not
// say the same thing everywhere, and the difference is kept.
type Wording string

// The wordings, from none to the most demanding. The messages catalogue holds a
// sentence for each under "framework.consent.WORDING".
const (
	Silent      Wording = "silent"       // says nothing itself
	Request     Wording = "request"      // "on request" (¶15.2)
	Agreed      Wording = "agreed"       // request and agreement of participating States (¶3, 7, 12, 14.6, 14.8, 17.1)
	CoOperation Wording = "co-operation" // request, agreement and co-operation (¶14.5)
	Host        Wording = "host"         // only on request and with agreement of the host country (¶13)
	HostMandate Wording = "host-mandate" // request and agreement of the host State, within existing mandates (¶23)
)

// Wordings lists all wordings.
var Wordings = []Wording{Silent, Request, Agreed, CoOperation, Host, HostMandate}

// Gate is what must be on record before work under an item may be approved.
type Gate struct {
	Request     bool // the State has asked
	Agreement   bool // the State has agreed
	CoOperation bool // a named co-author of that State takes part
	Host        bool // the State in question is the place of the activity
	Mandate     bool // a mandate valid on the dates covers it

	By []string // ids of the items that say so, the item's own first
}

var gates = map[Wording]Gate{
	Silent:      {},
	Request:     {Request: true},
	Agreed:      {Request: true, Agreement: true},
	CoOperation: {Request: true, Agreement: true, CoOperation: true},
	Host:        {Request: true, Agreement: true, Host: true},
	HostMandate: {Request: true, Agreement: true, Host: true, Mandate: true},
}

// Gate adds up the wordings that hold for the item: its own, its paragraph's,
// and that of the paragraph it stands under (¶13 holds for all of ¶14–19, so
// that ¶15.2, which says only "on request", needs the host's agreement too).
func (e *Edition) Gate(id string) (Gate, bool) {
	item, ok := e.Item(id)
	if !ok {
		return Gate{}, false
	}
	var sum Gate
	for _, i := range e.above(item) {
		g := gates[i.Consent]
		sum.Request = sum.Request || g.Request
		sum.Agreement = sum.Agreement || g.Agreement
		sum.CoOperation = sum.CoOperation || g.CoOperation
		sum.Host = sum.Host || g.Host
		sum.Mandate = sum.Mandate || g.Mandate
		if i.Consent != Silent {
			sum.By = append(sum.By, i.ID)
		}
	}
	return sum, true
}

// above lists the item, its paragraph, and the paragraph that covers it.
func (e *Edition) above(item Item) []Item {
	chain := []Item{item}
	if n := slices.IndexFunc(e.Items, func(i Item) bool { return i.Paragraph == item.Paragraph }); item.Dash > 0 {
		chain = append(chain, e.Items[n])
	}
	if cover, ok := e.Item(chain[len(chain)-1].Under); ok {
		chain = append(chain, cover)
	}
	return chain
}
