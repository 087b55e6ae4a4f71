package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// A table of people to be invited, as any spreadsheet saves it.
func FuzzInvitationSheet(f *testing.F) {
	for _, sheet := range []string{
		"", "email\n", "email,name,role,until\na@b.example,Ann,expert,2027-01-01\n", "E-mail address;Name\na@b.example;\"Ann\n", "email,email\na,b\n", "email\n" + strings.Repeat("a@b.example\n", 600),
		"\xff\xfee\x00m\x00", "email,role\n=1+1,administrator\n", "email,state\na@b.example,Kyrgyzstan\n", "email\n\x00\xff\n", "email\na@b.example,too,many,cells\n",
	} {
		f.Add([]byte(sheet))
	}
	db := storetest.SQLite(f)
	if err := directory.Seed(ctx, db); err != nil {
		f.Fatal(err)
	}
	names, err := directory.Names(ctx, db)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		sheet, err := account.SheetReader{Names: names, Lang: "en"}.Read(ctx, data)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		if sheet.Wrong != "" && !lang.Has(sheet.Wrong) {
			t.Errorf("%q has no words", sheet.Wrong)
		}
		for _, l := range sheet.Lines {
			for _, field := range l.WrongFields() {
				if !lang.Has(l.Wrong[field]) {
					t.Errorf("%q has no words", l.Wrong[field])
				}
			}
		}
	})
}

// What programs show as a token opens nothing unless it is one.
func FuzzToken(f *testing.F) {
	db := storetest.SQLite(f)
	p, err := account.Create(ctx, db, access.System("test"), account.New{Email: "a@polis.example", Name: "Ann", Role: access.Expert, Password: "a long enough password"})
	if err != nil {
		f.Fatal(err)
	}
	who, _, err := account.Subject(ctx, db, p.ID, account.TwoFactors)
	if err != nil {
		f.Fatal(err)
	}
	real, _, err := account.MakeToken(ctx, db, who, account.TwoFactors, account.Wanted{Name: "fuzz", Days: 1})
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"", real[:len(real)-1], real + "x", " " + real, strings.ToUpper(real), "' OR 1=1 --", "\x00", strings.Repeat("a", len(real)), "\xff" + real[1:]} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == real {
			t.Skip()
		}
		if _, err := account.UseToken(ctx, db, text); !errors.Is(err, account.ErrToken) {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// What a browser answers for a passkey is whatever somebody sends.
func FuzzPasskeyAnswer(f *testing.F) {
	db := storetest.SQLite(f)
	keys, err := keyring.Open(f.TempDir(), "")
	if err != nil {
		f.Fatal(err)
	}
	p, err := account.Create(ctx, db, access.System("test"), account.New{Email: "a@polis.example", Name: "Ann", Role: access.Expert, Password: "a long enough password"})
	if err != nil {
		f.Fatal(err)
	}
	who, _, err := account.Subject(ctx, db, p.ID, account.TwoFactors)
	if err != nil {
		f.Fatal(err)
	}
	door, site := account.Door{DB: db, Keys: keys, Pace: time.Millisecond}, account.Site{Host: "polis.example", Origin: "https://polis.example"}
	for _, answer := range []string{
		"", "{}", "null", `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`,
		`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}`,
		`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUA"}}`,
		strings.Repeat("[", 10_000), "\x00\xff",
	} {
		f.Add(answer, "")
	}
	f.Add("{}", "not a state of ours")
	f.Fuzz(func(t *testing.T, answer, state string) {
		if state == "" {
			c, err := door.OfferPasskey(ctx, site, who.ID)
			if err != nil {
				t.Fatal(err)
			}
			state = c.State
		}
		err := door.AddPasskey(ctx, who, site, "key", state, answer)
		if !errors.Is(err, account.ErrFactor) && !errors.Is(err, store.ErrText) {
			t.Errorf("%q: %v", answer, err)
		}
	})
}
