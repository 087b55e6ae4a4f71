package main

import (
	"errors"
	"fmt"
	"os"

	"polis/internal/access"
	"polis/internal/translate"
)

// translating says which machine outside translates posts, and what it may be given. Its
// key is no flag: everybody on the machine reads those.
type translating struct {
	Translation      string `help:"Address of a translation service that speaks the API of LibreTranslate. Readers then have posts translated of groups that allow it. Its key, where it wants one, is taken from the environment variable POLIS_TRANSLATION_KEY. Over http:// only inside the internal network: posts travel as they are. Not given: nothing leaves POLIS." env:"POLIS_TRANSLATION" placeholder:"https://…"`
	TranslationName  string `help:"Name of that service, as readers are told it. Not given: its host." env:"POLIS_TRANSLATION_NAME" placeholder:"NAME"`
	TranslationLevel string `help:"Highest level of the groups whose posts the service may be given, where the group allows it too: public, member, official or closed." default:"public" env:"POLIS_TRANSLATION_LEVEL" placeholder:"LEVEL"`
}

// machine is the translation service, or nil where there is none.
func (t translating) machine() (*translate.Service, error) {
	if t.Translation == "" {
		if t.TranslationName != "" {
			return nil, errors.New("--translation-name names the service of --translation")
		}
		return nil, nil
	}
	highest, err := access.ParseLevel(t.TranslationLevel)
	if err != nil {
		return nil, fmt.Errorf("--translation-level %s is no level: write public, member, official or closed", t.TranslationLevel)
	}
	return translate.New(translate.Options{Address: t.Translation, Key: os.Getenv("POLIS_TRANSLATION_KEY"), Name: t.TranslationName, Highest: highest})
}
