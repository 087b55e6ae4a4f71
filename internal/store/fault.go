package store

import "fmt"

// What can be wrong with a log.
const (
	Changed    = "changed"     // the event is not as it was written
	Missing    = "missing"     // it is gone
	Reordered  = "reordered"   // it was written under another number, or stands in another place of a file
	Repeated   = "repeated"    // a file has it twice
	Unproven   = "unproven"    // it cannot be checked, because the event before it is missing
	CutOff     = "cut off"     // the end of the log is gone
	RolledBack = "rolled back" // the end is gone and the head was set back to hide it: only a checkpoint knows
	Rewritten  = "rewritten"   // the chain holds in itself, but it is not the one that the checkpoint signed
	OtherHead  = "head"        // the head is not the hash of the event that it names
	OtherLog   = "other log"   // the checkpoint is of another installation
	Forged     = "forged"      // the checkpoint's signature is not right
)

// Fault is a place where the log is not what was written.
type Fault struct {
	Seq  int64
	Last int64  // of a run of events with the same fault, else 0
	What string // one of the above
	Was  int64  // of a reordered event: the number under which it was written, where that is known
}

// Where names the place: "event 3", "events 4 to 6".
func (f Fault) Where() string {
	if f.Last > f.Seq {
		return fmt.Sprintf("events %d to %d", f.Seq, f.Last)
	}
	return fmt.Sprintf("event %d", f.Seq)
}

// String names the place and what is wrong there.
func (f Fault) String() string {
	text := f.Where() + ": " + f.What
	if f.Was > 0 && f.Was != f.Seq {
		text += fmt.Sprintf(", it was written as event %d", f.Was)
	}
	return text
}

// explained are the faults in sentences for those who keep the installation.
var explained = map[string]string{
	Changed:    "changed since it was written",
	Missing:    "missing: removed from the log",
	Reordered:  "reordered: it does not stand where it was written",
	Repeated:   "repeated: the file has it more than once",
	Unproven:   "unproven: it cannot be checked, because the event before it is missing",
	CutOff:     "cut off: the end of the log is gone",
	RolledBack: "rolled back: the end of the log is gone, and its head was set back to hide it; a checkpoint proves it",
	Rewritten:  "rewritten: the chain holds in itself, but a checkpoint signed another one",
	OtherHead:  "the head of the chain names another hash or number than the log has",
	OtherLog:   "the checkpoint there is of another installation",
	Forged:     "the signature of the checkpoint there is not right",
}

// Explain says in words what is wrong.
func (f Fault) Explain() string {
	if f.Was > 0 && f.Was != f.Seq {
		return fmt.Sprintf("reordered: it was written as event %d", f.Was)
	}
	return explained[f.What]
}
