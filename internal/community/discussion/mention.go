package discussion

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/store"
)

// mentioned is how somebody stands in what is kept: her name is looked up when it is
// read, so that it is gone with her.
var mentioned = regexp.MustCompile(`@\{([A-Za-z0-9:_.-]{1,64})\}`)

// said is a text in which those who are mentioned stand by their ids.
type said struct {
	text    string
	people  []string
	unknown []string // names after an @ that nobody in the group bears, or two do
}

// named is a member of a group.
type named struct{ ID, Name string }

// members of a group on a word that holds.
func members(ctx context.Context, q store.Reader, group string) ([]named, error) {
	return store.List[named](ctx, q, everything, `
		SELECT p.id, p.name FROM membership m JOIN person p ON p.id = m.person JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND m.grp = $1 AND v.ended = 0 AND NOT p.erased AND NOT p.blocked ORDER BY p.name, p.id`, group)
}

// name finds the members who are mentioned. More than MaxMentions are an Invalid.
func name(ctx context.Context, q store.Reader, group, body string) (said, error) {
	if !strings.Contains(body, "@") {
		return said{text: body}, nil
	}
	list, err := members(ctx, q, group)
	if err != nil {
		return said{}, err
	}
	s := naming(list, body)
	if len(s.people) > MaxMentions {
		return s, Invalid{"body": "topic.error.mentions"}
	}
	return s, nil
}

// naming puts ids in the place of names. The longest name wins; what two bear names
// nobody. An @ inside a word, as in an address, is none. Ids that somebody typed are
// heard of members alone.
func naming(list []named, body string) (s said) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b named) int { return cmp.Compare(len(b.Name), len(a.Name)) })
	var out strings.Builder
	before := ' '
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRuneInString(body[i:])
		if r != '@' || unicode.IsLetter(before) || unicode.IsDigit(before) || before == '\\' {
			out.WriteRune(r)
			before, i = r, i+size
			continue
		}
		id, length, double := called(list, body[i+1:])
		switch {
		case id != "" && !double:
			out.WriteString("@{" + id + "}")
			if !slices.Contains(s.people, id) {
				s.people = append(s.people, id)
			}
		default:
			if word := firstWord(body[i+1:]); length == 0 && word != "" {
				length = len(word)
			}
			if word := body[i+1 : i+1+length]; word != "" && !slices.Contains(s.unknown, word) {
				s.unknown = append(s.unknown, word)
			}
			out.WriteString(body[i : i+1+length])
			if strings.HasPrefix(body[i+1:], "{") {
				out.WriteByte(' ') // an id that she typed mentions nobody
			}
		}
		before, i = 'x', i+1+length
	}
	s.text = out.String()
	return s
}

// called finds whose name, or id in braces, the text begins with, and how long that is.
func called(list []named, text string) (id string, length int, double bool) {
	if m := mentioned.FindStringSubmatch("@" + text[:min(len(text), 80)]); m != nil && strings.HasPrefix("@"+text, m[0]) {
		if slices.ContainsFunc(list, func(p named) bool { return p.ID == m[1] }) {
			return m[1], len(m[0]) - 1, false
		}
		return "", 0, false
	}
	for _, p := range list {
		n := len(p.Name)
		if length > 0 && n < length {
			break
		}
		if n == 0 || n > len(text) || !strings.EqualFold(text[:n], p.Name) {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(text[n:]); unicode.IsLetter(next) || unicode.IsDigit(next) {
			continue
		}
		id, length, double = p.ID, n, id != ""
	}
	return id, length, double
}

// firstWord is what stands after an @ up to a blank or a mark, or "".
func firstWord(text string) string {
	if end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }); end >= 0 {
		return text[:min(end, 60)]
	}
	return text[:min(len(text), 60)]
}

// putMentions keeps who is mentioned in a post, since when.
func putMentions(ctx context.Context, tx *store.Tx, post string, people []string) error {
	var rows [][]any
	var c query
	c.and("post = ?", post)
	for _, id := range people {
		rows = append(rows, []any{post, id, tx.Now()})
	}
	if len(people) > 0 {
		ids := make([]any, len(people))
		for i, id := range people {
			ids[i] = id
		}
		c.and("person NOT IN "+marks(len(ids)), ids...)
	}
	if _, err := tx.Exec(ctx, "DELETE FROM post_mention WHERE "+c.conditions(), c.args...); err != nil {
		return err
	}
	return tx.Insert(ctx, "post_mention (post, person, at)", rows, " ON CONFLICT DO NOTHING")
}

// Mentioned are the ids of those who stand in a body that was kept.
func Mentioned(body string) (ids []string) {
	for _, m := range mentioned.FindAllStringSubmatch(body, -1) {
		if !slices.Contains(ids, m[1]) {
			ids = append(ids, m[1])
		}
	}
	return ids
}

// Spoken is a body with names in the place of ids, as its author typed it.
func Spoken(body string, name func(id string) string) string {
	return mentioned.ReplaceAllStringFunc(body, func(m string) string { return "@" + name(m[2:len(m)-1]) })
}

// Unheard are the names after an @ in a text that lead to nobody of the group, or to two.
func (d *Discussion) Unheard(ctx context.Context, group, body string) ([]string, error) {
	if !strings.Contains(body, "@") {
		return nil, nil
	}
	list, err := members(ctx, d.DB, group)
	return firstOf(naming(list, body).unknown, MaxMentions), err
}
