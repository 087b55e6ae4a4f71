package agenda

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// label is what the words in front of a colon, or in the first column, announce.
type label int

// The labels, which a line may bear together: "Date and venue:".
const (
	ofDays label = 1 << iota
	ofPlace
	ofTitle
	ofOrganisers
	ofLanguages
	ofOther // of a letter's head, of names, of what is no part of an activity
)

var labels = labelled(map[label]string{
	ofDays: "date dates day days when datum daten termin termine zeit zeitraum wann дата даты сроки срок время когда data date quando periodo fecha fechas cuándo cuando " +
		"quand période period durée duration dauer durata duración",
	ofPlace: "place venue location where city lieu endroit où ort veranstaltungsort tagungsort wo luogo sede dove место места город где проведения lugar sede dónde donde ciudad adresse address indirizzo адрес",
	ofTitle: "title titre titel titolo тема название título titulo topic event subject thema sujet objet betreff oggetto asunto tema intitulé veranstaltung manifestation мероприятие evento activity activité aktivität attività actividad " +
		"course cours kurs corso курс curso meeting réunion",
	ofOrganisers: "organiser organisers organizer organizers organisateur organisateurs organisé organisée veranstalter organisation durchgeführt organizzatore organizzatori organizzato организатор организаторы " +
		"organizador organizadores organizado organised organized host hosts",
	ofLanguages: "language languages langue langues sprache sprachen arbeitssprache arbeitssprachen lingua lingue язык языки idioma idiomas lenguas",
	ofOther: "registration deadline contact contacts rsvp inscription inscriptions anmeldung anmeldeschluss kontakt iscrizione iscrizioni scadenza contatti регистрация контакт контакты inscripción plazo contacto " +
		"speaker speakers moderator moderators intervenant intervenants moderatorin referent referentin relatore relatori докладчик докладчики модератор ponente ponentes original distribution version note nb reference ref " +
		"participants participant teilnehmende teilnehmer partecipanti участники participantes from to cc sent von an gesendet envoyé de à da inviato a от кому отправлено enviado para",
})

func labelled(of map[label]string) map[string]label {
	all := map[string]label{}
	for l, words := range of {
		for w := range strings.FieldsSeq(words) {
			all[w] |= l
		}
	}
	return all
}

// joints are words that labels hold beside those that count.
var joints = set("and et und e ed и y of the de la du des der die das di del della le les l' d' & by par von da por for für pour per para или or working travail lavoro trabajo рабочий рабочие рабочих проведения " +
	"mode format general event's meeting workshop training seminar course")

// longestLabel is how many letters a label has at most.
const longestLabel = 48

// labelOf reads what a passage announces, and where what it announces begins. A label
// alone has nothing behind it.
func labelOf(text string) (l label, value int) {
	at := strings.IndexAny(text, ":：\t")
	if at < 0 {
		if utf8.RuneCountInString(text) > longestLabel {
			return 0, 0
		}
		return labelWords(text, true), len(text)
	}
	if utf8.RuneCountInString(text[:at]) > longestLabel {
		return 0, 0
	}
	_, n := utf8.DecodeRuneInString(text[at:])
	value = at + n
	rest := strings.TrimLeft(text[value:], ": \t–-")
	return labelWords(text[:at], false), len(text) - len(rest)
}

// labelWords is what some words announce: they all have to belong to a label.
func labelWords(text string, alone bool) (l label) {
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' })
	if len(words) == 0 || len(words) > 6 || alone && len(words) > 3 {
		return 0
	}
	for _, w := range words {
		switch {
		case labels[w] != 0:
			l |= labels[w]
		case !joints[w]:
			return 0
		}
	}
	if l&ofOther != 0 && l&(ofDays|ofPlace) == 0 {
		return ofOther
	}
	return l &^ ofOther
}
