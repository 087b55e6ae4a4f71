// Passwords makes internal/account/common.bin, the list of passwords that nobody
// may choose, from lists of the most frequent ones:
//
//	go run ./tools/passwords < lists.json > internal/account/common.bin
//
// Its input are JSON arrays of strings, one after the other, each with the most
// frequent first; NOTICE names those that were used. Of each it takes what is as
// long as a password of ours must be, whatever its rank, and of the rest the most
// frequent, because those are what longer ones are made of. What it writes are the
// first five bytes of each one's SHA-256, sorted: small, quick to look up, and
// free of words that nobody wants to read.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

const (
	long     = 12     // characters, as in internal/account
	shortest = 4      // of a part
	frequent = 10_000 // how many parts of each list
	size     = 5      // bytes of a hash
)

func main() {
	marks, err := read(json.NewDecoder(os.Stdin))
	if err == nil {
		slices.SortFunc(marks, bytes.Compare)
		marks = slices.CompactFunc(marks, bytes.Equal)
		_, err = os.Stdout.Write(bytes.Join(marks, nil))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(lists *json.Decoder) (marks [][]byte, err error) {
	for {
		var list []string
		if err := lists.Decode(&list); errors.Is(err, io.EOF) {
			return marks, nil
		} else if err != nil {
			return nil, err
		}
		parts := 0
		for _, word := range list {
			n := len([]rune(word))
			if n < shortest || n < long && parts >= frequent {
				continue
			}
			if n < long {
				parts++
			}
			sum := sha256.Sum256([]byte(strings.ToLower(word)))
			marks = append(marks, sum[:size])
		}
	}
}
