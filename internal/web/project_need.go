package web

import (
	"net/url"
	"slices"
	"strings"

	"polis/internal/assistance"
)

// NeedLine is a sentence that says what a project lacks, and where it is put right.
type NeedLine struct{ Text, URL string }

// needDates is what a gate lacks whose consent does not hold on the project's days.
const needDates = "project.needs.consent.dates"

// lacking is what a gate lacks, "" for nothing; as long as a project has no days its
// consents hold on them.
func lacking(q assistance.Project, g assistance.Gate) string {
	need := g.Need(q.Starts, q.Ends)
	if need == needDates && q.Starts == "" {
		return ""
	}
	return need
}

// needLines put into words what is missing.
func (p *helping) needLines(q assistance.Project, needs []assistance.Need) (lines []NeedLine) {
	for _, n := range needs {
		if n.Key == needDates && q.Starts == "" {
			continue // that the days are missing is said once
		}
		line := NeedLine{p.T(n.Key), p.needURL(q, n)}
		if n.Host != "" {
			line.Text = p.gateName(n.Host, n.Area) + ": " + line.Text
		}
		lines = append(lines, line)
	}
	return lines
}

// needURL is where it is put right, "" where the reader cannot.
func (p *helping) needURL(q assistance.Project, n assistance.Need) string {
	if n.Host != "" {
		return p.gateURL(q, n.Host, n.Area)
	}
	if part := n.Part(); slices.Contains(projectParts[1:], part) {
		path := projectPath(q.ID, part)
		if moment, ok := strings.CutPrefix(n.Key, "project.needs.principles."); ok {
			path += "#" + moment
		}
		return p.URL(path)
	}
	if n.Field != "" && p.writes(q) {
		return p.URL(projectPath(q.ID, "edit") + "#" + n.Field)
	}
	return ""
}

// gateURL is the place of a gate on its page.
func (p *helping) gateURL(q assistance.Project, host, area string) string {
	at := url.Values{"host": {host}, "area": {area}}
	return p.URL(projectPath(q.ID, "gates")) + "?" + at.Encode() + "#" + gateID(q, host, area)
}

// writes reports whether the reader can change the project as it stands.
func (p *helping) writes(q assistance.Project) bool {
	return q.Writes(p.Reader.Subject) && (q.Stage.Drafting() || q.Stage.Runs())
}

// nextMove is the move for which a project is made ready at a stage: of an idea and of
// what is appraised it is the approval.
var nextMove = map[assistance.ProjectStage]assistance.ProjectMove{
	assistance.Idea: assistance.Approve, assistance.Appraised: assistance.Approve, assistance.Approved: assistance.Start,
	assistance.Active: assistance.Close, assistance.Suspended: assistance.Close, assistance.Closed: assistance.EvaluateProject,
}
