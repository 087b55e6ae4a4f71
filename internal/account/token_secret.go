package account

import (
	"crypto/rand"
	"hash/crc32"
	"strings"
)

// A token's secret is "polis_", 256 bits of chance in base 62 and a checksum:
// machines that look for leaked secrets know one when they see it, and a mistyped
// one is told from one that was taken back.
const (
	tokenPrefix = "polis_"
	chanceChars = 43 // 62^43 > 2^256
	sumChars    = 6
	tokenChars  = len(tokenPrefix) + chanceChars + sumChars
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newSecret makes the secret of a token.
func newSecret() string {
	var out strings.Builder
	out.WriteString(tokenPrefix)
	for out.Len() < len(tokenPrefix)+chanceChars {
		var chance [64]byte
		_, _ = rand.Read(chance[:]) // it never fails
		for _, b := range chance {
			// Six bits at a time; those beyond the alphabet are drawn anew, so that
			// every letter is as likely as any other.
			if i := b & 63; i < 62 && out.Len() < len(tokenPrefix)+chanceChars {
				out.WriteByte(base62[i])
			}
		}
	}
	return out.String() + checksum(out.String())
}

// checksum is the CRC-32 of the text in base 62.
func checksum(text string) string {
	sum, out := crc32.ChecksumIEEE([]byte(text)), make([]byte, sumChars)
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = base62[sum%62]
		sum /= 62
	}
	return string(out)
}

// LooksLikeToken reports whether the text has the form of a token's secret, its
// checksum included: it need not be anybody's.
func LooksLikeToken(text string) bool {
	return len(text) == tokenChars && strings.HasPrefix(text, tokenPrefix) &&
		checksum(text[:tokenChars-sumChars]) == text[tokenChars-sumChars:]
}
