package extract_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"polis/internal/extract"
	"polis/internal/lang"
)

// prose is a paragraph in each language, written for these tests.
var prose = map[lang.Tag]string{
	lang.English: "The station keeps a list of what residents report, and every week an officer calls two of them back. It is a café rule: whoever asks first is answered first, and nobody’s question is lost between shifts.",
	lang.French:  "Le commissariat tient une liste de ce que signalent les habitants, et chaque semaine un agent rappelle deux d’entre eux. La règle est simple : celui qui a demandé le premier reçoit la première réponse, et aucune question ne se perd entre deux relèves.",
	lang.German:  "Die Dienststelle führt eine Liste der Meldungen aus der Bevölkerung, und jede Woche ruft eine Beamtin zwei Personen zurück. Die Regel ist einfach: Wer zuerst fragt, erhält zuerst eine Antwort, und keine Frage geht zwischen den Schichten verloren.",
	lang.Italian: "Il commissariato tiene un elenco di ciò che segnalano gli abitanti, e ogni settimana un agente ne richiama due. La regola è semplice: chi ha chiesto per primo riceve la prima risposta, e nessuna domanda si perde fra un turno e l’altro, perché è già scritta.",
	lang.Russian: "Участок ведёт список обращений жителей, и каждую неделю сотрудник перезванивает двоим из них. Правило простое: кто спросил первым, тот первым получает ответ, и ни один вопрос не теряется между сменами, потому что он записан.",
	lang.Spanish: "La comisaría lleva una lista de lo que comunican los vecinos, y cada semana un agente vuelve a llamar a dos de ellos. La regla es sencilla: quien preguntó primero recibe la primera respuesta, y ninguna pregunta se pierde entre un turno y el siguiente. ¿Quién llamó?",
}

