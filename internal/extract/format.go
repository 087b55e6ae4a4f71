package extract

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// format is a family of files that one reader serves.
type format string

const (
	formatPDF      format = "pdf"
	formatDOCX     format = "docx"
	formatPPTX     format = "pptx"
	formatXLSX     format = "xlsx"
	formatODT      format = "odt"
	formatEPUB     format = "epub"
	formatHTML     format = "html"
	formatMarkdown format = "markdown"
	formatText     format = "text"
	formatImage    format = "image"
	formatOLE      format = "ole"   // Word, Excel and PowerPoint before 2007, and encrypted files of today
	formatZip      format = "zip"   // an archive that is none of the above
	formatOther    format = "other" // recognised, no reader
	formatUnknown  format = ""
)

// extensions says which format a name promises. Names that are not here promise nothing.
var extensions = map[string]format{
	".pdf":  formatPDF,
	".docx": formatDOCX, ".docm": formatDOCX, ".dotx": formatDOCX,
	".pptx": formatPPTX, ".pptm": formatPPTX, ".ppsx": formatPPTX,
	".xlsx": formatXLSX, ".xlsm": formatXLSX,
	".odt": formatODT, ".ott": formatODT, ".epub": formatEPUB,
	".html": formatHTML, ".htm": formatHTML, ".xhtml": formatHTML,
	".md": formatMarkdown, ".markdown": formatMarkdown,
	".txt": formatText, ".text": formatText, ".csv": formatText, ".log": formatText,
	".png": formatImage, ".jpg": formatImage, ".jpeg": formatImage, ".tif": formatImage, ".tiff": formatImage,
	".doc": formatOLE, ".xls": formatOLE, ".ppt": formatOLE, ".zip": formatZip,
}

// packed are the formats that are archives inside.
var packed = []format{formatDOCX, formatPPTX, formatXLSX, formatODT, formatEPUB}

// media maps what the bytes were recognised as to a format.
var media = map[string]format{
	"application/pdf": formatPDF,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   formatDOCX,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": formatPPTX,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         formatXLSX,
	"application/vnd.oasis.opendocument.text":                                   formatODT,
	"application/vnd.oasis.opendocument.text-template":                          formatODT,
	"application/epub+zip": formatEPUB,
	"text/html":            formatHTML,
	"image/png":            formatImage, "image/jpeg": formatImage, "image/tiff": formatImage,
	"application/x-ole-storage": formatOLE, "application/msword": formatOLE,
	"application/vnd.ms-excel": formatOLE, "application/vnd.ms-powerpoint": formatOLE,
}

// identify recognises the bytes and compares them with the name.
func (w *work) identify() error {
	if w.size <= 0 {
		return fail(Empty, "the file has no bytes")
	}
	if w.size > w.limits.FileBytes {
		return fail(Oversized, "%d bytes are more than %d", w.size, w.limits.FileBytes)
	}
	head := make([]byte, min(w.size, 4096))
	if n, err := w.file.ReadAt(head, 0); n < len(head) {
		return fail(Failed, "read the first bytes: %w", err)
	}
	if len(bytes.Trim(head, "\x00 \t\r\n")) == 0 && w.size <= int64(len(head)) {
		return fail(Empty, "the file holds only blanks")
	}
	if err := w.recognise(head); err != nil {
		return err
	}
	return w.compare()
}

// recognise sets format and media type by the bytes alone, the name only telling one kind of text from another.
func (w *work) recognise(head []byte) error {
	found := mimetype.Detect(head)
	w.content.Media, _, _ = strings.Cut(found.String(), ";")
	w.format = media[w.content.Media]
	switch {
	case w.format != formatUnknown && w.format != formatHTML:
	case bytes.HasPrefix(head, []byte("%PDF-")) || pdfWithin(head):
		w.format, w.content.Media = formatPDF, "application/pdf"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return w.recogniseZip()
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		w.format = formatOLE
	case looksLikeText(head):
		w.recogniseText(found.Is("text/rtf"))
	case w.content.Media != "application/octet-stream" && !strings.HasPrefix(w.content.Media, "text/"):
		w.format = formatOther
	default:
		w.format = formatUnknown
	}
	return nil
}

// pdfWithin accepts what PDF readers accept: some bytes before the header.
func pdfWithin(head []byte) bool {
	i := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-1."))
	return i >= 0 && !looksLikeText(head)
}

// recogniseText chooses among the formats that are text.
func (w *work) recogniseText(rtf bool) {
	promised := w.promised()
	switch {
	case rtf:
		w.format = formatOther
	case w.format == formatHTML || promised == formatHTML:
		w.format, w.content.Media = formatHTML, "text/html"
	case promised == formatMarkdown:
		w.format, w.content.Media = formatMarkdown, "text/markdown"
	default:
		w.format, w.content.Media = formatText, "text/plain"
	}
}

// promised is the format that the name promises.
func (w *work) promised() format {
	return extensions[strings.ToLower(path.Ext(w.name))]
}

// compare refuses a file whose bytes contradict its name. One kind of text under the name of another, or one kind of
// picture, is no contradiction; bytes that nobody recognises under a known name are damage.
func (w *work) compare() error {
	promised := w.promised()
	switch {
	case w.format == formatUnknown && promised == formatUnknown:
		return fail(Unsupported, "the bytes are of no known format")
	case w.format == formatUnknown:
		return fail(Broken, "the bytes are not %s", promised)
	case w.format == formatOLE:
		return w.refuseOLE(promised)
	case w.format == formatZip && slices.Contains(packed, promised):
		return fail(Broken, "an archive without the parts of %s", promised)
	case promised == w.format || promised == formatUnknown || (isText(promised) && isText(w.format)):
		return nil
	}
	return fail(Mislabelled, "named %s, but the bytes are %s", promised, w.content.Media)
}

func isText(f format) bool { return f == formatHTML || f == formatMarkdown || f == formatText }

// refuseOLE tells an encrypted file of today, which Office wraps into the old container, from a file of old.
func (w *work) refuseOLE(promised format) error {
	mark := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	found, err := contains(w.reader(), mark)
	switch {
	case err != nil:
		return fail(Failed, "search the container: %w", err)
	case found:
		return fail(Encrypted, "an encrypted Office file")
	case promised == formatOLE || promised == formatUnknown:
		return fail(Unsupported, "an Office file of before 2007")
	}
	return fail(Mislabelled, "named %s, but the bytes are an Office file of before 2007", promised)
}

// contains searches a stream without holding it.
func contains(r io.Reader, mark []byte) (bool, error) {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		if bytes.Contains(buf[:kept+n], mark) {
			return true, nil
		}
		if err == io.EOF {
			return false, nil
		} else if err != nil {
			return false, err
		}
		tail := min(kept+n, len(mark)-1)
		copy(buf, buf[kept+n-tail:kept+n])
		kept = tail
	}
}
