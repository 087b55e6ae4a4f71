package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/flate"

	"polis/internal/blob"
	"polis/internal/keyring"
	"polis/internal/store"
)

// Partial is what the name of a backup ends with while it is being written.
const Partial = ".partial"

// Backup writes the system as it stands into one file, while others go on
// writing. It appears under its name, in place of one that was there, when it
// is complete and on the disk. program is the version of POLIS.
//
// A file that the tables refer to and that is missing or damaged does not stop
// the backup: it is named in the manifest's Missing.
func Backup(ctx context.Context, s System, file, program string, progress Progress) (Manifest, error) {
	out, err := os.OpenFile(file+Partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return Manifest{}, fmt.Errorf("archive: %w", err)
	}
	defer os.Remove(file + Partial) // after the rename it is not there any more
	defer out.Close()
	m, err := pack(ctx, s, out, program, progress)
	if err != nil {
		return Manifest{}, err
	}
	if err := out.Sync(); err != nil {
		return Manifest{}, fmt.Errorf("archive: write the backup to the disk: %w", err)
	}
	if err := out.Close(); err != nil {
		return Manifest{}, fmt.Errorf("archive: %w", err)
	}
	if err := os.Rename(file+Partial, file); err != nil {
		return Manifest{}, fmt.Errorf("archive: %w", err)
	}
	return m, syncDir(filepath.Dir(file))
}

// syncDir makes a rename in the directory survive a power cut, where the system
// can do that.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// pack writes tables, files and manifest, in this order.
func pack(ctx context.Context, s System, w io.Writer, program string, progress Progress) (Manifest, error) {
	p := newPacker(w)
	seen := &witness{refs: references{}}
	tables := int64(0)
	err := store.Dump(ctx, s.DB, func(table string) (io.Writer, error) {
		tables++
		progress.tell("tables", tables, 0)
		part, err := p.begin("tables/" + table + ".jsonl")
		if err != nil {
			return nil, err
		}
		return seen.beside(table, part), nil
	})
	if err != nil {
		return Manifest{}, err
	}
	missing, err := packFiles(ctx, p, s.Files, seen.refs, progress)
	if err != nil {
		return Manifest{}, err
	}
	if err := packKey(p, s.Keys); err != nil {
		return Manifest{}, err
	}
	m := Manifest{
		Format: format, Schema: s.DB.Schema(), Program: program, Made: time.Now().UTC().Truncate(time.Second), Engine: s.DB.Engine(),
		Seq: seen.head.Seq, Hash: seen.head.Hash, Parts: p.finished(), Missing: missing,
	}
	out, err := p.zip.Create(manifestName)
	if err != nil {
		return Manifest{}, fmt.Errorf("archive: %w", err)
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", " ")
	if err := enc.Encode(m); err != nil {
		return Manifest{}, fmt.Errorf("archive: write the manifest: %w", err)
	}
	if err := p.zip.Close(); err != nil {
		return Manifest{}, fmt.Errorf("archive: %w", err)
	}
	return m, nil
}

// packKey writes the secret: without it what is sealed in the tables could not be
// opened again, and the checkpoints would be another's.
func packKey(p *packer, keys *keyring.Ring) error {
	if keys == nil {
		return nil
	}
	out, err := p.begin(keyring.File)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, keys.Text()+"\n")
	return err
}

// packFiles copies the files and returns those it could not.
func packFiles(ctx context.Context, p *packer, files *blob.Store, refs references, progress Progress) ([]Fault, error) {
	var missing []Fault
	sums := refs.sums()
	for i, sum := range sums {
		progress.tell("files", int64(i), int64(len(sums)))
		err := packFile(ctx, p, files, sum)
		if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrDamaged) {
			missing = append(missing, Fault{refs[sum], fileFault(sum, err)})
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	progress.tell("files", int64(len(sums)), int64(len(sums)))
	return missing, nil
}

// fileFault says what is wrong with a file.
func fileFault(sum blob.Sum, err error) string {
	if errors.Is(err, blob.ErrNotFound) {
		return fmt.Sprintf("its file %s is missing", sum)
	}
	return fmt.Sprintf("its file %s is damaged (%v)", sum, err)
}

// packFile copies a file that was found whole.
func packFile(ctx context.Context, p *packer, files *blob.Store, sum blob.Sum) error {
	in, err := files.Local(ctx, sum)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := p.begin("files/" + string(sum))
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return fmt.Errorf("archive: copy file %s: %w", sum, err)
	}
	return nil
}

// packer writes parts one after the other and takes their sums.
type packer struct {
	zip   *zip.Writer
	parts []Part
	out   io.Writer
	hash  hash.Hash
}

// newPacker writes a zip with a compressor that keeps up with a disk: most of
// what is in a backup is compressed already.
func newPacker(w io.Writer) *packer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 3) })
	return &packer{zip: z}
}

// begin ends the part before and starts one.
func (p *packer) begin(name string) (io.Writer, error) {
	p.end()
	out, err := p.zip.Create(name)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	p.parts = append(p.parts, Part{Name: name})
	p.out, p.hash = out, sha256.New()
	return p, nil
}

func (p *packer) end() {
	if p.hash != nil {
		p.parts[len(p.parts)-1].SHA256 = hex.EncodeToString(p.hash.Sum(nil))
	}
}

func (p *packer) finished() []Part {
	p.end()
	p.hash = nil
	return p.parts
}

// Write adds to the part that was begun last.
func (p *packer) Write(b []byte) (int, error) {
	n, err := p.out.Write(b)
	p.hash.Write(b[:n])
	p.parts[len(p.parts)-1].Bytes += int64(n)
	return n, err
}
