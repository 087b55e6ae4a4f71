package assistance

import (
	"context"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// euro is the currency in which rates are given.
const euro = "EUR"

// decimals are the currencies in which money can be given, with how many digits stand
// behind the point (ISO 4217): those of the participating States and of the Partners
// for Co-operation.
var decimals = map[string]int{
	"AFN": 2, "ALL": 2, "AMD": 2, "AUD": 2, "AZN": 2, "BAM": 2, "BGN": 2, "BYN": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "DZD": 2, "EGP": 2, "EUR": 2,
	"GBP": 2, "GEL": 2, "HUF": 2, "ILS": 2, "ISK": 0, "JOD": 3, "JPY": 0, "KGS": 2, "KRW": 0, "KZT": 2, "MAD": 2, "MDL": 2, "MKD": 2, "MNT": 2, "NOK": 2,
	"PLN": 2, "RON": 2, "RSD": 2, "RUB": 2, "SEK": 2, "THB": 2, "TJS": 2, "TMT": 2, "TND": 3, "TRY": 2, "UAH": 2, "USD": 2, "UZS": 2,
}

// Currencies lists their codes.
func Currencies() []string { return slices.Sorted(maps.Keys(decimals)) }

// Decimals is how many digits a currency has behind the point.
func Decimals(currency string) int { return decimals[currency] }

// Rate is what a currency was worth on a day.
type Rate struct {
	Currency string
	Day      string
	PerEuro  int64 // how many millionths of its smallest unit made one euro
	Source   string
	By       string `db:"by_whom"`
	At       time.Time
	Used     bool // something was booked by it: it stays
}

// RateDigits is how many decimals a rate has that is given in whole units for a euro.
const RateDigits = 6

// RateOf is the PerEuro of so many millionths of the whole unit for one euro.
func RateOf(currency string, millionths int64) int64 {
	for range Decimals(currency) {
		millionths *= 10
	}
	return millionths
}

// Units are the millionths of the whole unit that made one euro, rounded.
func (r Rate) Units() int64 {
	unit := int64(1)
	for range Decimals(r.Currency) {
		unit *= 10
	}
	return Convert(r.PerEuro, unit, 1)
}

// Convert is an amount of which from units are worth to units of another, rounded to
// the next whole one, halves away from nothing; what is too large is the largest that
// there is.
func Convert(amount, from, to int64) int64 {
	if from == to {
		return amount
	}
	n := new(big.Int).Mul(big.NewInt(amount), big.NewInt(to))
	n.Mul(n, big.NewInt(2))
	half := big.NewInt(from)
	if amount < 0 {
		half.Neg(half)
	}
	n.Add(n, half)
	if n.Quo(n, new(big.Int).Mul(big.NewInt(2), big.NewInt(from))); !n.IsInt64() {
		return int64(n.Sign()) * math.MaxInt64
	}
	return n.Int64()
}

// mostRate bounds a rate, so that no amount that is converted overflows.
const mostRate = 1_000_000_000_000_000

// PutRate stores the rate of a day, or mends one by which nothing was booked.
func (a *Assistance) PutRate(ctx context.Context, who access.Subject, r Rate) error {
	r.Source = strings.TrimSpace(r.Source)
	label := access.Label{Level: access.Official}
	if !who.SignedIn() || !who.May(access.HandleHelp, label).Allowed {
		return ErrForbidden
	}
	v := Invalid{}
	if _, ok := decimals[r.Currency]; !ok || r.Currency == euro {
		v["currency"] = "money.error.currency"
	}
	if r.PerEuro < 1 || r.PerEuro > mostRate {
		v["rate"] = "money.error.rate"
	}
	if len(r.Day) != 10 || !validDate(r.Day) {
		v["day"] = "assistance.error.day"
	} else if r.Day > today(time.Now()) {
		v["day"] = "money.error.future"
	}
	if v.text("source", r.Source, maxName, false); r.Source == "" {
		v["source"] = "money.error.rate.source"
	}
	if err := v.orNil(); err != nil {
		return err
	}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		used, err := rateUsed(ctx, tx, r.Currency, r.Day)
		if err != nil {
			return store.Event{}, err
		}
		if used {
			return store.Event{}, Invalid{"day": "money.error.rate.used"}
		}
		const put = `INSERT INTO rate (currency, day, per_euro, source, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (currency, day) `
		if _, err := tx.Exec(ctx, put+"DO NOTHING", euro, r.Day, RateOf(euro, 1_000_000), "=", "", tx.Now()); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, put+"DO UPDATE SET per_euro = excluded.per_euro, source = excluded.source, by_whom = excluded.by_whom, at = excluded.at",
			r.Currency, r.Day, r.PerEuro, r.Source, who.ID, tx.Now())
		return store.Event{Act: "assistance.rate.put", Object: r.Currency + " " + r.Day, Label: label}, err
	})
	return err
}

const usedRate = `EXISTS (SELECT 1 FROM fund f WHERE f.rated = r.day AND (f.currency = r.currency OR f.books = r.currency))`

func rateUsed(ctx context.Context, q store.Reader, currency, day string) (bool, error) {
	n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM rate r WHERE {scope} AND r.currency = $1 AND r.day = $2 AND "+usedRate, currency, day)
	return n > 0, err
}

// Rates lists what the desk has put in, the latest day first, from behind a day and
// currency on ("2026-11-01 USD"), or from the latest on where it is "". currency
// chooses one.
func (a *Assistance) Rates(ctx context.Context, currency, after string, limit int) (list []Rate, more string, err error) {
	day, code, _ := strings.Cut(after, " ")
	list, err = store.List[Rate](ctx, a.DB, everything, "SELECT r.currency, r.day, r.per_euro, r.source, r.by_whom, r.at, "+usedRate+` AS used FROM rate r
		WHERE {scope} AND r.currency <> 'EUR' AND ($1 = '' OR r.currency = $1) AND ($2 = '' OR r.day < $2 OR r.day = $2 AND r.currency > $3)
		ORDER BY r.day DESC, r.currency LIMIT $4`, currency, day, code, limit+1)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	list = list[:limit]
	last := list[limit-1]
	return list, last.Day + " " + last.Currency, nil
}

// exchange is the rate between two currencies of the last day, up to one, on which both
// are known.
type exchange struct {
	Day      string
	FromRate int64
	ToRate   int64
}

func exchanged(ctx context.Context, q store.Reader, from, to, until string) (exchange, error) {
	if from == to {
		return exchange{"", 1, 1}, nil
	}
	list, err := store.List[exchange](ctx, q, everything, `
		SELECT a.day, a.per_euro AS from_rate, b.per_euro AS to_rate FROM rate a JOIN rate b ON b.day = a.day AND b.currency = $2
		WHERE {scope} AND a.currency = $1 AND a.day <= $3 ORDER BY a.day DESC LIMIT 1`, from, to, until)
	if err != nil {
		return exchange{}, err
	}
	if len(list) == 0 {
		return exchange{}, Invalid{"currency": "money.error.rate.missing"}
	}
	return list[0], nil
}
