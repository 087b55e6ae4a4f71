package search

import (
	"unicode"

	"polis/internal/lang"
)

// askedIn is the language in which the question seems to be asked: the one that
// it says, mostly that of the page, unless another is much likelier. A Russian
// page is often asked in English.
func (f *finding) askedIn() (lang.Tag, error) {
	said := f.lang
	if !f.asked.wordy() || said == "" && f.translate == nil {
		return said, nil
	}
	own, err := f.familiar(said)
	if err != nil || own.all() {
		return said, err
	}
	best, most := said, own
	for _, t := range lang.All {
		if t == said {
			continue
		}
		other, err := f.familiar(t)
		if err != nil {
			return "", err
		}
		if other.likelier(own) && other.sum() > most.sum() {
			best, most = t, other
		}
	}
	return best, nil
}

// familiarity is how much of a question a language knows.
type familiarity struct {
	words int // of the question
	stops int // that are its stop words
	known int // that it has in an entry that the scope reads, or a sense for
	alien int // in letters that it does not write
}

func (f familiarity) all() bool { return f.words > 0 && f.stops+f.known == f.words }
func (f familiarity) sum() int  { return 2*f.stops + f.known }

// likelier reports whether the question is rather in this language than in the
// one that was said. Content words alone prove little, because languages share
// them: the stop words or the letters must speak for it, or the one said knows
// nothing of what this one knows wholly.
func (f familiarity) likelier(said familiarity) bool {
	switch {
	case f.alien > 0 || f.words == 0:
		return false
	case said.words == 0 || said.alien == said.words:
		return true
	case f.stops > said.stops:
		return f.sum() > said.sum()
	}
	return f.all() && said.stops+said.known == 0
}

func (f *finding) familiar(t lang.Tag) (familiarity, error) {
	if t == "" {
		return familiarity{}, nil
	}
	a := borrow(t)
	defer a.giveBack()
	var k familiarity
	var terms []string
	a.tokens(f.asked.text(), func(w token) {
		switch {
		case w.whole:
			return
		case w.stop:
			k.stops++
		default:
			terms = append(terms, w.term)
		}
		k.words++
		if cyrillic(w.term) != (t == lang.Russian) && !hasDigit(w.term) {
			k.alien++
		}
	})
	senses := f.sensed(t, terms)
	for i, term := range terms {
		n, err := f.view.count(textField(t), term)
		if err != nil {
			return k, err
		}
		if n > 0 || senses[i] {
			k.known++
		}
	}
	return k, nil
}

// sensed are the words for which there is a sense in another language.
func (f *finding) sensed(t lang.Tag, terms []string) []bool {
	list := make([]bool, len(terms))
	if f.translate == nil || len(terms) == 0 {
		return list
	}
	to := lang.English
	if t == to {
		to = lang.French
	}
	for _, s := range f.translate(t, to, terms) {
		for i := s.From; i < s.To; i++ {
			list[i] = true
		}
	}
	return list
}

func cyrillic(s string) bool {
	for _, r := range s {
		return unicode.Is(unicode.Cyrillic, r)
	}
	return false
}

// wordy reports whether the question has any text.
func (q question) wordy() bool { return q.words != "" || len(q.phrases) > 0 }
