package demo

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"polis/internal/agenda"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// wait leaves two things for the officer to decide on: a table of activities with a row
// that is wrong, and an agenda.
func (g giving) wait(ctx context.Context, project string) error {
	p, err := g.Project(ctx, system.Scope(), project)
	if err != nil {
		return err
	}
	table, err := g.table(p.Number)
	if err != nil {
		return err
	}
	imports := assistance.Activities{Assistance: g.Assistance, Files: g.library.Files}
	if _, err := imports.Upload(ctx, g.officer, "demonstration-activities.csv", "ru", strings.NewReader(table)); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	agendas := assistance.Agendas{Assistance: g.Assistance, Texts: g.library.Texts, Scanner: g.library.Scanner}
	_, err = agendas.FromUpload(ctx, g.officer, project, []agenda.File{{Name: "demonstration-agenda.txt", Data: []byte(g.agenda())}})
	if err != nil {
		return fmt.Errorf("agenda: %w", err)
	}
	return nil
}

// table are three activities of a project as a spreadsheet gives them out; the last one
// ends before it begins.
func (g giving) table(project string) (string, error) {
	var b strings.Builder
	err := csv.NewWriter(&b).WriteAll([][]string{
		{"Own key", "Project", "Kind", "Title", "First day", "Last day", "Place", "States", "Areas", "Stage", "Participants", "Women", "Men"},
		{"DEMO-1", project, "workshop", "Demonstration: workshop on cases", g.day(-20), g.day(-19), "Demonstration academy", State, "police-reform/police-education", "held", "18", "7", "11"},
		{"DEMO-2", project, "training", "Demonstration: third course for trainers", g.day(60), g.day(62), "Demonstration academy", State, "police-reform/police-education", "planned", "", "", ""},
		{"DEMO-3", project, "forum", "Demonstration: second round table", g.day(72), g.day(70), "Demonstration academy", State, "police-reform/community-policing", "planned", "", "", ""},
	})
	return b.String(), err
}

// agenda is one as the State's academy would send it.
func (g giving) agenda() string {
	return "Демонстрация: семинар «Разбор случаев на занятиях»\n\nПовестка дня\n\nДата: " + lang.For("ru").Date(g.now.UTC().AddDate(0, 0, 45)) +
		"\nМесто: Демонстрационная полицейская академия, Бишкек\nОрганизатор: Демонстрационное стратегическое полицейское подразделение\nЯзык: русский\n\n" +
		"09:30 Открытие\n10:00 Как строится разбор случая\n12:30 Обед\n14:00 Пробные занятия\n16:30 Итоги дня\n"
}
