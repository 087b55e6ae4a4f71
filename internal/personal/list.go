package personal

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// ListFile is the name of the list of erasures in a data directory.
const ListFile = "erased.txt"

// remember adds a line to the list beside the tables.
func (k *Keeper) remember(kind, id string) error {
	if k.List == "" {
		return nil
	}
	f, err := os.OpenFile(k.List, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return fmt.Errorf("personal: the list of erasures: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %s\n", kind, id)
	return errors.Join(err, f.Sync(), f.Close())
}

// WriteTo writes the list: a kind and an id a line.
func (l List) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	for _, id := range l.People {
		fmt.Fprintf(&b, "person %s\n", id)
	}
	for _, id := range l.Documents {
		fmt.Fprintf(&b, "document %s\n", id)
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

var idForm = regexp.MustCompile(`^[0-9a-zA-Z-]{1,64}$`)

// ReadList reads what WriteTo wrote. A line that is something else is an error:
// who repeats erasures must not lose any.
func ReadList(r io.Reader) (l List, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		kind, id, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		switch {
		case kind == "person" && idForm.MatchString(id):
			l.People = append(l.People, id)
		case kind == "document" && idForm.MatchString(id):
			l.Documents = append(l.Documents, id)
		default:
			return l, fmt.Errorf("personal: line %d is no line of a list of erasures", n)
		}
	}
	return l, lines.Err()
}

// OpenList reads a list from a file: one that WriteTo wrote, or a newer backup,
// in whose tables it stands.
func OpenList(file string) (List, error) {
	z, err := zip.OpenReader(file)
	if errors.Is(err, zip.ErrFormat) {
		f, err := os.Open(file)
		if err != nil {
			return List{}, err
		}
		defer f.Close()
		return ReadList(f)
	}
	if err != nil {
		return List{}, err
	}
	defer z.Close()
	var l List
	for _, table := range []struct {
		name string
		to   *[]string
	}{{"tables/erasure.jsonl", &l.People}, {"tables/withdrawn_document.jsonl", &l.Documents}} {
		f, err := z.Open(table.name)
		if err != nil {
			return l, fmt.Errorf("personal: %s is no backup with a list of erasures: %w", file, err)
		}
		*table.to, err = ids(f)
		f.Close()
		if err != nil {
			return l, fmt.Errorf("personal: %s: %w", table.name, err)
		}
	}
	return l, nil
}

func ids(r io.Reader) (list []string, err error) {
	for dec := json.NewDecoder(r); ; {
		var row struct{ Person, ID string }
		if err := dec.Decode(&row); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list = append(list, row.Person+row.ID)
	}
}
