package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"polis/internal/account"
)

// FactorView is a page with one short form that changes how a person signs in.
type FactorView struct {
	Action  string
	Lead    string
	Next    string
	QR      *QR    // of the app's secret
	Secret  string // the same in letters
	State   string // sealed: comes back with the form
	Fields  []Field
	Button  string // "" where only a passkey goes on
	Passkey *PasskeyView
	None    string // what is said where no script runs
}

// QR is a QR code as one path of squares.
type QR struct {
	Label, View, Path string
	Side              int // with its margin
}

var factorPage = newPage("factor", FactorView{
	Action: "/en/account/security/app", Lead: "Scan this with an app.", QR: &QR{"QR code", "-4 -4 12 12", "M0 0h4v1h-4z", 12},
	Secret: "ABCD EFGH", State: "sealed", Fields: []Field{{Name: "code", Label: "Code", Hint: "Six digits", Must: true, Width: "short", Error: "Wrong"}}, Button: "Confirm",
	Passkey: &PasskeyView{Options: "/en/passkey/options", Purpose: "add", Button: "Make a passkey", Failed: "That did not work."}, None: "This needs script.",
})

// factorFrame begins a page below that of the account's security.
func (h *House) factorFrame(r *http.Request, title string) *Frame {
	f := h.site.Frame(r)
	f.Title = f.T(title)
	f.Crumbs = []Link{{f.T("account.title"), f.URL("/account")}, {f.T("signin.security.title"), f.URL("/account/security")}}
	return f
}

// drawQR draws a text as a QR code, with the margin that readers of it need.
func drawQR(label, text string) (*QR, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	n := code.Bounds().Dx()
	path := new(strings.Builder)
	for y := range n {
		for x := 0; x < n; x++ {
			from := x
			for x < n && dark(code, x, y) {
				x++
			}
			if x > from {
				path.WriteString("M" + strconv.Itoa(from) + " " + strconv.Itoa(y) + "h" + strconv.Itoa(x-from) + "v1H" + strconv.Itoa(from) + "z")
			}
		}
	}
	side := n + 8
	return &QR{Label: label, View: "-4 -4 " + strconv.Itoa(side) + " " + strconv.Itoa(side), Path: path.String(), Side: side}, nil
}

// dark reports whether a square of the code is.
func dark(code barcode.Barcode, x, y int) bool {
	r, _, _, _ := code.At(x, y).RGBA()
	return r < 0x8000
}

func (h *House) appForm(w http.ResponseWriter, r *http.Request) error {
	p, err := account.Load(r.Context(), h.DB, ReaderOf(r).ID)
	if err != nil {
		return err
	}
	return h.showApp(w, r, h.door().OfferAuthenticator(p), nil)
}

func (h *House) showApp(w http.ResponseWriter, r *http.Request, offer account.AuthenticatorOffer, wrong account.Invalid) error {
	f := h.factorFrame(r, "signin.app.title")
	picture, err := drawQR(f.T("signin.app.qr"), offer.URL)
	if err != nil {
		return err
	}
	v := FactorView{
		Action: f.URL("/account/security/app"), Lead: f.T("signin.app.lead"), Next: inside(r.FormValue("next")),
		QR: picture, Secret: spaced(offer.Secret), State: offer.State, Button: f.T("signin.app.confirm"),
		Fields: []Field{{Name: "code", Label: f.T("signin.code"), Hint: f.T("signin.app.code"), Auto: "one-time-code", Width: "short", Must: true}},
	}
	f.flag(v.Fields, wrong)
	return factorPage.Show(w, f, v)
}

// spaced puts a space after every fourth letter, so that it can be typed.
func spaced(secret string) string {
	var parts []string
	for len(secret) > 4 {
		parts, secret = append(parts, secret[:4]), secret[4:]
	}
	return strings.Join(append(parts, secret), " ")
}

func (h *House) addApp(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	p, err := account.Load(r.Context(), h.DB, who.ID)
	if err != nil {
		return err
	}
	state := r.PostFormValue("state")
	err = h.door().AddAuthenticator(r.Context(), who.Subject, p, state, r.PostFormValue("code"))
	var wrong account.Invalid
	switch {
	case errors.As(err, &wrong):
		offer, err := h.door().Offered(p, state)
		if err != nil {
			return err
		}
		return h.showApp(w, r, offer, wrong)
	case errors.Is(err, account.ErrFactor):
		return Wrong("signin.factor.stale")
	case err != nil:
		return err
	}
	return h.factorAdded(w, r)
}

func (h *House) removeApp(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	if err := account.RemoveAuthenticator(r.Context(), h.DB, who.Subject, who.ID); err != nil {
		return err
	}
	return h.factorRemoved(w, r)
}
