package library

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// Miss is a question that found nothing, and how often it was asked.
type Miss struct {
	Asked string
	Lang  lang.Tag
	Times int
	Last  time.Time // the day on which it was asked last
}

// What is kept of a question that found nothing, and how often it must have been
// asked to be shown: a question that one person asks may say who she is.
const (
	longestMiss = 100 // characters
	missShown   = 3
	longNumber  = 6 // figures: a telephone, a file, a date of birth
)

// NoteMiss counts a question that found nothing, by day and language. It keeps
// nothing of who asked, and no question with an address, a long number or the
// name of somebody who has an account. A word of a name that is a word of the
// thesaurus too is none.
func (l *Library) NoteMiss(ctx context.Context, asked string, t lang.Tag, at time.Time) error {
	text := plainQuestion(asked)
	if text == "" || t == "" {
		return nil
	}
	named, err := account.InName(ctx, l.DB, text, func(word string) (bool, error) {
		if len(search.Terms(t, word)) == 0 { // a stop word
			return true, nil
		}
		return thesaurus.HasWord(ctx, l.DB, word)
	})
	if err != nil || named {
		return err
	}
	day := at.UTC().Truncate(24 * time.Hour)
	if _, err = store.Upkeep(ctx, l.DB, `
		INSERT INTO search_miss (day, lang, asked, times) VALUES ($1, $2, $3, 1)
		ON CONFLICT (day, lang, asked) DO UPDATE SET times = search_miss.times + 1`, day, string(t), text); err != nil {
		return fmt.Errorf("library: note a miss: %w", err)
	}
	return nil
}

// plainQuestion is a question as it is counted, "" for one that is not.
func plainQuestion(asked string) string {
	text := strings.ToLower(strings.Join(strings.Fields(asked), " "))
	if !utf8.ValidString(asked) || utf8.RuneCountInString(text) > longestMiss || strings.Contains(text, "@") {
		return ""
	}
	figures, letters := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsControl(r):
			return ""
		case unicode.IsDigit(r):
			figures++
		case unicode.IsLetter(r):
			letters++
		}
	}
	if figures >= longNumber || letters < 2 {
		return ""
	}
	return text
}

// Misses lists what people look for and do not find, the most frequent first:
// what was asked at least three times since a day.
func (l *Library) Misses(ctx context.Context, since time.Time, limit int) ([]Miss, error) {
	return store.List[Miss](ctx, l.DB, parts, `
		SELECT asked, lang, CAST(SUM(times) AS BIGINT) AS times, MAX(day) AS last
		FROM search_miss
		WHERE {scope} AND day >= $1
		GROUP BY asked, lang
		HAVING SUM(times) >= $2
		ORDER BY times DESC, asked, lang
		LIMIT $3`, since, missShown, limit)
}
