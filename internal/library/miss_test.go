package library_test

import (
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/library"
	"polis/internal/thesaurus"
)

func TestWhatIsNotFoundIsCountedWithoutWhoAsked(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		if err := thesaurus.Seed(ctx, l.DB); err != nil {
			t.Fatal(err)
		}
		_, err := account.Create(ctx, l.DB, access.System("test"), account.New{Email: "nazarova@police.example", Name: "Zarina Nazarova", Role: access.MemberRole, Password: "a long enough password"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := account.Create(ctx, l.DB, access.System("test"), account.New{Email: "duty@police.example", Name: "Rosa Richter", Role: access.MemberRole, Password: "a long enough password"}); err != nil {
			t.Fatal(err)
		}
		day := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
		for i := range 4 {
			for _, asked := range []string{
				"  Body-worn   CAMERAS ", "police drones", // "police" stands in her address, not in her name
				"Richter am Abend", // a judge, too
				"rosa richter", "Richter, Rosa", "zarina", "what did Nazarova write", "write to nazarova@police.example", "case 1234567", "born 12.05.1980", "+996 312 66 50 15",
				strings.Repeat("long ", 25), "1049", "", "a\x00b cd", "\xff\xfe ab",
			} {
				if err := l.NoteMiss(ctx, asked, "en", day.AddDate(0, 0, i)); err != nil {
					t.Fatalf("%q: %v", asked, err)
				}
			}
		}
		for range 3 {
			if err := l.NoteMiss(ctx, "нагрудные камеры", "ru", day); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // too seldom
			if err := l.NoteMiss(ctx, "rare", "en", day); err != nil {
				t.Fatal(err)
			}
		}
		list, err := l.Misses(ctx, day.AddDate(0, 0, -1), 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range list {
			got = append(got, m.Asked)
		}
		if strings.Join(got, "|") != "body-worn cameras|police drones|richter am abend|нагрудные камеры" || list[0].Times != 4 || list[3].Lang != "ru" {
			t.Errorf("%+v", list)
		}
		if last := list[0].Last.UTC(); last.Day() != 23 {
			t.Errorf("asked last on %s", last)
		}
		if list, err := l.Misses(ctx, day.AddDate(0, 0, 2), 10); err != nil || len(list) > 0 {
			t.Errorf("what was asked twice since then is shown: %+v, %v", list, err)
		}
	})
}
