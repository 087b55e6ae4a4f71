package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/demo"
	"polis/internal/lang"
)

// many is how many documents a large library has here, unless
// POLIS_BENCH_DOCUMENTS says otherwise.
func many() int {
	if n, err := strconv.Atoi(os.Getenv("POLIS_BENCH_DOCUMENTS")); err == nil && n > 0 {
		return n
	}
	return 10_000
}

// phrases make sentences: who, does what, how and where. Every combination is
// one that a report could hold.
var phrases = map[lang.Tag][3][]string{
	"en": {
		{"Community officers", "Investigators of the regional unit", "Trainers from the police academy", "Representatives of civil society", "Border police and customs", "Prosecutors and police", "Members of the working group", "Cybercrime specialists"},
		{"reviewed the referral of presumed victims of trafficking", "agreed on a common procedure for electronic evidence", "tested the checklist for joint investigation teams", "described how complaints about hate crime are recorded", "compared national curricula for basic training", "traced the proceeds of organised crime", "exchanged experience with precursor control", "assessed the needs of small rural stations"},
		{"during a three-day seminar", "together with residents of the district", "in line with human rights standards", "with the support of the field operation", "before the annual evaluation", "at the request of the ministry", "under the supervision of an independent body", "in the second phase of the project"},
	},
	"fr": {
		{"Les policiers de proximité", "Les enquêteurs de l’unité régionale", "Les formateurs de l’école de police", "Les représentants de la société civile", "La police aux frontières et les douanes", "Les procureurs et les policiers", "Les membres du groupe de travail"},
		{"ont examiné l’orientation des victimes présumées de la traite", "ont arrêté une procédure commune pour les preuves électroniques", "ont éprouvé la liste de contrôle des équipes communes d’enquête", "ont décrit l’enregistrement des plaintes pour crime de haine", "ont comparé les programmes de formation initiale", "ont suivi les produits de la criminalité organisée", "ont évalué les besoins des petits postes ruraux"},
		{"lors d’un séminaire de trois jours", "avec les habitants du quartier", "dans le respect des droits de l’homme", "avec l’appui de l’opération de terrain", "avant l’évaluation annuelle", "à la demande du ministère", "pendant la deuxième phase du projet"},
	},
	"de": {
		{"Die Kontaktbeamten", "Die Ermittler der regionalen Dienststelle", "Die Lehrkräfte der Polizeiakademie", "Die Vertreter der Zivilgesellschaft", "Grenzpolizei und Zoll", "Staatsanwaltschaft und Polizei", "Die Mitglieder der Arbeitsgruppe"},
		{"prüften die Verweisung mutmaßlicher Opfer des Menschenhandels", "vereinbarten ein gemeinsames Verfahren für elektronische Beweismittel", "erprobten die Checkliste für gemeinsame Ermittlungsgruppen", "beschrieben die Erfassung von Anzeigen wegen Hasskriminalität", "verglichen die Lehrpläne der Grundausbildung", "verfolgten die Erträge der organisierten Kriminalität", "ermittelten den Bedarf kleiner Dienststellen auf dem Land"},
		{"während eines dreitägigen Seminars", "gemeinsam mit den Bewohnern des Viertels", "im Einklang mit den Menschenrechten", "mit Unterstützung der Feldoperation", "vor der jährlichen Auswertung", "auf Ersuchen des Ministeriums", "in der zweiten Phase des Projekts"},
	},
	"it": {
		{"Gli agenti di prossimità", "Gli investigatori dell’unità regionale", "I formatori dell’accademia di polizia", "I rappresentanti della società civile", "La polizia di frontiera e le dogane", "I procuratori e la polizia", "I membri del gruppo di lavoro"},
		{"hanno esaminato l’orientamento delle presunte vittime della tratta", "hanno concordato una procedura comune per le prove elettroniche", "hanno provato la lista di controllo delle squadre investigative comuni", "hanno descritto la registrazione delle denunce di crimini d’odio", "hanno confrontato i programmi di formazione di base", "hanno seguito i proventi della criminalità organizzata", "hanno valutato le esigenze delle piccole stazioni rurali"},
		{"durante un seminario di tre giorni", "insieme agli abitanti del quartiere", "nel rispetto dei diritti umani", "con il sostegno dell’operazione sul terreno", "prima della valutazione annuale", "su richiesta del ministero", "nella seconda fase del progetto"},
	},
	"ru": {
		{"Участковые сотрудники", "Следователи регионального подразделения", "Преподаватели полицейской академии", "Представители гражданского общества", "Пограничная полиция и таможня", "Прокуроры и полицейские", "Члены рабочей группы"},
		{"рассмотрели порядок перенаправления предполагаемых жертв торговли людьми", "согласовали общий порядок работы с электронными доказательствами", "опробовали контрольный перечень для совместных следственных групп", "описали регистрацию заявлений о преступлениях на почве ненависти", "сравнили учебные планы базовой подготовки", "проследили доходы организованной преступности", "оценили потребности небольших сельских участков"},
		{"в ходе трёхдневного семинара", "вместе с жителями района", "с соблюдением прав человека", "при поддержке полевой операции", "перед ежегодной оценкой", "по просьбе министерства", "на втором этапе проекта"},
	},
	"es": {
		{"Los agentes de proximidad", "Los investigadores de la unidad regional", "Los formadores de la academia de policía", "Los representantes de la sociedad civil", "La policía de fronteras y las aduanas", "Los fiscales y la policía", "Los miembros del grupo de trabajo"},
		{"examinaron la derivación de presuntas víctimas de la trata", "acordaron un procedimiento común para las pruebas electrónicas", "probaron la lista de comprobación de los equipos conjuntos de investigación", "describieron el registro de denuncias por delitos de odio", "compararon los planes de estudio de la formación básica", "siguieron el producto de la delincuencia organizada", "evaluaron las necesidades de las pequeñas comisarías rurales"},
		{"durante un seminario de tres días", "junto con los vecinos del distrito", "conforme a los derechos humanos", "con el apoyo de la operación sobre el terreno", "antes de la evaluación anual", "a petición del ministerio", "en la segunda fase del proyecto"},
	},
}

