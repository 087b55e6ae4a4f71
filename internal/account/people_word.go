package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"polis/internal/job"
	"polis/internal/store"
)

// maxWord is how long a word is kept, in letters, and maxWords how many are looked
// for at once.
const (
	maxWord  = 40
	maxWords = 8
)

// wordsOf are the words of a text as people are looked for by: in small letters,
// without accents, each once.
func wordsOf(text string) (words []string) {
	folded := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
	for _, word := range strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if letters := []rune(word); len(letters) > maxWord {
			word = string(letters[:maxWord])
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// headOf is a word's first three letters.
func headOf(word string) string {
	letters := []rune(word)
	return string(letters[:min(3, len(letters))])
}

// spell writes down the words of a person's name and address as part of a write.
// Whoever was erased has none.
func spell(ctx context.Context, tx *store.Tx, person string) error {
	p, err := Load(ctx, tx, person)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM person_word WHERE person = $1", person); err != nil || p.Erased {
		return err
	}
	for _, word := range wordsOf(p.Name + " " + p.Email) {
		if _, err := tx.Exec(ctx, "INSERT INTO person_word (person, word, head) VALUES ($1, $2, $3)", person, word, headOf(word)); err != nil {
			return fmt.Errorf("account: words of a name: %w", err)
		}
	}
	return nil
}

// SpellJob is the timetable's work that finds people without words, and SpellEvery
// the time between two turns. There are some after an upgrade alone.
const (
	SpellJob   = "account.words"
	SpellEvery = 24 * time.Hour
)

// Speller is the job's handler.
func Speller(db *store.DB) job.Handler {
	return func(ctx context.Context, _ *job.Run) error {
		_, err := Spell(ctx, db)
		return err
	}
}

// Spell writes down the words of all people who have none, and returns how many
// they were.
func Spell(ctx context.Context, db *store.DB) (n int, err error) {
	for {
		people, err := store.List[Person](ctx, db, everything, "SELECT "+columns+` FROM person p
			WHERE {scope} AND NOT erased AND NOT EXISTS (SELECT 1 FROM person_word w WHERE w.person = p.id) LIMIT 500`)
		if err != nil || len(people) == 0 {
			return n, err
		}
		written, err := spellAll(ctx, db, people)
		if err != nil || written == 0 {
			return n, err
		}
		n += len(people)
	}
}

// spellAll writes the words of people who have none, of those who have not
// changed meanwhile.
func spellAll(ctx context.Context, db *store.DB, people []Person) (int64, error) {
	var c condition
	var rows []string
	for _, p := range people {
		id, rev := c.bind(p.ID), c.bind(p.Rev)
		for _, word := range wordsOf(p.Name + " " + p.Email) {
			rows = append(rows, fmt.Sprintf("(%s, CAST(%s AS BIGINT), %s, %s)", id, rev, c.bind(word), c.bind(headOf(word))))
		}
	}
	return store.Upkeep(ctx, db, `
		INSERT INTO person_word (person, word, head)
		SELECT p.id, n.column3, n.column4 FROM (VALUES `+strings.Join(rows, ", ")+`) n JOIN person p ON p.id = n.column1 AND p.rev = n.column2
		WHERE NOT p.erased ON CONFLICT (person, word) DO NOTHING`, c.args...)
}

// dense is how many people have to be called so before a list is read in its own
// order, asking of each whether she is, instead of from the word.
const dense = 10_000

// called narrows to people each of whose words asked for begins one of hers; one
// letter has to be a whole word. What few are called is found from the words; what
// many are, is looked for in the list.
func (c *condition) called(ctx context.Context, q store.Reader, text string) error {
	words := wordsOf(text)
	if len(words) == 0 {
		c.add("1 = 0")
		return nil
	}
	words = words[:min(len(words), maxWords)]
	rarest, least := "", dense
	for _, word := range words {
		var of condition
		n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM (SELECT 1 FROM person_word w WHERE {scope} AND "+
			of.begins(word)+" LIMIT "+of.bind(least)+") found", of.args...)
		if err != nil {
			return err
		}
		if n < least {
			rarest, least = word, n
		}
	}
	for _, word := range words {
		if word == rarest {
			c.few = true
			c.add("p.id IN (SELECT w.person FROM person_word w WHERE " + c.begins(word) + ")")
			continue
		}
		c.add("EXISTS (SELECT 1 FROM person_word w WHERE w.person = p.id AND " + c.isWord(word) + ")")
	}
	return nil
}

// begins is the condition that the word w begins so, read from the index of heads.
func (c *condition) begins(word string) string {
	n := len([]rune(word))
	switch n {
	case 1:
		return "w.head = " + c.bind(word)
	case 2:
		return "SUBSTR(w.head, 1, 2) = " + c.bind(word)
	case 3:
		return "w.head = " + c.bind(word)
	}
	return "w.head = " + c.bind(headOf(word)) + fmt.Sprintf(" AND SUBSTR(w.word, 1, %d) = %s", n, c.bind(word))
}

// isWord is the same condition for a word of one person, from the index of people:
// it does not name the head.
func (c *condition) isWord(word string) string {
	if n := len([]rune(word)); n > 1 {
		return fmt.Sprintf("SUBSTR(w.word, 1, %d) = %s", n, c.bind(word))
	}
	return "w.word = " + c.bind(word)
}
