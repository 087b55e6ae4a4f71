package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
)

//go:embed messages/*.json
var files embed.FS

// text is a message in one language.
type text struct {
	other  string            // the text, or the form "other" of a plural
	plural map[string]string // CLDR form → text; nil where the message is no plural
}

// textOf reads a plain text, or an object of plural forms.
func textOf(v any) text {
	forms, ok := v.(map[string]any)
	if !ok {
		plain, _ := v.(string)
		return text{other: plain}
	}
	plural := make(map[string]string, len(forms))
	for form, v := range forms {
		plural[form], _ = v.(string)
	}
	return text{plural["other"], plural}
}

// message is a text in each of All, in their order.
type message [6]text

// catalogue holds every message by its key; it is read once, at first use. The
// files are part of the program, so one that cannot be read is a mistake in it
// and stops it.
var catalogue = sync.OnceValue(func() map[string]*message {
	all, err := load(files)
	if err != nil {
		panic(err)
	}
	return all
})

// load reads every file in the folder messages.
func load(from fs.FS) (map[string]*message, error) {
	names, err := fs.Glob(from, "messages/*.json")
	if err != nil {
		return nil, err
	}
	all := make(map[string]*message, 1024)
	for _, name := range names {
		data, err := fs.ReadFile(from, name)
		if err == nil {
			err = read(data, all)
		}
		if err != nil {
			return nil, fmt.Errorf("lang: %s: %w", name, err)
		}
	}
	return all, nil
}

// read adds the messages of one file. It decodes into any, which is quicker than
// a type with its own method: the start of the program waits for it. What has
// the wrong shape becomes an empty text, which the tests refuse.
func read(data []byte, into map[string]*message) error {
	var room map[string]map[string]any
	if err := json.Unmarshal(data, &room); err != nil {
		return err
	}
	for key, texts := range room {
		m := new(message)
		for i, t := range All {
			m[i] = textOf(texts[string(t)])
		}
		into[key] = m
	}
	return nil
}

// Has reports whether the catalogue has a message under the key.
func Has(key string) bool { return catalogue()[key] != nil }

// Keys lists the keys of all messages, sorted.
func Keys() []string { return slices.Sorted(maps.Keys(catalogue())) }
