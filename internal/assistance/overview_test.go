package assistance_test

import (
	"slices"
	"testing"

	"polis/internal/assistance"
	"polis/internal/assistance/assistancetest"
)

func TestTheMatrixCountsWhatItsCellsOpenOnto(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		if err := assistancetest.Many(ctx, a.DB, 300, 900); err != nil {
			t.Fatal(err)
		}
		for _, stages := range [][]assistance.ProjectStage{nil, assistance.Groups["running"], assistance.Groups["drafts"]} {
			cells, err := a.Matrix(ctx, desk.Scope(), stages)
			if err != nil || len(cells) == 0 {
				t.Fatal(err, cells)
			}
			for _, c := range cells {
				f := assistance.ProjectFilter{State: c.Host, Theme: c.Theme, Stages: stages}
				n, err := a.CountProjects(ctx, desk.Scope(), f, 1000)
				if err != nil || n != c.N {
					t.Errorf("%+v, and the list has %d (%v)", c, n, err)
				}
			}
		}
		t.Run("nobody counts what she may not read", func(t *testing.T) {
			if cells, err := a.Matrix(ctx, member.Scope(), nil); err != nil || len(cells) > 0 {
				t.Error(cells, err)
			}
		})
		t.Run("a State that is left out is not counted any more, one that is added is", func(t *testing.T) {
			id, _ := started(t, a, assistance.Active, "KG", "TJ")
			before := cell(t, a, "KG")
			p := readProject(t, a, id)
			if err := a.LeaveOut(ctx, desk, id, p.Rev, "KG", area, "no"); err != nil {
				t.Fatal(err)
			}
			if n := cell(t, a, "KG"); n != before-1 {
				t.Errorf("%d, then %d", before, n)
			}
			list, _, err := a.Projects(ctx, desk.Scope(), assistance.ProjectFilter{State: "KG", Theme: area}, assistance.Place{}, 1000)
			if err != nil || len(list) != before-1 || slices.ContainsFunc(list, func(p assistance.Project) bool { return p.ID == id }) {
				t.Errorf("the list has %d (%v)", len(list), err)
			}
		})
	})
}

func cell(t testing.TB, a *assistance.Assistance, host string) int {
	t.Helper()
	cells, err := a.Matrix(ctx, desk.Scope(), nil)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(cells, func(c assistance.Cell) bool { return c.Host == host && c.Theme == area })
	if i < 0 {
		return 0
	}
	return cells[i].N
}