// questions are asked in turn.
var questions = []string{
	"referral of victims", "electronic evidence procedure", "joint investigation teams", "hate crime complaints", "basic training curricula",
	"proceeds of organised crime", "precursor control", "rural stations needs", "victimes de la traite", "preuves électroniques",
	"équipes communes d’enquête", "Opfer des Menschenhandels", "elektronische Beweismittel", "Lehrpläne der Grundausbildung",
	"vittime della tratta", "crimini d’odio", "торговля людьми", "электронные доказательства", "delitos de odio", "\"equipos conjuntos de investigación\"",
}

// madeUp is a name that no other document need have, so that the dictionary of
// words grows with the library as a real one does.
func madeUp(r *rand.Rand) string {
	syllables := []string{"ba", "den", "kor", "li", "mas", "no", "per", "ris", "sto", "tu", "val", "zem"}
	name := ""
	for range 3 + r.IntN(2) {
		name += syllables[r.IntN(len(syllables))]
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// record is one invented report of some 400 words in eight paragraphs.
func record(r *rand.Rand, id int, t lang.Tag) map[string]any {
	one := func(list []string) string { return list[r.IntN(len(list))] }
	p := phrases[t]
	var text []string
	for range 8 {
		var sentences []string
		for range 3 + r.IntN(2) {
			sentences = append(sentences, fmt.Sprintf("%s (%s) %s %s.", one(p[0]), madeUp(r), one(p[1]), one(p[2])))
		}
		text = append(text, strings.Join(sentences, " "))
	}
	themes := []string{"police-reform", "organised-crime", "terrorism", "drugs", "trafficking", "cybercrime"}
	types := []string{"guide", "report", "study", "training-material", "good-practice", "minutes"}
	origins := []string{"KG", "IT", "AT", "RS", "UZ", "CA", "spmu", "programme-office-bishkek"}
	level := "public"
	if id%20 == 19 {
		level = "member"
	}
	return map[string]any{
		"id": fmt.Sprintf("report-%06d-%s", id, t), "lang": t, "title": fmt.Sprintf("%s, %s %d", one(p[0]), madeUp(r), id),
		"text": strings.Join(text, "\n\n"), "summary": text[0], "symbol": fmt.Sprintf("BENCH/%d", id), "type": one(types), "origin": one(origins),
		"themes": []string{one(themes)}, "items": []string{fmt.Sprintf("1049/%d.1", 14+r.IntN(6))}, "level": level,
		"date": fmt.Sprintf("%d-%02d-%02d", 1998+r.IntN(28), 1+r.IntN(12), 1+r.IntN(28)),
	}
}

// records is a file of n documents, half of them English and one in five in two
// languages. It is the same at every call.
func records(b testing.TB, n int) *bytes.Reader {
	b.Helper()
	var file bytes.Buffer
	enc := json.NewEncoder(&file)
	r := rand.New(rand.NewPCG(2026, 11))
	put := func(rec map[string]any) {
		if err := enc.Encode(rec); err != nil {
			b.Fatal(err)
		}
	}
	for id := range n {
		t := lang.English
		if id%2 == 1 {
			t = lang.All[1+r.IntN(5)]
		}
		first := record(r, id, t)
		put(first)
		if id%5 == 0 {
			second := record(r, id, lang.All[(slices.Index(lang.All, t)+1+r.IntN(5))%6])
			second["translation_of"] = first["id"]
			put(second)
		}
	}
	return bytes.NewReader(file.Bytes())
}

// stocked is a data directory with n invented documents, indexed to the end.
// POLIS_BENCH_DATA names a directory in which it stays for the next run.
func stocked(b testing.TB, n int) place {
	return filled(b, fmt.Sprint(n), func(h *house) error {
		_, err := h.library.ImportRecords(b.Context(), access.System("bench"), records(b, n), access.Public, func(int64) {})
		return err
	})
}

// demonstrated is a data directory with the demonstration in it.
func demonstrated(b testing.TB) place {
	return filled(b, "demo", func(h *house) error { return demo.Load(b.Context(), h.library, func(int, int) {}) })
}

func filled(b testing.TB, name string, fill func(*house) error) place {
	b.Helper()
	dir := os.Getenv("POLIS_BENCH_DATA")
	if dir == "" {
		dir = b.TempDir()
	}
	p := place{Data: filepath.Join(dir, name)}
	sys, err := faces{}.open(b.Context(), p, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if sys.db.Seq() < 1000 || name == "demo" {
		err = fill(sys.house)
	}
	if err = errors.Join(err, sys.library.CatchUp(b.Context(), sys.index, nil), sys.close()); err != nil {
		b.Fatal(err)
	}
	return p
}
