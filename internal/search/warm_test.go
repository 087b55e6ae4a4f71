package search_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"polis/internal/search"
)

func TestAWarmedIndexAnswersAsBefore(t *testing.T) {
	ix := indexOf(t)
	var put []search.Entry
	for i := range 5200 { // more than a segment needs to be warmed
		put = append(put, search.Entry{Document: fmt.Sprintf("d%04d", i), Lang: "de", Title: fmt.Sprint("Bedarfsermittlung ", i)})
	}
	put = append(put, search.Entry{Document: "k", Lang: "fr", Title: "Terrorisme et extrémisme"}, search.Entry{Document: "b", Lang: "de", Title: "Bedarf"})
	if err := ix.Update(1, put, nil); err != nil {
		t.Fatal(err)
	}
	ask := func(text string) search.Answer {
		a, err := ix.Search(t.Context(), everyone, search.Query{Text: text, Lang: "ru", Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if err := ix.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := ask("терроризм"); len(a.Hits) != 1 || a.Hits[0].Document != "k" {
		t.Errorf("the kin of a warmed index: %+v", a.Hits)
	}
	if a, err := ix.Search(t.Context(), everyone, search.Query{Text: "Ermittlung", Lang: "de"}); err != nil || a.Total != 5200 {
		t.Errorf("the compounds of a warmed index: %d, %v", a.Total, err)
	}
	if n, err := ix.Pieces(); n != 1 || err != nil {
		t.Errorf("one update lies in %d pieces, %v", n, err)
	}
	t.Run("whoever stops it is heard", func(t *testing.T) {
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if err := ix.Warm(stopped); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Run("what changes is seen at once", func(t *testing.T) {
		if err := ix.Update(2, []search.Entry{{Document: "k2", Lang: "fr", Title: "Le terrorisme"}}, []string{"k"}); err != nil {
			t.Fatal(err)
		}
		if a := ask("терроризм"); len(a.Hits) != 1 || a.Hits[0].Document != "k2" {
			t.Errorf("after a change: %+v", a.Hits)
		}
	})
}
