package web

// Upload is a form that sends files: {{template "upload" .}}. Without script it
// is a form with a file field. With script files are dropped on it and sent one
// by one, each with its progress; each of those requests carries one file, the
// other fields of the form and "Accept: application/json", and is answered with
// UploadAnswer, or with a problem document as showFault writes it.
type Upload struct {
	Action string
	Drop   string // what to do: "Drop files here, or choose them."
	Send   string // the button
	Field  Field  // the file field
	Other  []Field
	Words  UploadWords
}

// UploadWords are what the script says of each file.
type UploadWords struct{ Waiting, Sent, Failed, Again string }

// UploadAnswer is what became of one file.
type UploadAnswer struct {
	State string `json:"state"` // "done", "attention" (kept, but to be looked at), "refused"
	Text  string `json:"text"`  // in the reader's language
	URL   string `json:"url,omitempty"`
}

// NewUpload makes the form with the words of the reader's language.
func (f *Frame) NewUpload(action, send string, field Field) Upload {
	return Upload{
		Action: action, Drop: f.T("web.upload.drop"), Send: send, Field: field,
		Words: UploadWords{f.T("web.upload.waiting"), f.T("web.upload.sent"), f.T("web.upload.failed"), f.T("web.upload.again")},
	}
}
