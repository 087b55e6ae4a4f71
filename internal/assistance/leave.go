package assistance

import (
	"context"

	"polis/internal/store"
)

// Release takes a person out of the room as part of her erasure. What she wrote was
// her State's, and stays with its office; what she asked for stays with the desk.
// Steps keep the id, which then names nobody.
func Release(ctx context.Context, tx *store.Tx, person string) ([]store.Event, error) {
	requests, err := store.List[Request](ctx, tx, everything, "SELECT "+requestColumns+" FROM request r WHERE {scope r} AND r.owner = $1 ORDER BY r.id", person)
	if err != nil {
		return nil, err
	}
	consents, err := store.List[Consent](ctx, tx, everything, "SELECT "+consentColumns+" FROM consent c WHERE {scope c} AND c.owner = $1 ORDER BY c.id", person)
	if err != nil {
		return nil, err
	}
	var events []store.Event
	for _, r := range requests {
		r.Owner = ""
		events = append(events, r.event("assistance.request.left"))
	}
	for _, c := range consents {
		c.Owner = ""
		events = append(events, c.event("assistance.consent.left", ""))
	}
	projects, err := store.List[Project](ctx, tx, everything, "SELECT "+projectColumns+" FROM project p WHERE {scope p} AND p.owner = $1 ORDER BY p.id", person)
	if err != nil {
		return nil, err
	}
	for _, p := range projects {
		p.Owner = ""
		events = append(events, p.event("assistance.project.released"))
	}
	assessed, err := releaseAssessments(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	events = append(events, assessed...)
	activities, err := store.List[Activity](ctx, tx, everything, "SELECT "+activityColumns+" FROM activity x WHERE {scope x} AND x.owner = $1 ORDER BY x.id", person)
	if err != nil {
		return nil, err
	}
	for _, x := range activities {
		x.Owner = ""
		events = append(events, x.event("assistance.activity.released"))
	}
	if err := releaseImports(ctx, tx, person); err != nil {
		return nil, err
	}
	if err := releaseAgendas(ctx, tx, person); err != nil {
		return nil, err
	}
	lessons, err := releaseLessons(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	events = append(events, lessons...)
	programmes, err := store.List[Programme](ctx, tx, everything, "SELECT "+programmeColumns+" FROM programme g WHERE {scope g} AND g.owner = $1 ORDER BY g.id", person)
	if err != nil {
		return nil, err
	}
	for _, g := range programmes {
		g.Owner = ""
		events = append(events, g.event("assistance.programme.released"))
	}
	for _, table := range []string{"request", "consent", "project", "programme", "activity", "mandate", "assessment", "context_note", "lesson"} {
		if _, err := tx.Exec(ctx, "UPDATE "+table+" SET owner = '', rev = rev + 1, updated = $2 WHERE owner = $1", person, tx.Now()); err != nil {
			return nil, err
		}
	}
	return events, releaseTasks(ctx, tx, person)
}

// releaseTasks takes the desk of a person away. What she had taken on herself is again
// with the author of its project, and else with the desk of all.
func releaseTasks(ctx context.Context, tx *store.Tx, person string) error {
	if _, err := tx.Exec(ctx, "UPDATE recommendation_action SET person = '', rev = rev + 1, updated = $2 WHERE person = $1 AND done = ''", person, tx.Now()); err != nil {
		return err
	}
	projects, err := store.List[string](ctx, tx, everything, "SELECT DISTINCT project FROM task WHERE {scope} AND desk = 'owner' AND whose = $1 AND kind <> 'report'", person)
	if err != nil {
		return err
	}
	for _, project := range projects {
		if err := keepTasks(ctx, tx, project, nil); err != nil {
			return err
		}
	}
	reports, err := store.List[string](ctx, tx, everything, "SELECT object FROM task WHERE {scope} AND desk = 'owner' AND whose = $1 AND kind = 'report'", person)
	if err != nil {
		return err
	}
	return keepReports(ctx, tx, reports...)
}
