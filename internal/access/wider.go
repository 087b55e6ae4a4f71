package access

import "strings"

// Circle names the people that the level lets in, owner aside: "public",
// "member", "official", "group:ID", "state:KG", or "nobody".
func (l Label) Circle() string {
	switch {
	case l.Level < Closed:
		return l.Level.String()
	case l.Group != "":
		return "group:" + l.Group
	case l.State != "":
		return "state:" + l.State
	}
	return "nobody"
}

// ParseCircle is the label of the circle that Circle names, without State where
// the level needs none and without owner. ok is false for any other name.
func ParseCircle(name string) (l Label, ok bool) {
	kind, id, _ := strings.Cut(name, ":")
	switch {
	case name == "nobody":
		return Label{Level: Closed}, true
	case kind == "state" && id != "":
		return Label{Level: Closed, State: id}, true
	case kind == "group" && id != "":
		return Label{Level: Closed, Group: id}, true
	}
	level, err := ParseLevel(name)
	return Label{Level: level}, err == nil && level < Closed
}

// Wider reports whether somebody could read a record under its new label who
// could not under the old one: then the change is a lowering, and takes a second
// person. It asks who could come to read it, not who does today: an empty group
// fills.
//
// Only those are in a group for whom somebody vouches, so what members read may
// be closed to a group by one person alone; what is official may not, because
// the group may have people whom no State and no structure vouches for.
func Wider(old, new Label) bool {
	if old.Level == Public {
		return false
	}
	if new.Owner != "" && new.Owner != old.Owner {
		return true
	}
	from, to := old.Circle(), new.Circle()
	switch {
	case from == to, to == "nobody":
		return false
	case new.Level < Closed:
		return new.Level < old.Level
	case new.Group != "":
		return old.Level > Member
	}
	return old.Level > Official // a State's people are all official
}
