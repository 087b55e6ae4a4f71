package search_test

import (
	"fmt"
	"slices"
	"testing"

	"polis/internal/search"
)

func TestWordsThatStandTogetherComeFirst(t *testing.T) {
	ix := indexOf(t,
		text("apart", "en", "Of many things", "The border is long and cold. In the town far from all of this there works the police."),
		text("together", "en", "Of many things", "The long and cold line is watched. In the town far from all of this the border police work."),
	)
	for range 2 {
		if got := found(answer(t, ix, search.Query{Text: "border police", Lang: "en", Limit: 5})); !slices.Equal(got, []string{"together", "apart"}) {
			t.Error(got)
		}
	}
	if got := found(answer(t, ix, search.Query{Text: "police", Lang: "en", Limit: 5})); len(got) != 2 {
		t.Error("one word has no neighbour:", got)
	}
	t.Run("every hit stands on one page, whatever the pages' size", func(t *testing.T) {
		var put []search.Entry
		for i := range 60 {
			put = append(put, text(fmt.Sprintf("d%02d", i), "en", "Note", fmt.Sprint("border ", []string{"", "and the ", "far from any "}[i%3], "police ", i)))
		}
		ix := indexOf(t, put...)
		whole := found(answer(t, ix, search.Query{Text: "border police", Lang: "en", Limit: 60}))
		for _, size := range []int{1, 7, 20, 25} {
			var pages []string
			for at := 0; at < 60; at += size {
				pages = append(pages, found(answer(t, ix, search.Query{Text: "border police", Lang: "en", Limit: size, Offset: at}))...)
			}
			if !slices.Equal(pages, whole) {
				t.Errorf("in pages of %d: %v", size, pages)
			}
		}
	})
}
