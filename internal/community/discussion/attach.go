package discussion

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"path/filepath"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/clamd"
	"polis/internal/job"
	"polis/internal/store"
)

// MaxFile is the largest file that comes with a post, in bytes.
const MaxFile = 10 << 20

// File comes with a post. It is hers alone until the post is there and the scanner has
// looked at it.
type File struct {
	ID      string
	Person  string
	Grp     string
	Post    string // "" while she writes
	Name    string
	Media   string
	Sum     string
	Bytes   int64
	Stage   string // "held" until the scanner has looked, "clean", "refused"
	Reason  string // why it was refused: message "topic.file.REASON"
	Created time.Time
}

const fileColumns = "f.id, f.person, f.grp, COALESCE(f.post, '') AS post, f.name, f.media, f.sum, f.bytes, f.stage, f.reason, f.created"

// Store puts the bytes of a file where files are kept. What is larger than MaxFile is
// blob.ErrTooLarge. Without a row that leads to it, it goes with the next sweep.
func (d *Discussion) Store(ctx context.Context, r io.Reader) (blob.Sum, int64, error) {
	if d.Files == nil {
		return "", 0, ErrForbidden
	}
	return d.Files.Put(ctx, r, MaxFile)
}

// Attach takes in a stored file that somebody brings who writes in the group.
func (d *Discussion) Attach(ctx context.Context, who access.Subject, group, name string, sum blob.Sum, bytes int64) (File, error) {
	f := File{ID: store.NewID(), Person: who.ID, Grp: group, Name: name, Media: mediaOf(name), Sum: string(sum), Bytes: bytes, Stage: "held"}
	found, err := d.look(ctx, sum)
	switch {
	case err == nil && found == "":
		f.Stage = "clean"
	case err == nil:
		f.Stage, f.Reason, f.Sum = "refused", found, ""
	case !errors.Is(err, clamd.ErrUnavailable):
		return File{}, err
	}
	_, err = store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		s, err := mayWrite(ctx, tx, who, group, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		waiting, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM post_file WHERE {scope} AND person = $1 AND post IS NULL AND created > $2", who.ID, tx.Now().Add(-time.Hour))
		if err != nil {
			return store.Event{}, err
		}
		if waiting >= maxWaiting {
			return store.Event{}, Impossible{"topic.impossible.files", tx.Now().Add(time.Hour)}
		}
		f.Created = tx.Now()
		_, err = tx.Exec(ctx, `
			INSERT INTO post_file (id, person, grp, post, name, media, sum, bytes, stage, reason, created) VALUES ($1, $2, $3, NULL, $4, $5, $6, $7, $8, $9, $10)`,
			f.ID, f.Person, f.Grp, f.Name, f.Media, f.Sum, f.Bytes, f.Stage, f.Reason, tx.Now())
		return store.Event{Act: "community.file.brought", Object: f.ID, Label: access.Label{Level: s.Level, Group: group}, Data: map[string]string{"stage": f.Stage, "reason": f.Reason}}, err
	})
	return f, err
}

// maxWaiting is how many files of one person wait for a post in an hour.
const maxWaiting = 40

// mediaOf is the media type by a name's end; what browsers might run is none.
func mediaOf(name string) string {
	media, _, _ := strings.Cut(mime.TypeByExtension(strings.ToLower(filepath.Ext(name))), ";")
	if media == "" {
		return "application/octet-stream"
	}
	return media
}

// look has the scanner look at a stored file, where there is one. found is the reason for
// which it is refused, or "".
func (d *Discussion) look(ctx context.Context, sum blob.Sum) (found string, err error) {
	if d.Scanner == nil {
		return "", nil
	}
	f, err := d.Files.Get(ctx, sum)
	if err != nil {
		return "", err
	}
	defer f.Close()
	virus, err := d.Scanner.Scan(ctx, f)
	switch {
	case errors.Is(err, clamd.ErrTooLarge):
		return "oversized", nil
	case err != nil:
		return "", err
	case virus != "":
		return "infected", nil
	}
	return "", nil
}

// attach puts her own files of this group to a post.
func attach(ctx context.Context, tx *store.Tx, person, group, post string, files []string) error {
	have, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM post_file WHERE {scope} AND post = $1", post)
	if err != nil {
		return err
	}
	if len(files) > 0 && have+len(files) > MaxFiles {
		return Invalid{"file": "topic.error.files"}
	}
	for _, id := range files {
		n, err := tx.Exec(ctx, "UPDATE post_file SET post = $1 WHERE id = $2 AND person = $3 AND grp = $4 AND post IS NULL AND stage <> 'refused'", post, id, person, group)
		if err != nil {
			return err
		}
		if n == 0 {
			return Invalid{"file": "topic.error.file"}
		}
	}
	return nil
}

