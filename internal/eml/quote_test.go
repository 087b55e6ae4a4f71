package eml_test

import (
	"strings"
	"testing"
)

// The ways in which mail programs quote, in the six languages: what is her own, and
// what of the other's words must be among the quoted ones.
func TestOwnWords(t *testing.T) {
	for what, c := range map[string]struct{ text, own, quoted string }{
		"English, Gmail":                      {"Thank you.\n\nOn Mon, 23 Nov 2026 at 15:20, A B <a@polis.example> wrote:\n\n> Old words", "Thank you.", "Old words"},
		"English, folded":                     {"Thank you.\n\nOn Mon, 23 Nov 2026 at 15:20, A very long name of somebody\n<a@polis.example>\nwrote:\n> Old words", "Thank you.", "Old words"},
		"English, between":                    {"On 23 Nov 2026, A wrote:\n> One?\n\nYes.\n\n> Two?\nNo.\n", "Yes.\n\nNo.", "One?\nTwo?"},
		"German":                              {"Danke.\n\nAm 23.11.2026 um 15:20 schrieb A B <a@polis.example>:\n> Alte Worte", "Danke.", "Alte Worte"},
		"German, Outlook":                     {"Danke.\n\n________________________________\nVon: A B <a@polis.example>\nGesendet: Montag, 23. November 2026 15:20\nAn: C\nBetreff: x\n\nAlte Worte", "Danke.", "Alte Worte"},
		"German, old":                         {"Danke.\n-----Ursprüngliche Nachricht-----\nAlte Worte", "Danke.", "Alte Worte"},
		"French":                              {"Merci.\n\nLe lun. 23 nov. 2026 à 15:20, A B <a@polis.example> a écrit\u00a0:\n\n> Anciens mots", "Merci.", "Anciens mots"},
		"French, Outlook":                     {"Merci.\n\nDe : A B\nEnvoyé : lundi 23 novembre 2026 15:20\nÀ : C\n\nAnciens mots", "Merci.", "Anciens mots"},
		"French, forwarded":                   {"Voici.\n---------- Message transféré ---------\nDe : A\nAnciens mots", "Voici.", "Anciens mots"},
		"Italian":                             {"Grazie.\n\nIl giorno lun 23 nov 2026 alle ore 15:20 A B <a@polis.example> ha scritto:\n\n> Vecchie parole", "Grazie.", "Vecchie parole"},
		"Italian, Outlook":                    {"Grazie.\n\nDa: A B\nInviato: lunedì 23 novembre 2026\nVecchie parole", "Grazie.", "Vecchie parole"},
		"Russian":                             {"Спасибо.\n\n23.11.2026 15:20, A B пишет:\n> Старые слова", "Спасибо.", "Старые слова"},
		"Russian, wrote":                      {"Спасибо.\n\nПонедельник, 23 ноября 2026, 15:20 +06:00 от А Б написал(а):\n> Старые слова", "Спасибо.", "Старые слова"},
		"Russian, Gmail":                      {"Спасибо.\n\nпн, 23 нояб. 2026 г. в 15:20, A B <a@polis.example>:\n\n> Старые слова", "Спасибо.", "Старые слова"},
		"Russian, Outlook":                    {"Спасибо.\n\nОт: А Б\nОтправлено: 23 ноября 2026\nКому: В\nСтарые слова", "Спасибо.", "Старые слова"},
		"Russian, forwarded":                  {"Вот.\n-------- Пересылаемое сообщение --------\nСтарые слова", "Вот.", "Старые слова"},
		"Spanish":                             {"Gracias.\n\nEl lun, 23 nov 2026 a las 15:20, A B (<a@polis.example>) escribió:\n\n> Viejas palabras", "Gracias.", "Viejas palabras"},
		"Spanish, Outlook":                    {"Gracias.\n\nDe: A B\nEnviado el: lunes, 23 de noviembre de 2026\nViejas palabras", "Gracias.", "Viejas palabras"},
		"a forwarded agenda":                  {"Begin forwarded message:\n\nFrom: A\nDate: 23 Nov 2026\n\nSeminar, 12 March 2027", "", "Seminar, 12 March 2027"},
		"HTML turned into text":               {"Thank you.\nOn 23 Nov 2026, A <a@polis.example> wrote:\nOld words", "Thank you.", "Old words"},
		"a signature":                         {"Thank you.\n\n-- \nA B\nPolice reform unit\n+996 312 00 00 00", "Thank you.", ""},
		"a telephone":                         {"Thank you.\n\nSent from my iPhone", "Thank you.", ""},
		"a Russian telephone":                 {"Спасибо.\nОтправлено с iPhone", "Спасибо.", ""},
		"a signature above":                   {"Thank you.\n--\nA B\n\n> Old words\n\nYes.", "Thank you.\n\nYes.", "Old words"},
		"a sentence that only looks like one": {"On Monday the officers wrote:\nwe are ready.", "On Monday the officers wrote:\nwe are ready.", ""},
		"a programme's heading":               {"From: Bishkek\nWe start at nine.", "From: Bishkek\nWe start at nine.", ""},
		"the hour of a session":               {"Am 12.03.2027 beginnen wir:\n9:00 Eröffnung", "Am 12.03.2027 beginnen wir:\n9:00 Eröffnung", ""},
	} {
		m := read(t, letter("From: a@polis.example", "Content-Type: text/plain; charset=utf-8", "", c.text))
		if m.Text != c.own {
			t.Errorf("%s: her own words are %q", what, m.Text)
		}
		if !strings.Contains(m.Quoted, c.quoted) || (c.quoted == "") != (m.Quoted == "") {
			t.Errorf("%s: quoted is %q", what, m.Quoted)
		}
	}
}

func TestFoldedLinesAreJoined(t *testing.T) {
	m := read(t, letter("From: a@polis.example", "Content-Type: text/plain; format=flowed", "", "Seminar on the use ", "of evidence", "12 March", "> what ", "> they said", "-- ", "A B"))
	if m.Text != "Seminar on the use of evidence\n12 March" || m.Quoted != "what they said" {
		t.Errorf("%q, %q", m.Text, m.Quoted)
	}
}
