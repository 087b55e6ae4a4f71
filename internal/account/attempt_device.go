package account

import (
	"crypto/rand"
	"slices"
	"strings"
)

// Device is what a browser keeps of those who have signed in with it: a number
// of its own and a mark for each address, which nobody can make without the
// installation's secret. It opens nothing; it keeps tries apart.
type Device string

// maxMarks is how many people one browser remembers.
const maxMarks = 4

func (d Device) parts() []string {
	if len(d) > 400 {
		return nil
	}
	return strings.Split(string(d), ".")
}

func (d Device) id() string {
	if parts := d.parts(); len(parts) > 1 {
		return parts[0]
	}
	return ""
}

func (d Door) mark(id, email string) string {
	return d.Keys.Mark("device", id+" "+normal(email))[:32]
}

// Recognises reports whether the person with this address has signed in with the
// browser before.
func (d Door) Recognises(device Device, email string) bool {
	id := device.id()
	return id != "" && slices.Contains(device.parts()[1:], d.mark(id, email))
}

// Remember adds the person with this address to what the browser keeps.
func (d Door) Remember(device Device, email string) Device {
	if d.Recognises(device, email) {
		return device
	}
	id, marks := device.id(), []string(nil)
	if id == "" {
		id = rand.Text()
	} else {
		marks = device.parts()[1:]
	}
	marks = append([]string{d.mark(id, email)}, marks[:min(len(marks), maxMarks-1)]...)
	return Device(id + "." + strings.Join(marks, "."))
}

// normal is an address as the table has it.
func normal(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
