package blobtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([^/]+)/s3/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$`)

// unsigned returns "" for a request that was signed with Key and Secret, else
// the code with which a storage refuses it (AWS Signature Version 4).
func unsigned(r *http.Request) string {
	m := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		return "AccessDenied"
	}
	key, day, region, signed, signature := m[1], m[2], m[3], m[4], m[5]
	if key != Key {
		return "InvalidAccessKeyId"
	}
	scope := day + "/" + region + "/s3/aws4_request"
	hash := sha256.Sum256([]byte(canonical(r, signed)))
	text := strings.Join([]string{"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), scope, hex.EncodeToString(hash[:])}, "\n")
	by := []byte("AWS4" + Secret)
	for _, part := range []string{day, region, "s3", "aws4_request", text} {
		by = mac(by, part)
	}
	if hex.EncodeToString(by) != signature {
		return "SignatureDoesNotMatch"
	}
	return ""
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// canonical is the text of a request that is signed.
func canonical(r *http.Request, signed string) string {
	var query []string
	for name, values := range r.URL.Query() {
		for _, v := range values {
			query = append(query, escape(name)+"="+escape(v))
		}
	}
	slices.Sort(query)
	text := r.Method + "\n" + r.URL.EscapedPath() + "\n" + strings.Join(query, "&") + "\n"
	for _, name := range strings.Split(signed, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		text += name + ":" + strings.TrimSpace(value) + "\n"
	}
	return text + "\n" + signed + "\n" + r.Header.Get("X-Amz-Content-Sha256")
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
