package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// assetPath is where style, script and pictures lie. An asset's name carries
// the hash of its content, so a browser fetches each version once and for good.
const assetPath = "/static/"

//go:embed static
var assetFiles embed.FS

// asset is one file of static/, ready to be sent.
type asset struct {
	address string // under assetPath, hash included
	kind    string // content type
	plain   []byte
	packed  []byte // gzip, or nil where it would not be smaller
}

// assetSet finds assets by file name and by address.
type assetSet struct{ byName, byAddress func() map[string]*asset }

var assets = loadAssets()

func loadAssets() assetSet {
	byName := sync.OnceValue(func() map[string]*asset {
		all := map[string]*asset{}
		entries, err := fs.ReadDir(assetFiles, "static")
		if err != nil {
			panic(err) // embedded: cannot happen in a program that was built
		}
		for _, e := range entries {
			content, err := fs.ReadFile(assetFiles, "static/"+e.Name())
			if err != nil {
				panic(err)
			}
			all[e.Name()] = newAsset(e.Name(), content)
		}
		return all
	})
	byAddress := sync.OnceValue(func() map[string]*asset {
		all := map[string]*asset{}
		for _, a := range byName() {
			all[a.address] = a
		}
		return all
	})
	return assetSet{byName, byAddress}
}

func newAsset(name string, content []byte) *asset {
	sum := sha256.Sum256(content)
	hash := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:10]
	ext := path.Ext(name)
	a := &asset{
		address: strings.TrimSuffix(name, ext) + "." + hash + ext,
		kind:    assetKinds[ext],
		plain:   content,
	}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	_, _ = z.Write(content)
	_ = z.Close()
	if packed.Len() < len(content) {
		a.packed = packed.Bytes()
	}
	return a
}

// assetKinds are the content types of what static/ may hold. The operating
// system's own table differs from machine to machine.
var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
}

// path gives the address of an asset by its file name; an unknown one is a
// mistake in a template and shows as such in the tests.
func (s assetSet) path(name string) string {
	if a := s.byName()[name]; a != nil {
		return assetPath + a.address
	}
	return assetPath + "missing/" + name
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	a := assets.byAddress()[r.PathValue("name")]
	if a == nil {
		http.NotFound(w, r)
		return
	}
	h, body := w.Header(), a.plain
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Etag", strconv.Quote(a.address))
	h.Add("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == strconv.Quote(a.address) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if a.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}
