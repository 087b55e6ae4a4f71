package oai_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/store/storetest"
)

// many is how many records the benchmark has, unless POLIS_BENCH_RECORDS says
// otherwise.
func many() int {
	if n, err := strconv.Atoi(os.Getenv("POLIS_BENCH_RECORDS")); err == nil && n > 0 {
		return n
	}
	return 200_000
}

// invented are the descriptions of so many documents.
func invented(b *testing.B, n int) *bytes.Reader {
	b.Helper()
	var file bytes.Buffer
	enc := json.NewEncoder(&file)
	themes := []string{"police-reform", "organised-crime", "terrorism", "drugs", "trafficking", "cybercrime"}
	types := []string{"guide", "report", "study", "minutes"}
	for i := range n {
		err := enc.Encode(map[string]any{
			"id": fmt.Sprint("r", i), "lang": []string{"en", "fr", "ru"}[i%3], "title": fmt.Sprintf("Report of the working group, number %d", i), "symbol": fmt.Sprintf("BENCH/%d", i),
			"summary": "What the working group found in the districts that it visited, and what it proposes to the ministry.", "text": "Text.", "type": types[i%4],
			"themes": []string{themes[i%6]}, "origin": "spmu", "date": fmt.Sprint(1990 + i%35),
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return bytes.NewReader(file.Bytes())
}

// BenchmarkOAI measures a list of many records at its beginning and at its end. The
// first page is counted without the question that counts the whole list, which only
// the first page asks; that is the third figure.
func BenchmarkOAI(b *testing.B) {
	h := build(b, storetest.SQLite(b), 0)
	n := many()
	if _, err := h.lib.ImportRecords(ctx, system, invented(b, n), access.Public, func(int64) {}); err != nil {
		b.Fatal(err)
	}
	for _, verb := range []string{"ListRecords", "ListIdentifiers"} {
		began, pages, last := time.Now(), 1, ""
		r := h.ask("verb=" + verb + "&metadataPrefix=oai_dc")
		second := tokenOf(r)
		for token := second; token != ""; pages++ {
			last = token
			token = tokenOf(h.ask("verb=" + verb + "&resumptionToken=" + url.QueryEscape(token)))
		}
		b.Logf("%s: %d pages, the whole of it in %v", verb, pages, time.Since(began).Round(time.Millisecond))
		for name, query := range map[string]string{
			"first, with the count": "&metadataPrefix=oai_dc", "second": "&resumptionToken=" + url.QueryEscape(second), "last": "&resumptionToken=" + url.QueryEscape(last),
			"first of a theme": "&metadataPrefix=oai_dc&set=theme:drugs", "of a type and a day": "&metadataPrefix=oai_dc&set=type:study&from=" + time.Now().UTC().Format(time.DateOnly),
		} {
			b.Run(verb+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if r := h.ask("verb=" + verb + query); r.code() != "" {
						b.Fatal(r.raw)
					}
				}
			})
		}
	}
}

func tokenOf(r reply) string {
	for _, l := range []replyList{r.Records, r.IDs} {
		if l.Token != nil {
			return l.Token.Text
		}
	}
	return ""
}
