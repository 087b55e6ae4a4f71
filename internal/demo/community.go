package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/announcement"
	"polis/internal/community/discussion"
	"polis/internal/community/forum"
	"polis/internal/community/roster"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// circles are the demonstration's groups beside the closed one, each with who is in it: the
// first of them runs it.
var circles = []struct {
	account.GroupDraft
	in []access.Role
}{
	{account.GroupDraft{
		ID: "demo-neighbourhood", Kind: account.GroupOpen, Lang: "en", Name: "Demonstration: neighbourhood policing", Themes: []string{"police-reform/community-policing"}, Mails: true,
		About:   "How police and residents come to know each other. Everybody may read along; all of it is made up.",
		Welcome: "Say in two lines where you work and what you would like to learn.", Rules: "No cases, no names. Write in your own language.",
	}, []access.Role{access.Moderator, access.Expert, access.Trainer, access.FocalPoint, access.CivilSociety}},
	{account.GroupDraft{
		ID: "demo-integrity", Kind: account.GroupOpen, Lang: "fr", Name: "Démonstration : intégrité et redevabilité", Themes: []string{"police-reform/anti-corruption", "police-reform/management-accountability"}, Mails: true,
		About: "Contrôle interne, plaintes, prévention de la corruption. Tout y est inventé.",
	}, []access.Role{access.Trainer, access.Moderator, access.Expert}},
	{account.GroupDraft{
		ID: "demo-academies", Kind: account.GroupMembers, Level: access.Member, Lang: "de", Name: "Vorführung: Lehre an Polizeiakademien", Themes: []string{"police-reform/police-education", "cybercrime"}, Mails: true,
		About: "Lehrpläne, Übungen, Prüfungen. Alles ist erfunden.", Welcome: "Stellen Sie sich kurz vor.",
	}, []access.Role{access.Trainer, access.Expert, access.FocalPoint, access.ProgrammeOfficer}},
	{account.GroupDraft{
		ID: "demo-trafficking", Kind: account.GroupMembers, Level: access.Member, Lang: "ru", Name: "Демонстрация: противодействие торговле людьми", Themes: []string{"trafficking"},
		About: "Финансовое расследование и перенаправление к помощи. Всё вымышлено.", Holds: true,
	}, []access.Role{access.FocalPoint, access.ProgrammeOfficer, access.Expert}},
	{account.GroupDraft{
		ID: "demo-forum-town", Kind: account.GroupForum, Lang: "en", Name: "Demonstration: forum of a town", Themes: []string{"police-reform/community-policing"}, Mails: true,
		About: "Residents and police of a town that does not exist raise what concerns them, and are answered.",
	}, []access.Role{access.Moderator, access.CivilSociety, access.Expert}},
	{account.GroupDraft{
		ID: "demo-forum-women", Kind: account.GroupForum, Level: access.Member, Lang: "es", Name: "Demostración: foro sobre la atención policial a las mujeres", Themes: []string{"police-reform/gender-diversity"},
		About: "Qué esperan las mujeres de su policía. Todo es inventado.",
	}, []access.Role{access.Moderator, access.CivilSociety, access.Partner}},
}

// talking is the demonstration's community while it is put in, each step by whom it would
// be in earnest.
type talking struct {
	db      *store.DB
	library *library.Library
	who     map[access.Role]access.Subject
	now     time.Time
}

