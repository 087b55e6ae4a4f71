package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
)

// collections are those of whose sentences the documents are made.
var collections = []string{"en-cranfield", "en-npl", "ki-lohelp-de", "ki-lohelp-fr", "ki-lohelp-ru", "xl-ntrex"}

// paced is a data directory with the documents, imported by the real command and
// indexed to the end.
func paced(b testing.TB, dir string) place {
	b.Helper()
	keep := os.Getenv("POLIS_BENCH_DATA")
	if keep == "" {
		keep = b.TempDir()
	}
	p := place{Data: filepath.Join(keep, fmt.Sprint("pace-", manyPaced))}
	if _, err := os.Stat(filepath.Join(p.Data, "complete")); err == nil {
		if err := indexed(b, p); err != nil {
			b.Fatal(err)
		}
		return p
	}
	file := filepath.Join(keep, "pace.jsonl")
	err := errors.Join(os.RemoveAll(p.Data), writePaced(file, dir))
	if err == nil {
		var said []byte
		if said, err = exec.Command("polis", append([]string{"import", "records", file}, p.flags()...)...).CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, said[max(0, len(said)-500):])
		}
	}
	if err == nil {
		err = indexed(b, p)
	}
	if err = errors.Join(err, os.WriteFile(filepath.Join(p.Data, "complete"), nil, 0o600), os.Remove(file)); err != nil {
		b.Fatal(err)
	}
	return p
}

func indexed(b testing.TB, p place) error {
	sys, err := faces{}.open(b.Context(), p, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(sys.library.CatchUp(b.Context(), sys.index, nil), sys.close())
}

// writePaced writes the documents as records: half of them English, a third not
// public, each with some names of its own, so that the dictionary grows with the
// library as a real one does. It is the same at every call.
func writePaced(file, dir string) error {
	sentences := map[lang.Tag][]string{}
	for _, name := range collections {
		err := eachLine(filepath.Join(dir, name, "docs.jsonl"), func(line []byte) error {
			var d struct {
				Text string
				Lang lang.Tag
			}
			err := json.Unmarshal(line, &d)
			sentences[d.Lang] = append(sentences[d.Lang], strings.SplitAfter(d.Text, ". ")...)
			return err
		})
		if err != nil {
			return err
		}
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	enc, r := json.NewEncoder(out), rand.New(rand.NewPCG(4, 22))
	for i := range manyPaced {
		t := lang.English
		if i%2 == 1 {
			t = lang.All[1+r.IntN(5)]
		}
		if err := enc.Encode(pacedRecord(r, i, t, sentences[t])); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(out.Flush(), f.Close())
}

// pacedRecord is one document, out of the sentences of its language.
func pacedRecord(r *rand.Rand, id int, t lang.Tag, pool []string) map[string]any {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	var text []string
	for range 4 + r.IntN(4) {
		text = append(text, one(pool...)+" "+one(pool...)+" "+madeUp(r))
	}
	opening := strings.Fields(one(pool...))
	level := []string{"public", "public", "member"}[id%3]
	return map[string]any{
		"id": fmt.Sprintf("pace-%06d", id), "lang": t, "title": madeUp(r) + " " + strings.Join(opening[:min(len(opening), 6)], " "),
		"text": strings.Join(text, "\n\n"), "symbol": pacedSymbol(id), "level": level,
		"type": one("guide", "report", "study", "training-material", "good-practice", "minutes"), "origin": one("KG", "IT", "AT", "RS", "UZ", "CA", "spmu"),
		"themes": []string{one("police-reform", "organised-crime", "terrorism", "drugs", "trafficking", "cybercrime")},
		"items":  []string{fmt.Sprintf("1049/%d.1", 14+r.IntN(6))}, "date": fmt.Sprintf("%d-%02d-%02d", 1998+r.IntN(28), 1+r.IntN(12), 1+r.IntN(28)),
	}
}

// pacedSymbol is a symbol as the OSCE writes them.
func pacedSymbol(id int) string {
	switch id % 4 {
	case 0:
		return fmt.Sprintf("PC.DEC/%d", id/4)
	case 1:
		return fmt.Sprintf("SEC.GAL/%d/%02d", id/100, id%28)
	case 2:
		return fmt.Sprintf("CIO.GAL/%d/Rev.%d", id/4, id%3+1)
	}
	return ""
}

// programToken is the token of a member's program, made as her page makes it.
func programToken(b testing.TB, p place) string {
	b.Helper()
	admit(b, p)
	h, err := p.open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer h.close()
	person, err := h.person(b.Context(), readerEmail)
	if err != nil {
		b.Fatal(err)
	}
	who, _, err := account.Subject(b.Context(), h.db, person.ID, account.OneFactor)
	if err != nil {
		b.Fatal(err)
	}
	secret, _, err := account.MakeToken(b.Context(), h.db, who, account.OneFactor, account.Wanted{Name: "pace", Reach: access.Member, Days: 1})
	if err != nil {
		b.Fatal(err)
	}
	return secret
}

// pacedQuestions are the collections' own, in six languages, well mixed.
func pacedQuestions(b testing.TB, dir string) []asked {
	var list []asked
	for _, name := range collections {
		list = append(list, judged(b, filepath.Join(dir, name))...)
	}
	r := rand.New(rand.NewPCG(4, 22))
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	for i := range list {
		list[i].Text = string(bytes.TrimSpace([]byte(list[i].Text)))
	}
	return list[:900]
}
