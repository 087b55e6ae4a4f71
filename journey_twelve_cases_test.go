package main

import "polis/internal/lang"

// words are a text in the languages in which the twelve are run.
type words map[lang.Tag]string

// twelfth is one of twelve activities as there are every year in such work. All of it
// is made up, and its texts say so; it tells nothing about the States that it names.
type twelfth struct {
	name       string
	kind       string
	hosts      []string // the first has asked first
	silent     string   // a State that is asked for its consent and does not answer
	areas      []string
	item, line string
	gender     string
	category   string   // of its budget line
	organisers []string // beside the unit of the demonstration
	total      string   // who took part
	women, men string
	rounds     int // how often it is held, where that is more than once

	assessed  bool // needs were assessed first
	programme bool // it belongs to a programme
	donates   bool // the host State pays its share, and nobody takes part
	closes    bool // the State closes the last of the areas midway
	later     bool // evaluated a year later, and not before
	threat    bool // the principles are asked at mid-term too, and nobody skips them (¶11)

	title, wish, done, fits, measure, learned words
}

// twelve are the activities.
var twelve = []twelfth{
	{
		name: "a regional workshop of five organisers for four States", kind: "workshop", hosts: []string{"KG", "KZ", "TJ", "UZ"}, silent: "TM",
		areas: []string{"trafficking/trafficking-investigation"}, item: "18.4", line: "1049/12.4", gender: "significant", category: "travel",
		organisers: []string{"Demo Academy of the Region", "Demo Centre for Border Training", "Demo Prosecutors’ School", "demo-forum"},
		total:      "24", women: "9", men: "15",
		title: words{"de": "Regionaler Workshop: Geldspuren im Menschenhandel", "ru": "Региональный семинар: финансовые следы торговли людьми"},
		wish: words{
			"de": "Ein dreitägiger Workshop mit den Nachbarstaaten, auf dem Ermittelnde gemeinsam an einem erfundenen Fall arbeiten.",
			"ru": "Трёхдневный семинар с соседними государствами, на котором следователи вместе разбирают вымышленное дело.",
		},
		done: words{
			"de": "Vierundzwanzig Ermittelnde aus vier Staaten verfolgen an einem erfundenen Fall den Weg des Geldes.",
			"ru": "Двадцать четыре следователя из четырёх государств прослеживают на вымышленном деле путь денег.",
		},
		fits: words{
			"de": "Die vier Staaten haben ähnliche Prozessordnungen; gelehrt wird auf Russisch.",
			"ru": "В четырёх государствах схожее процессуальное право; занятия идут на русском языке.",
		},
		measure: words{"de": "Dienststellen, die den Geldspuren von Anfang an nachgehen", "ru": "Подразделения, которые с самого начала прослеживают деньги"},
		learned: words{"de": "Ein gemeinsam bearbeiteter Fall schafft Kontakte, die halten", "ru": "Совместно разобранное дело создаёт контакты, которые сохраняются"},
	},
	{
		name: "an online course for two States", kind: "training", hosts: []string{"KG", "TJ"},
		areas: []string{"cybercrime/cyber-investigation"}, item: "19.1", line: "1049/12.3", gender: "significant", category: "experts", total: "31", women: "12", men: "19",
		title: words{"de": "Online-Kurs: elektronische Beweismittel sichern", "ru": "Онлайн-курс: как сохранить электронные доказательства"},
		wish: words{
			"de": "Sechs Abende online für Streifenführer und Ermittelnde, ohne dass jemand dafür reisen muss.",
			"ru": "Шесть онлайн-занятий для старших патрулей и следователей, чтобы никому не пришлось ехать.",
		},
		done: words{
			"de": "Sechs Lektionen mit Übungen am eigenen Gerät; die Aufzeichnungen bleiben bei den Akademien.",
			"ru": "Шесть уроков с упражнениями на своём устройстве; записи остаются у академий.",
		},
		fits: words{
			"de": "Die Leitungen sind schwach: kurze Lektionen, Unterlagen zum Herunterladen.",
			"ru": "Связь слабая, поэтому уроки короткие, а материалы можно скачать.",
		},
		measure: words{"de": "Teilnehmende, die die Prüfungsaufgabe lösen", "ru": "Участники, выполнившие проверочное задание"},
		learned: words{"de": "Kurze Lektionen am Abend werden zu Ende besucht, ganze Tage nicht", "ru": "Короткие вечерние уроки проходят до конца, целые дни – нет"},
	},
	{
		name: "equipment that is donated", kind: "equipment", hosts: []string{"KZ"},
		areas: []string{"police-reform/specialised-units"}, item: "14.8", line: "1049/12.1", gender: "none", category: "equipment", donates: true,
		title: words{"de": "Vier Koffer für die Spurensicherung auf dem Land", "ru": "Четыре комплекта для осмотра места происшествия в районах"},
		wish: words{
			"de": "Vier Spurensicherungskoffer für zwei Kreise, die heute auf die Hauptstadt warten.",
			"ru": "Четыре комплекта для осмотра места происшествия в двух районах, которые сейчас ждут выезда из столицы.",
		},
		done: words{
			"de": "Vier Koffer werden übergeben; der Staat stellt Fahrzeuge und Verbrauchsmaterial.",
			"ru": "Передаются четыре комплекта; государство даёт автомобили и расходные материалы.",
		},
		fits: words{
			"de": "Die Ausstattung entspricht der, mit der die Fachschule schon ausbildet.",
			"ru": "Комплекты такие же, на каких уже учит специальная школа.",
		},
		measure: words{"de": "Tatorte, die am selben Tag untersucht werden", "ru": "Места происшествия, осмотренные в тот же день"},
		learned: words{"de": "Ohne Verbrauchsmaterial für zwei Jahre bleibt gespendete Ausstattung liegen", "ru": "Без расходных материалов на два года подаренная техника лежит без дела"},
	},
	{
		name: "thirteen police–public round tables", kind: "forum", hosts: []string{"KG"}, rounds: 13, closes: true,
		areas: []string{"police-reform/community-policing", "police-reform/gender-diversity"}, item: "14.1", line: "1049/12.2", gender: "principal", category: "venue",
		total: "22", women: "10", men: "12",
		title: words{"de": "Dreizehn runde Tische von Polizei und Bevölkerung", "ru": "Тринадцать круглых столов полиции и жителей"},
		wish: words{
			"de": "In dreizehn Gemeinden setzen sich Polizei, Schule, Markt und Nachbarschaft einmal an einen Tisch.",
			"ru": "В тринадцати сёлах полиция, школа, рынок и соседи один раз садятся за общий стол.",
		},
		done: words{
			"de": "Jeder runde Tisch endet mit drei Absprachen und dem Tag, an dem man sie nachprüft.",
			"ru": "Каждый круглый стол заканчивается тремя договорённостями и днём их проверки.",
		},
		fits: words{
			"de": "Eingeladen wird vom Ältestenrat; Frauen sprechen auf Wunsch auch unter sich.",
			"ru": "Приглашает совет старейшин; женщины по желанию говорят и отдельно.",
		},
		measure: words{"de": "Absprachen, die nach drei Monaten eingehalten sind", "ru": "Договорённости, выполненные через три месяца"},
		learned: words{"de": "Wer den Tag der Nachprüfung sofort festlegt, wird wieder eingeladen", "ru": "Кто сразу назначает день проверки, того приглашают снова"},
	},
	{
		name: "a course of a hundred officers that is evaluated a year later", kind: "training", hosts: []string{"KZ"}, later: true,
		areas: []string{"organised-crime/financial-investigation"}, item: "15.2", line: "1049/12.3", gender: "significant", category: "interpretation",
		total: "100", women: "27", men: "73",
		title: words{"de": "Grundkurs Finanzermittlung für hundert Bedienstete", "ru": "Основы финансового расследования для ста сотрудников"},
		wish: words{
			"de": "Ein Grundkurs, nach dem in jedem Kreis jemand einen Kontoauszug lesen kann.",
			"ru": "Базовый курс, после которого в каждом районе кто-то умеет читать банковскую выписку.",
		},
		done: words{
			"de": "Hundert Bedienstete lernen in fünf Gruppen; ein Jahr später wird gezählt, was sie davon nutzen.",
			"ru": "Сто сотрудников учатся в пяти группах; год спустя считают, что из этого они применяют.",
		},
		fits: words{
			"de": "Gelehrt wird nach dem Lehrplan der Akademie und mit Vordrucken der eigenen Banken.",
			"ru": "Учат по программе академии и на бланках своих банков.",
		},
		measure: words{"de": "Bedienstete, die das Gelernte nach einem Jahr anwenden", "ru": "Сотрудники, применяющие изученное год спустя"},
		learned: words{"de": "Nach einem Jahr nutzt den Kurs, wessen Vorgesetzte ihn auch besucht haben", "ru": "Через год курс применяют те, чьи руководители прошли его тоже"},
	},
	{
		name: "a study visit", kind: "study-visit", hosts: []string{"TJ"},
		areas: []string{"drugs/drug-strategy"}, item: "17.1", line: "1049/12.4", gender: "none", category: "travel", total: "8", women: "2", men: "6",
		title: words{"de": "Studienreise: wie eine Drogenstrategie geschrieben wird", "ru": "Ознакомительная поездка: как пишут стратегию по наркотикам"},
		wish: words{
			"de": "Acht Fachleute wollen sehen, wie andere ihre Strategie schreiben und jedes Jahr überprüfen.",
			"ru": "Восемь специалистов хотят увидеть, как другие пишут свою стратегию и ежегодно её проверяют.",
		},
		done: words{
			"de": "Fünf Tage bei einer Koordinierungsstelle; zurück kommt eine Gliederung der eigenen Strategie.",
			"ru": "Пять дней в координационном органе; итог – план собственной стратегии.",
		},
		fits: words{
			"de": "Besucht wird ein Staat ähnlicher Größe, dessen Strategie zweimal überarbeitet wurde.",
			"ru": "Посещают государство сходного размера, стратегия которого дважды пересмотрена.",
		},
		measure: words{"de": "Kapitel der Strategie, die nach der Reise geschrieben sind", "ru": "Главы стратегии, написанные после поездки"},
		learned: words{"de": "Wer reist, sollte das Kapitel schreiben, das er gesehen hat", "ru": "Кто едет, тот пусть и пишет главу о том, что видел"},
	},
	{
		name: "advice and mentoring", kind: "advice", hosts: []string{"KG"}, assessed: true,
		areas: []string{"police-reform/anti-corruption"}, item: "14.6", line: "1049/12.2", gender: "significant", category: "experts", total: "6", women: "3", men: "3",
		title: words{"de": "Begleitung einer Stelle für innere Revision", "ru": "Сопровождение службы внутреннего контроля"},
		wish: words{
			"de": "Eine erfahrene Stelle begleitet unsere neue Revision ein halbes Jahr lang, einen Tag in der Woche.",
			"ru": "Опытная служба полгода, один день в неделю, сопровождает нашу новую службу контроля.",
		},
		done: words{
			"de": "Sechs Bedienstete prüfen unter Anleitung drei Vorgänge und schreiben daraus ihre Arbeitsordnung.",
			"ru": "Шесть сотрудников под руководством проверяют три дела и составляют из этого свой порядок работы.",
		},
		fits: words{
			"de": "Die Stelle untersteht unmittelbar dem Ministerium und nicht der Behörde, die sie prüft.",
			"ru": "Служба подчинена непосредственно министерству, а не тому, кого она проверяет.",
		},
		measure: words{"de": "Prüfungen, die ohne Anleitung abgeschlossen werden", "ru": "Проверки, завершённые без посторонней помощи"},
		learned: words{"de": "Ein Tag in der Woche bewirkt mehr als ein Monat am Stück", "ru": "Один день в неделю даёт больше, чем месяц подряд"},
	},
	{
		name: "monitoring", kind: "monitoring", hosts: []string{"UZ"},
		areas: []string{"police-reform/criminal-justice"}, item: "14.7", line: "1049/12.2", gender: "none", category: "staff", total: "5", women: "2", men: "3",
		title: words{"de": "Beobachtung: vom Polizeigewahrsam zum Gericht", "ru": "Наблюдение: от задержания до суда"},
		wish: words{
			"de": "Eine unabhängige Beobachtung, wo auf dem Weg von der Wache zum Gericht Zeit verloren geht.",
			"ru": "Независимое наблюдение за тем, где по пути из отдела в суд теряется время.",
		},
		done: words{
			"de": "Fünf Beobachtende messen in drei Kreisen die Stunden zwischen den Schritten des Verfahrens.",
			"ru": "Пять наблюдателей измеряют в трёх районах часы между шагами процедуры.",
		},
		fits: words{
			"de": "Beobachtet wird nach dem neuen Gesetz und gemeinsam mit der Staatsanwaltschaft.",
			"ru": "Наблюдают по новому закону и вместе с прокуратурой.",
		},
		measure: words{"de": "Verfahren, in denen die Frist eingehalten wird", "ru": "Дела, в которых срок соблюдён"},
		learned: words{"de": "Gemessene Stunden überzeugen, wo Berichte nicht gelesen werden", "ru": "Измеренные часы убеждают там, где отчёты не читают"},
	},
	{
		name: "a guidance document with a co-author of the State", kind: "guidance", hosts: []string{"KZ"},
		areas: []string{"police-reform/management-accountability"}, item: "14.5", line: "1049/12.1", gender: "significant", category: "experts",
		total: "9", women: "4", men: "5",
		title: words{"de": "Leitfaden: Dienstgespräche, die weiterhelfen", "ru": "Пособие: беседы с подчинёнными, которые помогают"},
		wish: words{
			"de": "Ein Leitfaden für Dienststellenleitungen, den unsere Personalabteilung mitschreibt.",
			"ru": "Пособие для начальников отделов, которое пишет вместе с вами наш отдел кадров.",
		},
		done: words{
			"de": "Zwanzig Seiten mit Beispielen, in zwei Dienststellen erprobt und vom Staat durchgesehen.",
			"ru": "Двадцать страниц с примерами, испытанных в двух отделах и просмотренных государством.",
		},
		fits: words{
			"de": "Der Leitfaden folgt der Laufbahnordnung und der Sprache der Dienststellen.",
			"ru": "Пособие следует порядку службы и языку самих отделов.",
		},
		measure: words{"de": "Dienststellen, die mit dem Leitfaden arbeiten", "ru": "Отделы, которые работают с пособием"},
		learned: words{"de": "Wer am Leitfaden mitschreibt, führt ihn auch ein", "ru": "Кто участвует в написании, тот и вводит пособие в работу"},
	},
	{
		name: "support for a law", kind: "legislative", hosts: []string{"TM"},
		areas: []string{"organised-crime/conventions"}, item: "15.1", line: "1049/12.1", gender: "none", category: "interpretation", total: "12", women: "5", men: "7",
		title: words{"de": "Beratung zu einem Gesetz über gemeinsame Ermittlungen", "ru": "Помощь с законом о совместных расследованиях"},
		wish: words{
			"de": "Wir ändern das Gesetz über Rechtshilfe und möchten den Entwurf mit den Übereinkommen vergleichen.",
			"ru": "Мы меняем закон о правовой помощи и хотим сверить проект с конвенциями.",
		},
		done: words{
			"de": "Zwei Lesungen des Entwurfs mit der Arbeitsgruppe; jede Anmerkung nennt ihre Quelle.",
			"ru": "Два чтения проекта с рабочей группой; у каждого замечания указан источник.",
		},
		fits: words{
			"de": "Die Arbeitsgruppe entscheidet; die Anmerkungen folgen dem Aufbau ihres Entwurfs.",
			"ru": "Решает рабочая группа; замечания следуют строю её проекта.",
		},
		measure: words{"de": "Artikel, die mit den Übereinkommen übereinstimmen", "ru": "Статьи, согласованные с конвенциями"},
		learned: words{"de": "Anmerkungen zu einzelnen Artikeln werden übernommen, Gutachten nicht", "ru": "Замечания к статьям принимают, общие заключения – нет"},
	},
	{
		name: "a training against a threat, with the principles asked", kind: "training", hosts: []string{"UZ"}, threat: true,
		areas: []string{"cybercrime/network-24-7"}, item: "19.2", line: "1049/12.3", gender: "significant", category: "material", total: "20", women: "3", men: "17",
		title: words{"de": "Kurs für die Kontaktstelle, die rund um die Uhr erreichbar ist", "ru": "Курс для круглосуточного контактного пункта"},
		wish: words{
			"de": "Zwanzig Bedienstete der Kontaktstelle üben, auf ein Ersuchen in einer Stunde zu antworten.",
			"ru": "Двадцать сотрудников контактного пункта учатся отвечать на запрос за час.",
		},
		done: words{
			"de": "Zehn Übungen mit erfundenen Ersuchen, jede mit der Frage, ob sie rechtmäßig sind.",
			"ru": "Десять упражнений с вымышленными запросами, и в каждом вопрос, законны ли они.",
		},
		fits: words{
			"de": "Geübt wird in den Schichten der Stelle und nach dem Gesetz über den Datenschutz.",
			"ru": "Занятия идут по сменам пункта и по закону о защите данных.",
		},
		measure: words{"de": "Ersuchen, die in einer Stunde beantwortet sind", "ru": "Запросы, на которые ответили за час"},
		learned: words{"de": "Die Prüfung der Rechtmäßigkeit kostet geübte Schichten fünf Minuten", "ru": "Проверка законности занимает у обученной смены пять минут"},
	},
	{
		name: "an exchange of curricula between academies", kind: "workshop", hosts: []string{"TJ"}, assessed: true, programme: true,
		areas: []string{"police-reform/police-education"}, item: "14.2", line: "1049/12.3", gender: "significant", category: "support", total: "14", women: "6", men: "8",
		title: words{"de": "Austausch von Lehrplänen zwischen zwei Akademien", "ru": "Обмен учебными программами между двумя академиями"},
		wish: words{
			"de": "Unsere Akademie möchte drei Module mit einer anderen tauschen und gemeinsam überarbeiten.",
			"ru": "Наша академия хочет обменяться с другой тремя модулями и вместе их переработать.",
		},
		done: words{
			"de": "Vierzehn Lehrende vergleichen drei Module und schreiben jedes in zwei Fassungen neu.",
			"ru": "Четырнадцать преподавателей сравнивают три модуля и пишут каждый заново в двух вариантах.",
		},
		fits: words{
			"de": "Die Module behalten die Stundenzahl und die Prüfungen der eigenen Ordnung.",
			"ru": "У модулей остаются часы и экзамены своей программы.",
		},
		measure: words{"de": "Module, die im nächsten Lehrjahr unterrichtet werden", "ru": "Модули, по которым учат в следующем учебном году"},
		learned: words{"de": "Getauschte Module werden unterrichtet, wenn die Prüfung dieselbe bleibt", "ru": "По новым модулям учат, если экзамен остаётся прежним"},
	},
}