// Brought are her own files with these ids that no post has yet.
func (d *Discussion) Brought(ctx context.Context, who access.Subject, ids []string) (list []File, err error) {
	for _, id := range firstOf(ids, MaxFiles) {
		f, err := store.Get[File](ctx, d.DB, everything, "SELECT "+fileColumns+" FROM post_file f WHERE {scope} AND f.id = $1 AND f.person = $2 AND f.post IS NULL AND f.stage <> 'refused'", id, who.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// FilesOf are the files of posts that she has read, by the post.
func (d *Discussion) FilesOf(ctx context.Context, posts []Post) (map[string][]File, error) {
	var c query
	var ids []any
	for _, p := range posts {
		if p.Body != "" {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	c.and("f.post IN "+marks(len(ids)), ids...)
	list, err := store.List[File](ctx, d.DB, everything, "SELECT "+fileColumns+" FROM post_file f WHERE {scope} AND "+c.conditions()+" ORDER BY f.created, f.id", c.args...)
	by := map[string][]File{}
	for _, f := range list {
		by[f.Post] = append(by[f.Post], f)
	}
	return by, err
}

// File finds one that she may be given: of a post whose words she is shown, once the
// scanner has looked at it.
func (d *Discussion) File(ctx context.Context, who access.Subject, id string) (File, error) {
	f, err := store.Get[File](ctx, d.DB, everything, "SELECT "+fileColumns+" FROM post_file f WHERE {scope} AND f.id = $1", id)
	if err != nil {
		return File{}, err
	}
	p, err := d.Post(ctx, who, f.Post)
	switch {
	case err != nil:
		return File{}, err
	case p.Body == "" || f.Stage == "refused":
		return File{}, store.ErrNotFound
	case f.Stage == "held":
		return File{}, Impossible{Key: "topic.impossible.scan"}
	}
	return f, nil
}

// The timetable's name of the work that looks at files which still wait, and how often.
const (
	ScanJob   = "community.scan"
	ScanEvery = 5 * time.Minute
)

// Scanning is Scan for the timetable. A scanner that is still away is asked next time.
func (d *Discussion) Scanning(ctx context.Context, _ *job.Run) error {
	_, err := d.Scan(ctx, time.Now())
	if errors.Is(err, clamd.ErrUnavailable) {
		return nil
	}
	return err
}

// Scan looks at files that were brought while the scanner was away, and lets go what was
// brought for a post that never came. It returns how many it looked at.
func (d *Discussion) Scan(ctx context.Context, now time.Time) (n int, err error) {
	list, err := store.List[File](ctx, d.DB, everything, "SELECT "+fileColumns+" FROM post_file f WHERE {scope} AND f.stage = 'held' ORDER BY f.created LIMIT 100")
	if err != nil {
		return 0, err
	}
	for _, f := range list {
		found, err := d.look(ctx, blob.Sum(f.Sum))
		if err != nil {
			return n, fmt.Errorf("discussion: look at a file: %w", err)
		}
		stage, sum := "clean", f.Sum
		if found != "" {
			stage, sum = "refused", ""
		}
		_, err = store.Write(ctx, d.DB, access.System("discussion"), func(tx *store.Tx) (store.Event, error) {
			k, err := tx.Exec(ctx, "UPDATE post_file SET stage = $2, reason = $3, sum = $4 WHERE id = $1 AND stage = 'held'", f.ID, stage, found, sum)
			if err == nil && k == 0 {
				err = store.ErrUnchanged
			}
			g, failed := account.GetGroup(ctx, tx, access.System("discussion"), f.Grp)
			return store.Event{Act: "community.file.scanned", Object: f.ID, Label: access.Label{Level: g.Level, Group: f.Grp}, Data: map[string]string{"stage": stage, "reason": found}}, errors.Join(err, failed)
		})
		if err != nil {
			return n, err
		}
		n++
	}
	_, err = store.Write(ctx, d.DB, access.System("discussion"), func(tx *store.Tx) (store.Event, error) {
		k, err := tx.Exec(ctx, "DELETE FROM post_file WHERE post IS NULL AND created < $1", now.AddDate(0, 0, -30))
		if err == nil && k == 0 {
			err = store.ErrUnchanged
		}
		return store.Event{Act: "community.files.let-go", Label: access.Label{Level: access.Closed}, Data: map[string]int64{"n": k}}, err
	})
	return n, err
}