func TestEncodings(t *testing.T) {
	western := map[string]encoding.Encoding{
		"windows-1252": charmap.Windows1252, "ISO 8859-1": charmap.ISO8859_1, "ISO 8859-15": charmap.ISO8859_15,
	}
	cyrillic := map[string]encoding.Encoding{
		"windows-1251": charmap.Windows1251, "KOI8-R": charmap.KOI8R, "cp866": charmap.CodePage866, "ISO 8859-5": charmap.ISO8859_5,
	}
	every := map[string]encoding.Encoding{
		"UTF-8": unicode.UTF8, "UTF-8 with a mark": unicode.UTF8BOM,
		"UTF-16 LE": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16 BE": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"UTF-16 LE with a mark": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "UTF-16 BE with a mark": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	}
	for tag, text := range prose {
		check := func(name string, enc encoding.Encoding) {
			t.Run(fmt.Sprintf("%s in %s is read as it was written", tag.Name(), name), func(t *testing.T) {
				text := text
				if strings.HasPrefix(name, "ISO") {
					text = strings.ReplaceAll(text, "’", "'")
				}
				data, err := enc.NewEncoder().String(text)
				if err != nil {
					t.Fatal(err)
				}
				c := read(t, "a.txt", []byte(data))
				if len(c.Passages) != 1 || c.Passages[0].Text != text {
					t.Fatalf("read %q, want %q", c.Text(), text)
				}
				if c.Lang != tag || !c.LangSure {
					t.Errorf("language %q, sure %t", c.Lang, c.LangSure)
				}
			})
		}
		for name, enc := range every {
			check(name, enc)
		}
		for name, enc := range map[bool]map[string]encoding.Encoding{true: cyrillic, false: western}[tag == lang.Russian] {
			check(name, enc)
		}
	}
	t.Run("a short Russian line is enough for its encoding", func(t *testing.T) {
		for name, enc := range cyrillic {
			data, _ := enc.NewEncoder().String("Отчёт о работе полиции")
			if c := read(t, "a.txt", []byte(data)); c.Text() != "Отчёт о работе полиции\n" {
				t.Errorf("%s: %q", name, c.Text())
			}
		}
	})
	t.Run("the euro and the œ of ISO 8859-15 are kept", func(t *testing.T) {
		data, _ := charmap.ISO8859_15.NewEncoder().String("Le cœur du projet coûte 20 € par séance.")
		if c := read(t, "a.txt", []byte(data)); c.Text() != "Le cœur du projet coûte 20 € par séance.\n" {
			t.Errorf("%q", c.Text())
		}
	})
}

func TestText(t *testing.T) {
	t.Run("wrapped lines become paragraphs, hyphens at line ends go, compounds stay", func(t *testing.T) {
		c := read(t, "a.txt", []byte("COMMUNITY POLICING\r\n\r\nThe officers meet the resi-\r\ndents of the old\r\ntown every week.\r\n\r\n- first point\r\n- second point\r\n\fPage two is here.\r\n"))
		want := []extract.Passage{
			{Kind: extract.Heading, Level: 2, Page: 1, Text: "COMMUNITY POLICING"},
			{Kind: extract.Paragraph, Page: 1, Text: "The officers meet the residents of the old town every week."},
			{Kind: extract.ListItem, Page: 1, Text: "- first point"},
			{Kind: extract.ListItem, Page: 1, Text: "- second point"},
			{Kind: extract.Paragraph, Page: 2, Text: "Page two is here."},
		}
		if !slices.Equal(c.Passages, want) || c.Pages != 2 {
			t.Errorf("passages %+v, pages %d", c.Passages, c.Pages)
		}
	})
	t.Run("some NULs in a text are dropped", func(t *testing.T) {
		c := read(t, "a.txt", []byte(strings.Repeat("A text about patrols. ", 20)+"\x00\x00end"))
		if strings.ContainsRune(c.Text(), 0) || !strings.Contains(c.Text(), "end") {
			t.Errorf("%q", c.Text())
		}
	})
	t.Run("a line of twenty million bytes is divided at sentences and read whole", func(t *testing.T) {
		sentence := "Полиция работает. "
		line := strings.Repeat(sentence, 20_000_000/len(sentence))
		c := read(t, "a.txt", []byte(line))
		words := 0
		for _, p := range c.Passages {
			if len(p.Text) > 8000 || !utf8.ValidString(p.Text) || !strings.HasSuffix(p.Text, "работает.") {
				t.Fatalf("a passage of %d bytes ends %q", len(p.Text), p.Text[len(p.Text)-20:])
			}
			words += strings.Count(p.Text, "Полиция")
		}
		if words != strings.Count(line, "Полиция") {
			t.Errorf("%d words of %d", words, strings.Count(line, "Полиция"))
		}
	})
	t.Run("text beyond the limit is cut with a note", func(t *testing.T) {
		limits := extract.DefaultLimits()
		limits.TextBytes = 1 << 20
		data := []byte(strings.Repeat("A line about patrols.\n\n", 100_000))
		x := extract.New("", limits)
		c, err := x.File(t.Context(), "a.txt", strings.NewReader(string(data)), int64(len(data)))
		if err != nil || !slices.Equal(c.Notes, []extract.Note{{Code: "text-cut", N: 1}}) || len(c.Text()) > 2<<20 {
			t.Errorf("notes %v, %d bytes, %v", c.Notes, len(c.Text()), err)
		}
	})
}

func TestLanguage(t *testing.T) {
	of := func(t *testing.T, text string) (lang.Tag, bool) {
		c := read(t, "a.txt", []byte(text))
		return c.Lang, c.LangSure
	}
	for name, text := range map[string]string{
		"Ukrainian":  "Дільниця веде список звернень мешканців, і щотижня працівник передзвонює двом із них. Правило просте: хто запитав першим, той першим отримує відповідь, і жодне питання не губиться між змінами.",
		"Belarusian": "Участак вядзе спіс зваротаў жыхароў, і кожны тыдзень супрацоўнік ператэлефаноўвае дваім з іх. Правіла простае: хто спытаў першым, той першым атрымлівае адказ.",
		"Kazakh":     "Учаске тұрғындардың өтініштерінің тізімін жүргізеді және апта сайын қызметкер олардың екеуіне қайта қоңырау шалады. Ереже қарапайым: кім бірінші сұраса, сол бірінші жауап алады.",
		"Kyrgyz":     "Участок тургундардын кайрылууларынын тизмесин жүргүзөт жана жума сайын кызматкер алардын экөөнө кайра чалат. Эреже жөнөкөй: ким биринчи сураса, ошол биринчи жооп алат.",
		"Serbian":    "Станица води списак пријава грађана, и сваке недеље службеник зове двоје од њих. Правило је једноставно: ко је први питао, први добија одговор, и ниједно питање се не губи између смена.",
		"Bulgarian":  "Участъкът води списък на сигналите от жителите и всяка седмица служител се обажда на двама от тях. Правилото е просто: който е попитал пръв, пръв получава отговор, и никой въпрос не се губи между смените, защото е записан и всеки може да го прочете.",
		"Portuguese": "A esquadra mantém uma lista do que os moradores comunicam e todas as semanas um agente volta a ligar a dois deles. A regra é simples: quem perguntou primeiro recebe a primeira resposta, e nenhuma pergunta se perde entre turnos.",
		"Romanian":   "Secția ține o listă cu ceea ce semnalează locuitorii și în fiecare săptămână un agent sună înapoi pe doi dintre ei. Regula este simplă: cine a întrebat primul primește primul răspuns.",
		"Dutch":      "Het bureau houdt een lijst bij van wat bewoners melden, en elke week belt een agent er twee terug. De regel is eenvoudig: wie het eerst vraagt, krijgt het eerst antwoord, en geen vraag gaat verloren.",
		"Polish":     "Komisariat prowadzi listę zgłoszeń mieszkańców i co tydzień funkcjonariusz oddzwania do dwóch z nich. Zasada jest prosta: kto zapytał pierwszy, pierwszy otrzymuje odpowiedź.",
		"Uzbek":      "Uchastka aholining murojaatlari ro‘yxatini yuritadi va har hafta xodim ulardan ikkitasiga qayta qo‘ng‘iroq qiladi. Qoida oddiy: kim birinchi so‘rasa, o‘sha birinchi javob oladi.",
		"Turkish":    "Karakol, sakinlerin bildirdiklerinin bir listesini tutar ve her hafta bir memur bunlardan ikisini geri arar. Kural basittir: ilk soran ilk cevabı alır ve hiçbir soru kaybolmaz.",
		"Swedish":    "Stationen för en lista över vad invånarna rapporterar, och varje vecka ringer en polis tillbaka till två av dem. Regeln är enkel: den som frågar först får svar först.",
	} {
		t.Run(name+" is none of the six", func(t *testing.T) {
			if tag, sure := of(t, text); tag != "" || sure {
				t.Errorf("taken for %q (sure: %t)", tag, sure)
			}
		})
	}
	t.Run("one sentence is enough in each of the six", func(t *testing.T) {
		for tag, text := range prose {
			sentence, _, _ := strings.Cut(text, ". ")
			if got, _ := of(t, sentence); got != tag {
				t.Errorf("%s is taken for %q: %s", tag, got, sentence)
			}
		}
	})
	t.Run("a word or two are never sure", func(t *testing.T) {
		for _, text := range []string{"Police", "OK 2012", "Полиция"} {
			if tag, sure := of(t, text); sure {
				t.Errorf("%q is surely %q", text, tag)
			}
		}
	})
}
