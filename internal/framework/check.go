package framework

import "fmt"

// check compares what was read with the shape that the edition has, and says
// in words what differs.
func (e *Edition) check(o Official) []string {
	dashes, last, seen := map[int]int{}, 0, map[string]bool{}
	for _, p := range o.Passages {
		seen[p.ID] = true
		if i, ok := e.Item(p.ID); ok || p.Kind == Dash {
			if p.Kind == Paragraph {
				last = i.Paragraph
			} else {
				dashes[last]++
			}
		}
	}
	if last == 0 {
		return []string{"no numbered paragraph was found after a heading “I.”: this is not the layout of the official text"}
	}
	problems := e.missing(seen, last)
	for n := 1; n <= e.last(); n++ {
		if want := len(e.Dashes(n)); dashes[n] != want && seen[e.paragraph(n)] {
			problems = append(problems, fmt.Sprintf("paragraph %d has %d items, the edition has %d", n, dashes[n], want))
		}
	}
	if len(o.Notes) != e.Notes {
		problems = append(problems, fmt.Sprintf("%d footnotes were found, the edition has %d", len(o.Notes), e.Notes))
	}
	if p, ok := o.Find(e.paragraph(e.last())); ok && !ended(p.Text) {
		problems = append(problems, fmt.Sprintf("paragraph %d breaks off", e.last()))
	}
	return problems
}

// missing names the paragraphs and sections that were not seen; where the end
// of the text is lacking, it says where the text stops.
func (e *Edition) missing(seen map[string]bool, last int) []string {
	var problems []string
	if last < e.last() {
		problems = append(problems, fmt.Sprintf("the text ends in paragraph %d of %d", last, e.last()))
	}
	for n := 1; n < last; n++ {
		if !seen[e.paragraph(n)] {
			problems = append(problems, fmt.Sprintf("paragraph %d is missing", n))
		}
	}
	for _, s := range e.Sections {
		if !seen[s.ID] && s.First <= last {
			problems = append(problems, fmt.Sprintf("the heading of section %s is missing", s.Mark))
		}
	}
	return problems
}

// paragraph is the id of the paragraph with this number.
func (e *Edition) paragraph(n int) string { return fmt.Sprintf("%s/%d", e.ID, n) }
