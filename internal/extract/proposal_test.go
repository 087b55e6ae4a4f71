package extract_test

import (
	"testing"

	"polis/internal/lang"
)

func TestProposals(t *testing.T) {
	type proposal struct {
		symbol, date string
		original     lang.Tag
	}
	for text, want := range map[string]proposal{
		"PC.DEC/1049\n26 July 2012\nOriginal: ENGLISH\n\nText of the decision.":           {"PC.DEC/1049", "2012-07-26", lang.English},
		"MC.DEC/9/01\n4 décembre 2001\nOriginal : FRANÇAIS\n\nTexte de la décision.":      {"MC.DEC/9/01", "2001-12-04", lang.French},
		"SEC.GAL/12/20/Rev.1\n3. März 2020\n\nText des Berichts.":                         {"SEC.GAL/12/20/Rev.1", "2020-03-03", ""},
		"PC.JOUR/921/Corr.1\n26 luglio 2012\n\nTesto del giornale.":                       {"PC.JOUR/921/Corr.1", "2012-07-26", ""},
		"РС.DEC/1049\n26 июля 2012 года\nОригинал: АНГЛИЙСКИЙ\n\nТекст решения.":          {"PC.DEC/1049", "2012-07-26", lang.English},
		"CIO.GAL/3/19/Add.2\n1 de marzo de 2019\nOriginal: ESPAÑOL\n\nTexto de la carta.": {"CIO.GAL/3/19/Add.2", "2019-03-01", lang.Spanish},
		"Decision No. 1049\n\nadopted on July 26, 2012 in Vienna":                         {"Decision No. 1049", "2012-07-26", ""},
		"DÉCISION N° 1049\n\nadoptée le 1er août 2012 à Vienne":                           {"DÉCISION N° 1049", "2012-08-01", ""},
		"BESCHLUSS Nr. 9/01\n\nangenommen im Dezember 2001 in Bukarest":                   {"BESCHLUSS Nr. 9/01", "2001-12", ""},
		"РЕШЕНИЕ № 1049\n\nпринято 26.07.2012 в городе Вене":                              {"РЕШЕНИЕ № 1049", "2012-07-26", ""},
		"A note of 2012-02-30, in other words of no day at all":                           {"", "", ""},
		"A note on regulation 12/2012 and on the years 2012 and 2013 as a whole":          {"", "", ""},
		"The march of 2012 people through the town took a day":                            {"", "", ""},
	} {
		t.Run("proposals from: "+text, func(t *testing.T) {
			c := read(t, "a.txt", []byte(text))
			if got := (proposal{c.Symbol, c.Date, c.Original}); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
	t.Run("the lines above a title are not the title", func(t *testing.T) {
		for text, want := range map[string]string{
			"DÉCISION No 1049\nCADRE DE TRAVAIL POUR LES ACTIVITÉS\n\nRELATIVES À LA POLICE\n\nLe texte commence ici.":                                              "CADRE DE TRAVAIL POUR LES ACTIVITÉS RELATIVES À LA POLICE",
			"PC.DEC/1049\n\n26 July 2012\n\nOriginal: ENGLISH\n\nDECISION No. 1049\n\nFRAMEWORK FOR POLICE-RELATED WORK\n\nThe text begins here.":                   "FRAMEWORK FOR POLICE-RELATED WORK",
			"Организация по безопасности и сотрудничеству в Европе\n\nПостоянный совет\n\nПодготовка сотрудников полиции\n\nТекст начинается здесь и продолжается.": "Подготовка сотрудников полиции",
		} {
			if c := read(t, "a.txt", []byte(text)); c.Title != want {
				t.Errorf("title %q, want %q", c.Title, want)
			}
		}
	})
	t.Run("what programs write into the title is not a title", func(t *testing.T) {
		for _, title := range []string{"Microsoft Word - report.doc", "untitled", "Document1", "PowerPoint Presentation", "Презентация PowerPoint", "report_final.docx", "12345"} {
			c := read(t, "a.html", []byte("<title>"+title+"</title><h1>Hate crime and the first hour</h1><p>A text that begins at once."))
			if c.Title != "Hate crime and the first hour" {
				t.Errorf("%q became %q", title, c.Title)
			}
		}
	})
	t.Run("a title in the properties wins where the text agrees", func(t *testing.T) {
		c := read(t, "a.html", []byte("<title>Hate crime: the first hour</title><h1>The first hour</h1><p>What officers do about hate crime."))
		if c.Title != "Hate crime: the first hour" {
			t.Errorf("title %q", c.Title)
		}
	})
}
