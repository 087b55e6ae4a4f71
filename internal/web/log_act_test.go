package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
)

// actForm is how the act of an event is called: room, noun, past participle.
var actForm = regexp.MustCompile(`^(account|access|library|directory|framework|demo|log|mail|personal|archive|watch|thesaurus|lexicon|harvest|usage|assistance|inbox|community|forum|issue)\.[a-z-]+(\.[a-z-]+){0,2}$`)

// noActs have the form of an act, and are something else.
var noActs = map[string]string{
	"account.invitation-days":   "a setting",
	"account.second-factor":     "a setting",
	"account.review":            "a turn of the timetable",
	"account.words":             "a turn of the timetable",
	"log.checkpoint":            "a turn of the timetable",
	"community.digests":         "a turn of the timetable",
	"community.questions":       "a turn of the timetable",
	"community.notice.to":       "a setting",
	"library.batch":             "a kind of job",
	"assistance.import":         "a kind of job",
	"library.read":              "a kind of job",
	"lexicon.learn":             "a turn of the timetable",
	"harvest.night":             "a turn of the timetable",
	"harvest.source":            "a kind of job",
	"library.concepts":          "a turn of the timetable",
	"library.concepts.to":       "a setting",
	"library.twins":             "a turn of the timetable",
	"library.twins.to":          "a setting",
	"thesaurus.revision":        "a setting",
	"thesaurus.shipped":         "a setting",
	"mail.settings":             "a setting",
	"mail.password":             "a setting",
	"personal.retention":        "a setting, and a turn of the timetable",
	"personal.sweep":            "a turn of the timetable",
	"personal.letter.unused":    "a kind of letter",
	"watch.alerts":              "a turn of the timetable",
	"usage.settle":              "a turn of the timetable",
	"inbox.read":                "a kind of job",
	"inbox.sweep":               "a turn of the timetable",
	"inbox.letter.aside":        "a kind of letter",
	"inbox.letter.foreign":      "a kind of letter",
	"inbox.letter.agenda":       "a kind of letter",
	"assistance.consents":       "a turn of the timetable",
	"assistance.reminders":      "a turn of the timetable",
	"assistance.letter.request": "a kind of letter",
	"assistance.letter.consent": "a kind of letter",
	"assistance.letter.overdue": "a kind of letter",
	"community.scan":            "a kind of job",
	"forum.reminders":           "a turn of the timetable",
	"issue.letter.due":          "a kind of letter",
	"issue.letter.moved":        "a kind of letter",
	"community.queues":          "a turn of the timetable",
}

// actsWritten finds in the sources what may be written as the act of an event:
// every text of that form that is no message.
func actsWritten(t *testing.T) map[string]string {
	t.Helper()
	acts := map[string]string{}
	for _, s := range []library.Stage{library.Arrived, library.Ready, library.Quarantined, library.Kept, library.Discarded} {
		acts["library.intake."+string(s)] = "internal/library/intake.go" // put together there
	}
	for _, done := range []string{"accepted", "declined", "ask", "agree", "decline", "withdraw", "finish", "confirm", "contest"} {
		acts["community.expert."+done] = "internal/community/roster" // by verdict and move
	}
	for _, verdict := range []string{"upheld", "shown"} {
		acts["community.appeal."+verdict] = "internal/community/discussion/hide.go"
	}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				if actForm.MatchString(text) && !lang.Has(text) {
					acts[text] = path
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return acts
}

func TestEveryActHasItsWords(t *testing.T) {
	acts := actsWritten(t)
	for _, known := range []string{"account.signed-in", "library.document.created", "library.file.read", "directory.entry.updated", "log.searched"} {
		if acts[known] == "" {
			t.Errorf("%s was not found in the sources: the test has gone blind", known)
		}
	}
	for act, path := range acts {
		if noActs[act] == "" && !lang.Has(actWords+act) {
			t.Errorf("%s writes %q: say it in six languages as %s in messages/log.json, or say in noActs what it is", path, act, actWords+act)
		}
	}
	for _, key := range lang.Keys() {
		if act, ok := strings.CutPrefix(key, actWords); ok && acts[act] == "" {
			t.Errorf("%s: nothing writes that any more", key)
		}
	}
	for act := range noActs {
		if acts[act] == "" {
			t.Errorf("%s is nowhere any more", act)
		}
	}
}

func TestEveryRuleIsExplained(t *testing.T) {
	rules := map[access.Rule]bool{}
	for _, who := range []access.Subject{
		{},
		access.Act("v", access.Visitor, "", ""), access.Act("m", access.MemberRole, "", ""),
		access.Act("f", access.FocalPoint, "KG", "", "g"), access.Act("a", access.Administrator, "", ""),
	} {
		for _, level := range access.Levels {
			for _, l := range []access.Label{{Level: level}, {Level: level, State: "KG"}, {Level: level, Group: "g"}, {Level: level, Owner: "m"}} {
				for _, a := range access.Actions {
					rules[who.May(a, l).Rule] = true
				}
			}
		}
	}
	words := lang.For("en")
	for rule := range rules {
		w := wording{Frame: &Frame{Printer: words}}
		for _, allowed := range []bool{true, false} {
			if line := w.whyLine("read", access.Decision{Allowed: allowed, Rule: rule}); strings.Contains(line.Sentence+line.Tag.Text, "⟦") {
				t.Errorf("%s: %+v", rule, line)
			}
		}
	}
	if !rules[access.RuleGroup] || !slices.Contains(access.Actions, access.Lower) {
		t.Error("the rules were not gone through")
	}
}
