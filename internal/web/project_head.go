package web

import (
	"net/http"
	"slices"

	"polis/internal/assistance"
)

// ProjectHead begins each page of a project: what it is called, how far it is, and
// the way to its parts.
type ProjectHead struct {
	Kind, Title, Lang string
	Tag               Tag
	Tabs              []ProjectTab
}

// ProjectTab is the way to a part of a project.
type ProjectTab struct {
	Text, URL string
	Here      bool
}

var sampleProjectHead = ProjectHead{
	"Project 2026/17", "Training of trainers", "ru",
	Tag{Done, "Active"},
	[]ProjectTab{{"Overview", "/en/assistance/projects/1", true}, {"Host States", "/en/assistance/projects/1/gates", false}},
}

// projectParts are the pages of a project in their order; "" is its overview.
// Messages: "project.part.PART", that of the overview "project.part.overview".
var projectParts = []string{"", "gates", "principles", "results", "stakeholders", "money", "activities", "evaluation", "history"}

func projectPath(id, part string) string {
	if part == "" {
		return "/assistance/projects/" + id
	}
	return "/assistance/projects/" + id + "/" + part
}

// projectOf reads the project of the address in the reader's scope.
func (h *House) projectOf(r *http.Request) (assistance.Project, error) {
	return h.helps().Project(r.Context(), scope(r), r.PathValue("id"))
}

var projectMoods = map[assistance.ProjectStage]Mood{
	assistance.Appraised: Attention, assistance.Approved: Done, assistance.Active: Done, assistance.Suspended: Attention,
	assistance.Evaluated: Done, assistance.Stopped: Refusal,
}

func (p *helping) projectStage(s assistance.ProjectStage) Tag {
	mood := projectMoods[s]
	if mood == "" {
		mood = Plain
	}
	return Tag{mood, p.T("project.stage." + string(s))}
}

// partName is what a part of a project is called.
func (p *helping) partName(part string) string {
	if part == "" {
		part = "overview"
	}
	return p.T("project.part." + part)
}

// projectHead is the head of the part that is shown, and puts the page in its place:
// title, crumbs, and that it is for this reader.
func (p *helping) projectHead(q assistance.Project, here string) ProjectHead {
	p.Private, p.Title = true, q.Title
	p.Crumbs = []Link{{p.T("assistance.title"), p.URL("/assistance")}, {p.T("project.title"), p.URL("/assistance/projects")}}
	if here != "" {
		p.Title = p.partName(here) + " · " + q.Title
		p.Crumbs = append(p.Crumbs, Link{q.Title, p.URL(projectPath(q.ID, ""))})
	}
	head := ProjectHead{Kind: p.T("project.kind", "number", q.Number), Title: q.Title, Lang: string(q.Lang), Tag: p.projectStage(q.Stage)}
	for _, part := range projectParts {
		head.Tabs = append(head.Tabs, ProjectTab{p.partName(part), p.URL(projectPath(q.ID, part)), part == here})
	}
	if !slices.Contains(projectParts, here) {
		head.Tabs = append(head.Tabs, ProjectTab{p.partName(here), p.URL(projectPath(q.ID, here)), true})
	}
	return head
}
