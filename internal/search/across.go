package search

import (
	"cmp"
	"slices"
	"strings"

	"polis/internal/lang"
)

// Sense is what one or more words of a question mean in a language: in another,
// or in their own, where something has two names.
type Sense struct {
	From, To int      // words[From:To] of the question
	Word     string   // these words as they were typed; set by the index
	Terms    []string // the stems that say it, one or several; all of them together say it
	Shown    string   // as somebody writes it who speaks the language
	Weight   float64  // how probable: 0…1, those of one word from one source in sum at most 1
	Source   Source
}

// Source is where a sense is known from.
type Source string

// The sources, the surest first.
const (
	Thesaurus  Source = "thesaurus"  // a concept's labels
	Dictionary Source = "dictionary" // what an administrator brought
	Learned    Source = "learned"    // from the library's own language versions
	Kin        Source = "kin"        // it sounds alike in both languages
	Compound   Source = "compound"   // one is a part of the other
)

// sources in the order in which they are believed.
var sources = []Source{Thesaurus, Learned, Dictionary, Kin}

// Translate gives the senses that words of one language have in another. It is
// called for each question and each language, so it is quick.
type Translate func(from, to lang.Tag, words []string) []Sense

// Speak makes the index find across languages.
func (ix *Index) Speak(t Translate) { ix.translate.Store(&t) }

func (ix *Index) translator() Translate {
	if t := ix.translate.Load(); t != nil {
		return *t
	}
	return nil
}

// How much a sense counts beside the others of its word, and the word as it was
// typed beside its senses: names stand in every language as they are.
const (
	conceptShare = 0.6 // where a concept is known, of it; the rest of the single words
	literal      = 0.15
	synonym      = 0.35
)

// asking is a question in the language in which it is asked.
type asking struct {
	question
	translate Translate
	from      lang.Tag
	words     []Term // in order
	own       []want // as that language hears it
}

// in takes the question in its language, for the others to understand.
func (q question) in(from lang.Tag, translate Translate) asking {
	a := asking{question: q, translate: translate, from: from}
	if from != "" {
		a.words = Terms(from, q.text())
		a.own = q.hear(from).wants
	}
	return a
}

// hear is the question as language t understands it: its own as it stands, and
// under the other names of what it means; another by what each word means there.
// Stop words are those of the language in which it is asked: what is one there
// is no noun here.
func (a asking) hear(t lang.Tag) heard {
	h := a.question.hear(t)
	if t == "" || len(a.words) == 0 || len(a.own) == 0 {
		return h
	}
	senses := a.senses(t)
	if t == a.from {
		for i := range h.wants {
			h.wants[i].addSynonyms(a.sensesOf(h.wants[i], senses))
		}
		return h
	}
	words := borrow(t)
	defer words.giveBack()
	h.wants = nil
	for _, w := range a.own {
		h.wants = append(h.wants, words.meant(w, a.sensesOf(w, senses)))
	}
	h.across = len(senses) > 0
	return h
}

// senses are what the words mean in language t, with the words as they were typed.
func (a asking) senses(t lang.Tag) []Sense {
	if a.translate == nil {
		return nil
	}
	stems := make([]string, len(a.words))
	for i, w := range a.words {
		stems[i] = w.Stem
	}
	list := a.translate(a.from, t, stems)
	for i, s := range list {
		var typed []string
		for _, w := range a.words[s.From:s.To] {
			typed = append(typed, w.Word)
		}
		list[i].Word = strings.Join(typed, " ")
	}
	return list
}

// sensesOf are those of one word of the question, the surest first.
func (a asking) sensesOf(w want, senses []Sense) []Sense {
	var list []Sense
	for _, s := range senses {
		has := func(t Term) bool { return t.Stem == w.forms[0].term }
		if slices.ContainsFunc(a.words[s.From:s.To], has) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(x, y Sense) int {
		return cmp.Or(cmp.Compare(slices.Index(sources, x.Source), slices.Index(sources, y.Source)), cmp.Compare(y.Weight, x.Weight))
	})
	return list
}

// meant is a word of the question as another language says it.
func (a *analyser) meant(w want, senses []Sense) want {
	m := want{typed: w.typed, times: w.times, sum: true, senses: senses}
	share := 1.0
	if slices.ContainsFunc(senses, func(s Sense) bool { return s.Source == Thesaurus }) {
		share = 1 - conceptShare
	}
	for _, s := range senses {
		if s.Source == Thesaurus {
			m.addForm(s.form(conceptShare))
			continue
		}
		for _, term := range s.Terms {
			m.addForm(form{term: term, weight: s.Weight * share, kind: asSense})
		}
	}
	as := 1.0
	if len(senses) > 0 {
		as = literal
	}
	a.tokens(w.typed, func(t token) {
		if !t.stop && t.start == 0 && t.end == len(w.typed) {
			m.addForm(form{term: t.term, weight: as})
		}
	})
	return m
}

// addForm adds a form, or what it weighs to one that is there.
func (w *want) addForm(f form) {
	i := slices.IndexFunc(w.forms, f.same)
	if i < 0 {
		w.forms = append(w.forms, f)
		return
	}
	w.forms[i].weight += f.weight
	w.forms[i].kind = min(w.forms[i].kind, f.kind)
}

// addSynonyms lets a word also be found under the other names of what it means.
func (w *want) addSynonyms(senses []Sense) {
	w.senses = senses
	for _, s := range senses {
		f := s.form(synonym)
		if !slices.ContainsFunc(w.forms, f.same) {
			w.forms = append(w.forms, f)
		}
	}
}

// form is a name for what is meant. One of several words counts where all of them
// stand: "canine unit" is a police dog, and a unit is none.
func (s Sense) form(share float64) form {
	return form{term: s.Terms[0], weight: s.Weight * share, kind: asSense, also: s.Terms[1:]}
}

// A word that more entries of its language have than these is too common to be
// looked for by its sound: names are rare.
const (
	commonFrom  = 50
	commonShare = 50 // one in
)

// addKin adds to words that nothing is known of those that sound like them.
func (a asking) addKin(v *view, r *reading) error {
	if a.from == "" || r.tag == "" || r.tag == a.from || len(a.own) != len(r.wants) {
		return nil
	}
	common := max(commonFrom, v.lengths(a.from).entries/commonShare)
	for i, w := range r.wants {
		if len(w.senses) > 0 {
			continue
		}
		n, err := v.count(textField(a.from), a.own[i].forms[0].term)
		if err != nil {
			return err
		}
		if n > common {
			continue
		}
		kin, err := v.kin(r.tag, a.own[i].forms[0].term)
		if err != nil {
			return err
		}
		for _, f := range kin {
			r.wants[i].addForm(form{term: f.term, weight: kinWeight * f.weight, kind: asKin})
		}
	}
	return nil
}

// text is all that the question asks for, phrases included.
func (q question) text() string {
	return strings.Join(append([]string{q.words}, q.phrases...), "\n")
}