// said are the texts that all of the twelve share.
var said = map[string]words{
	"made up":  {"de": "Alles hier ist für eine Prüfung der Software erfunden.", "ru": "Всё здесь придумано для проверки программы."},
	"reason":   {"de": "Es fehlt an Übung und nicht am Willen.", "ru": "Не хватает практики, а не желания."},
	"unit":     {"de": "Erfundene Dienststelle", "ru": "Вымышленное подразделение"},
	"why":      {"de": "Damit das Vorhaben beginnen kann.", "ru": "Чтобы проект мог начаться."},
	"ministry": {"de": "Erfundenes Ministerium", "ru": "Вымышленное министерство"},
	"office":   {"de": "Abteilungsleitung", "ru": "Начальник управления"},
	"agreed":   {"de": "Der Plan wird vorher mit der Dienststelle abgesprochen.", "ru": "План заранее согласуется с подразделением."},
	"separate": {"de": "Dafür gibt es ein eigenes Abkommen.", "ru": "Для этого есть отдельное соглашение."},
	"without":  {"de": "Es geht hier ohne diesen Staat weiter; er kann später dazukommen.", "ru": "Здесь дальше без этого государства; оно может присоединиться позже."},
	"purpose":  {"de": "Was fehlt, und was schon da ist.", "ru": "Чего не хватает и что уже есть."},
	"methods":  {"de": "Gespräche in drei Dienststellen und Einsicht in Unterlagen.", "ru": "Беседы в трёх отделах и изучение документов."},
	"finding":  {"de": "Geübt wird selten", "ru": "Упражняются редко"},
	"baseline": {"de": "Eine Übung in zwei Jahren.", "ru": "Одно упражнение за два года."},
	"evidence": {"de": "Dienstpläne und Gespräche.", "ru": "Планы службы и беседы."},
	"wanted":   {"de": "Viermal im Jahr üben.", "ru": "Упражняться четыре раза в год."},
	"comment":  {"de": "Wir sehen das auch so.", "ru": "Мы видим это так же."},
	"factor":   {"de": "Ein neues Polizeigesetz wird beraten.", "ru": "Обсуждается новый закон о полиции."},
	"source":   {"de": "Amtsblatt, erfundene Ausgabe", "ru": "Официальная газета, вымышленный выпуск"},
	"handover": {"de": "Die Akademie führt die Module allein weiter.", "ru": "Академия продолжает модули сама."},
	"answer":   {"de": "Wie es das Polizeigesetz und der Plan vorsehen.", "ru": "Как предусмотрено законом о полиции и планом."},
	"impact":   {"de": "Die Menschen vertrauen der Polizei ein wenig mehr.", "ru": "Люди немного больше доверяют полиции."},
	"outcome":  {"de": "Die Dienststellen arbeiten nach dem, was geübt wurde.", "ru": "Отделы работают так, как научились."},
	"output":   {"de": "Das Vorhaben ist durchgeführt.", "ru": "Проект выполнен."},
	"gap":      {"de": "Aus dem laufenden Haushalt der Dienststelle.", "ru": "Из текущего бюджета подразделения."},
	"handed":   {"de": "Ausstattung: sie wird übergeben.", "ru": "Оборудование: его передают."},
	"place":    {"de": "Erfundene Stadt", "ru": "Вымышленный город"},
	"short":    {"de": "Zu kurz für eine Zwischenevaluierung.", "ru": "Слишком короткий для промежуточной оценки."},
	"over":     {"de": "Alles Geplante ist geschehen.", "ru": "Всё запланированное сделано."},
	"outsider": {"de": "Erfundenes Institut", "ru": "Вымышленный институт"},
	"free":     {"de": "Das Institut war am Vorhaben nicht beteiligt.", "ru": "Институт в проекте не участвовал."},
	"judged":   {"de": "Das Vorhaben hat erreicht, was es wollte.", "ru": "Проект достиг того, чего хотел."},
	"question": {"de": "Hat es den Dienststellen geholfen?", "ru": "Помогло ли это отделам?"},
	"unrated":  {"de": "Dafür ist es noch zu früh.", "ru": "Для этого ещё рано."},
	"advice":   {"de": "Die Übung jedes Jahr wiederholen.", "ru": "Повторять упражнение каждый год."},
	"taken":    {"de": "Das tun wir.", "ru": "Так и сделаем."},
	"task":     {"de": "Die Übung in den Jahresplan aufnehmen.", "ru": "Включить упражнение в годовой план."},
	"finished": {"de": "Sie steht im Jahresplan.", "ru": "Оно стоит в годовом плане."},
	"guidance": {"de": "Beim nächsten Mal von Anfang an so planen.", "ru": "В следующий раз планировать так с самого начала."},
	"raised":   {"de": "Dunkle Straßen, Schulweg, Vieh auf der Straße.", "ru": "Тёмные улицы, дорога в школу, скот на дороге."},
	"replied":  {"de": "Drei Absprachen, mit Tag.", "ru": "Три договорённости, с днём."},
	"groups":   {"de": "Nachbarschaft\nSchule\nMarkt", "ru": "Соседи\nШкола\nРынок"},
}
