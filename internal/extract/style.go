package extract

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// setting is what a property says: nothing, yes or no. What says nothing is inherited.
type setting int8

const (
	unset setting = iota
	yes
	no
)

// settingOf reads a property that is on by being there, unless its value says otherwise.
func settingOf(e xml.StartElement) setting {
	switch attr(e, "val") {
	case "0", "false", "off":
		return no
	}
	return yes
}

// or is the setting, or what is inherited where it says nothing.
func (s setting) or(inherited setting) setting {
	if s == unset {
		return inherited
	}
	return s
}

// style is what matters of a style of WordprocessingML.
type style struct {
	based   string
	heading setting
	level   int // of a heading, 1 to 6
	list    setting
	hidden  setting
}

// headingName are the names that programs give to the styles of headings. Word itself writes the English ones whatever
// its language; what converters and templates have made of them does not.
var headingName = regexp.MustCompile(`^(?:heading|überschrift|titre|titolo|título|заголовок) ?([1-9])$`)

var titleNames = map[string]bool{"title": true, "titel": true, "titre": true, "titolo": true, "título": true, "название": true}

// headingLevel is the level that the name of a style tells, or 0.
func headingLevel(name string) int {
	name = strings.ToLower(name)
	if titleNames[name] {
		return 1
	}
	if m := headingName.FindStringSubmatch(name); m != nil {
		return min(int(m[1][0]-'0'), 6)
	}
	return 0
}

// outline is the level of a heading that a property of a style or a paragraph tells: from 0; the last is body text.
func outline(e xml.StartElement) (heading setting, level int) {
	switch n, err := strconv.Atoi(attr(e, "val")); {
	case err != nil || n < 0:
		return unset, 0
	case n < 6:
		return yes, n + 1
	}
	return no, 0
}

// numbered says whether a property makes a paragraph an item of a list.
func numbered(e xml.StartElement) setting {
	if attr(e, "val") == "0" {
		return no
	}
	return yes
}

// readStyles reads the styles and what each inherits.
func readStyles(a *archive, name string) (map[string]style, error) {
	own := map[string]style{}
	id, s := "", style{}
	err := a.walk(name, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "style" {
				id, s = attr(t, "styleId"), style{}
			}
			s.read(t)
		case xml.EndElement:
			if t.Name.Local == "style" {
				own[id] = s
			}
		}
		return nil
	})
	all := make(map[string]style, len(own))
	for id, s := range own {
		all[id] = s.inherit(own)
	}
	return all, err
}

func (s *style) read(e xml.StartElement) {
	switch e.Name.Local {
	case "name":
		if level := headingLevel(attr(e, "val")); level > 0 {
			s.heading, s.level = yes, level
		}
	case "basedOn":
		s.based = attr(e, "val")
	case "outlineLvl":
		if heading, level := outline(e); s.heading == unset {
			s.heading, s.level = heading, level
		}
	case "numId":
		s.list = numbered(e)
	case "vanish":
		s.hidden = settingOf(e)
	}
}

// inherit completes the style by those it is based on; a circle of them ends somewhere.
func (s style) inherit(own map[string]style) style {
	for range 20 {
		base, ok := own[s.based]
		if !ok {
			break
		}
		if s.heading == unset {
			s.heading, s.level = base.heading, base.level
		}
		if base.heading != yes { // the number of a heading makes no list
			s.list = s.list.or(base.list)
		}
		s.hidden, s.based = s.hidden.or(base.hidden), base.based
	}
	return s
}