// loadCommunity puts in groups with what is said in them, experts, a forum with its issues
// and an announcement, once.
func loadCommunity(ctx context.Context, lib *library.Library) error {
	t := talking{db: lib.DB, library: lib, who: map[access.Role]access.Subject{}, now: time.Now()}
	n, err := (&discussion.Discussion{DB: t.db}).CountTopics(ctx, system.Scope(), discussion.TopicFilter{}, 1)
	if err != nil || n > 0 { // it came with an earlier try
		return err
	}
	for _, c := range circles {
		if err := t.open(ctx, c.GroupDraft, c.in); err != nil {
			return fmt.Errorf("%s: %w", c.ID, err)
		}
	}
	for _, p := range People() {
		if t.who[p.Role], err = t.subject(ctx, p.Email); err != nil {
			return err
		}
	}
	for name, load := range map[string]func(context.Context) error{"talk": t.talk, "experts": t.experts, "issues": t.issues, "announcement": t.announce} {
		if err := load(ctx); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (t talking) subject(ctx context.Context, email string) (access.Subject, error) {
	p, err := account.ByEmail(ctx, t.db, email)
	if err != nil {
		return access.Subject{}, fmt.Errorf("%s: %w", email, err)
	}
	who, _, err := account.Subject(ctx, t.db, p.ID, account.TwoFactors)
	return who, err
}

func (t talking) open(ctx context.Context, d account.GroupDraft, in []access.Role) error {
	err := account.OpenGroup(ctx, t.db, system, d)
	if invalid := (account.Invalid{}); err != nil && !errors.As(err, &invalid) { // it came with an earlier try
		return err
	}
	for i, role := range in {
		p, err := account.ByEmail(ctx, t.db, string(role)+"@polis.example")
		if err == nil {
			err = account.Admit(ctx, t.db, system, d.ID, p.ID)
		}
		if err == nil && i == 0 {
			err = account.Facilitate(ctx, t.db, system, d.ID, p.ID)
		}
		if err != nil && !errors.Is(err, store.ErrUnchanged) {
			return fmt.Errorf("%s: %w", role, err)
		}
	}
	return nil
}

// said is a post: who wrote it, in which language.
type said struct {
	by   access.Role
	lang lang.Tag
	body string
}

// talks are the topics of the demonstration: the first post asks or begins; accepted is the
// number of the answer that helped, 0 for none.
var talks = []struct {
	group    string
	kind     discussion.Kind
	title    string
	themes   []string
	accepted int
	posts    []said
}{
	{"demo-neighbourhood", discussion.Question, "Come si comincia in un quartiere dove nessuno conosce la polizia?", []string{"police-reform/community-policing"}, 1, []said{
		{access.CivilSociety, "it", "Esempio. Nel nostro quartiere immaginario la pattuglia passa soltanto in auto. Da dove si comincia, con due sole persone?"},
		{access.Expert, "de", "Beispiel. Mit festen Zeiten an einem festen Ort: jeden Dienstag dieselben zwei Stunden vor der Schule, immer dieselben Personen. Nach sechs Wochen kommt man ins Gespräch. Eine Liste der ersten Kontakte steht in der Bibliothek."},
		{access.FocalPoint, "ru", "Пример. У нас помогло ещё одно: через месяц участковый рассказал, что сделано по первым вопросам."},
	}},
	{"demo-neighbourhood", discussion.Question, "Who has a feedback form that fits on one page?", []string{"police-reform/community-policing"}, 0, []said{
		{access.Trainer, "en", "Example. We look for a form that residents fill in within two minutes, in more than one language. Does anybody use one?"},
	}},
	{"demo-integrity", discussion.Talk, "Un registre des cadeaux est-il tenu à jour ?", []string{"police-reform/anti-corruption"}, 0, []said{
		{access.Moderator, "es", "Ejemplo. Un registro que nadie consulta no sirve. ¿Quién lo revisa y cada cuánto?"},
		{access.Trainer, "fr", "Exemple. Chez nous, dans l’exercice, un autre service le contrôle deux fois par an et publie le nombre d’inscriptions."},
	}},
	{"demo-academies", discussion.Question, "Wie prüft man den ersten Umgang mit elektronischen Beweismitteln?", []string{"cybercrime/cyber-investigation", "police-reform/police-education"}, 1, []said{
		{access.Expert, "de", "Beispiel. Eine schriftliche Prüfung zeigt nicht, ob jemand ein eingeschaltetes Gerät richtig behandelt. Wie machen Sie es?"},
		{access.Trainer, "fr", "Exemple. Par trois postes de dix minutes : un téléphone allumé, un ordinateur éteint, un témoin absent. On note l’ordre des gestes, pas le vocabulaire."},
	}},
	{"demo-trafficking", discussion.Talk, "С чего начинать параллельное финансовое расследование", []string{"trafficking/trafficking-investigation"}, 0, []said{
		{access.FocalPoint, "ru", "Пример. Предлагаем обсудить порядок первых трёх запросов. Без дел и без имён."},
	}},
	{Group, discussion.Question, "Which exercise do you use for first responders?", []string{"cybercrime/cyber-investigation"}, 0, []said{
		{access.Trainer, "en", "Example. We would like to replace a lecture by an exercise of one hour."},
		{access.Expert, "de", "Beispiel. Ein gestelltes Büro mit vier Geräten; das Material schicke ich in die Bibliothek der Gruppe."},
	}},
}

// talk writes the topics.
func (t talking) talk(ctx context.Context) error {
	d := &discussion.Discussion{DB: t.db}
	for _, x := range talks {
		first := x.posts[0]
		id, err := d.Open(ctx, t.who[first.by], x.group, discussion.Draft{Kind: x.kind, Title: x.title, Themes: x.themes, Lang: first.lang, Body: first.body})
		if err != nil {
			return fmt.Errorf("%s: %w", x.title, err)
		}
		for i, p := range x.posts[1:] {
			post, err := d.Write(ctx, t.who[p.by], id, discussion.Draft{Lang: p.lang, Body: p.body})
			if err == nil && x.accepted == i+1 {
				err = d.Accept(ctx, t.who[first.by], post.ID, true)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", x.title, err)
			}
		}
	}
	return nil
}

// experts are two who let themselves be found.
func (t talking) experts(ctx context.Context) error {
	document, err := t.library.BySymbol(ctx, system.Scope(), "POLIS.DEMO/27/26")
	if err != nil {
		return err
	}
	settled, err := t.subject(ctx, "demo.settled.one@polis.example")
	if err != nil {
		return err
	}
	year, from, to := t.now.Format("2006"), t.now.AddDate(0, 1, 0).Format(time.DateOnly), t.now.AddDate(0, 7, 0).Format(time.DateOnly)
	for _, x := range []struct {
		who   access.Subject
		lang  lang.Tag
		found roster.Width
		parts map[roster.Field][]roster.Line
	}{
		{t.who[access.Expert], "de", roster.Members, map[roster.Field][]roster.Line{
			roster.About:       {{Words: "Zur Vorführung erfunden: lehrt an einer Akademie, die es nicht gibt, den ersten Umgang mit elektronischen Beweismitteln."}},
			roster.Theme:       {{Value: "cybercrime/cyber-investigation", Level: 3, Words: "Übungen für Ersteinschreitende."}, {Value: "police-reform/community-policing", Level: 2}},
			roster.Language:    {{Value: "de", Level: roster.Own}, {Value: "en", Level: 5}, {Value: "ru", Level: 3}},
			roster.Assignment:  {{Value: "training"}, {Value: "curriculum"}},
			roster.Free:        {{Value: "free", Since: from, Until: to}},
			roster.Publication: {{Value: document, Since: year}},
		}},
		{settled, "ru", roster.Official, map[roster.Field][]roster.Line{
			roster.About:      {{Words: "Вымышлено для демонстрации: преподаёт работу с населением."}},
			roster.Theme:      {{Value: "police-reform/community-policing", Level: 3, Words: "Курс для участковых."}, {Value: "trafficking", Level: 1}},
			roster.Language:   {{Value: "ru", Level: roster.Own}, {Value: "en", Level: 4}},
			roster.Assignment: {{Value: "training"}, {Value: "assessment"}},
		}},
	} {
		r := &roster.Roster{DB: t.db}
		for field, lines := range x.parts {
			if err := r.Save(ctx, x.who, x.lang, field, 0, x.found, lines); err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
		}
		if err := r.Show(ctx, x.who, x.lang, 0, x.found); err != nil {
			return err
		}
	}
	return nil
}

// town is the forum whose issues are shown at several steps.
const town = "demo-forum-town"

// issues are raised, taken, answered and followed up, and their meeting has minutes.
func (t talking) issues(ctx context.Context) error {
	f, runs := &forum.Forum{DB: t.db}, t.who[access.Moderator]
	if err := f.Set(ctx, runs, town, forum.Setting{Anybody: true, Daily: 20, Days: 28}); err != nil {
		return err
	}
	due := t.now.AddDate(0, 0, 20).Format(time.DateOnly)
	var ids []string
	for _, x := range []struct {
		draft forum.Draft
		moves []forum.Move
	}{
		{forum.Draft{Lang: "en", Title: "The crossing by the school is dark", About: "Example. In winter the lamp by the crossing is out, and cars do not slow down.", Groups: []string{"residents", "youth"}, Place: "A town that does not exist"}, nil},
		{forum.Draft{Lang: "en", Title: "Nobody answers the station's telephone in the evening", About: "Example. After six o'clock the call is not taken. Whom should one ring?", Groups: []string{"residents"}}, []forum.Move{forum.Take}},
		{forum.Draft{Lang: "de", Title: "Gespräche finden nur in einer Sprache statt", About: "Beispiel. Wer die Amtssprache nicht gut spricht, bleibt den Treffen fern.", Groups: []string{"minorities"}}, []forum.Move{forum.Take, forum.Answer}},
		{forum.Draft{Lang: "fr", Title: "Le local d’accueil n’est pas accessible en fauteuil", About: "Exemple. Trois marches, et pas de sonnette.", Groups: []string{"residents"}}, []forum.Move{forum.Take, forum.Answer, forum.Follow}},
	} {
		id, err := f.Raise(ctx, t.who[access.CivilSociety], town, x.draft)
		if err != nil {
			return fmt.Errorf("%s: %w", x.draft.Title, err)
		}
		ids = append(ids, id)
		for _, m := range x.moves {
			a := forum.Act{Office: "demo-unit", Due: due}
			switch m {
			case forum.Answer:
				a.Words = "Example. We have heard it, and try it out in the next two months."
			case forum.Follow:
				a = forum.Act{Words: "Example. It has been done; the forum has seen it."}
			}
			i, err := f.Issue(ctx, runs, id)
			if err == nil {
				err = f.Make(ctx, runs, id, i.Rev, m, a)
			}
			if err != nil {
				return fmt.Errorf("%s: %s: %w", x.draft.Title, m, err)
			}
		}
	}
	minutes, err := t.library.BySymbol(ctx, system.Scope(), "POLIS.DEMO/29/26")
	if err != nil {
		return err
	}
	return f.AddMinutes(ctx, runs, town, forum.MinutesDraft{Document: minutes, Held: t.now.UTC().AddDate(0, 0, -7).Format(time.DateOnly), Groups: []string{"residents", "police"}, Issues: ids[2:]})
}

// announce says to everybody what this is.
func (t talking) announce(ctx context.Context) error {
	_, err := (&announcement.Board{DB: t.db}).Write(ctx, t.who[access.DeskOfficer], announcement.Draft{
		Audience: announcement.All, Until: t.now.AddDate(0, 0, 60).Format(time.DateOnly),
		Texts: []announcement.Text{
			{Lang: "en", Title: "This is a demonstration", Body: "Groups, experts, issues and announcements here are made up. Try them out."},
			{Lang: "fr", Title: "Ceci est une démonstration", Body: "Groupes, experts, questions et annonces y sont inventés. Essayez-les."},
			{Lang: "de", Title: "Das ist eine Vorführung", Body: "Gruppen, Fachleute, Anliegen und Ankündigungen sind erfunden. Probieren Sie sie aus."},
			{Lang: "it", Title: "Questa è una dimostrazione", Body: "Gruppi, esperti, questioni e annunci sono inventati. Li provi."},
			{Lang: "ru", Title: "Это демонстрация", Body: "Группы, эксперты, вопросы и объявления вымышлены. Попробуйте."},
			{Lang: "es", Title: "Esto es una demostración", Body: "Grupos, personas expertas, asuntos y anuncios son inventados. Pruébelos."},
		},
	})
	return err
}
