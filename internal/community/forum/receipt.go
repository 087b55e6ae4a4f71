package forum

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
	"unicode"
)

// Receipt is what somebody follows an issue by that she raised without an account: 128
// bits in thirty letters. It is shown once; the table holds its hash.
type Receipt string

// letters are those of a receipt: no vowels, so that no words come out, and none that
// look like a figure.
const letters = "BCDFGHJKLMNPQRSTVWXZ"

// receiptLong is how many letters a receipt has, and receiptGroup how many stand
// together.
const (
	receiptLong  = 30
	receiptGroup = 5
)

// NewReceipt writes 128 bits as a receipt.
func NewReceipt(bits [16]byte) Receipt {
	n, base := new(big.Int).SetBytes(bits[:]), big.NewInt(int64(len(letters)))
	text, rest := make([]byte, receiptLong), new(big.Int)
	for i := range text {
		n.DivMod(n, base, rest)
		text[len(text)-1-i] = letters[rest.Int64()]
	}
	return Receipt(text)
}

// cyrillic are the letters of a Russian keyboard that look like one of a receipt.
var cyrillic = strings.NewReplacer("В", "B", "С", "C", "Н", "H", "К", "K", "М", "M", "Р", "P", "Т", "T", "Х", "X")

// ReadReceipt reads what somebody has typed: small letters, blanks and hyphens do no
// harm. What is no receipt comes back as one that nobody has.
func ReadReceipt(typed string) Receipt {
	typed = cyrillic.Replace(strings.ToUpper(typed[:min(len(typed), 400)]))
	return Receipt(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, typed))
}

// String is the receipt in groups of letters, easy to copy.
func (r Receipt) String() string {
	var groups []string
	for i := 0; i < len(r); i += receiptGroup {
		groups = append(groups, string(r[i:min(i+receiptGroup, len(r))]))
	}
	return strings.Join(groups, " ")
}

// hash is what is stored of it.
func (r Receipt) hash() string {
	sum := sha256.Sum256([]byte("receipt of an issue " + string(r)))
	return hex.EncodeToString(sum[:])
}
