package extract

import "time"

// Limits bound what one file may cost.
type Limits struct {
	FileBytes     int64         // a larger file is Oversized
	UnpackedBytes int64         // bytes that come out of an archive before it is a Bomb
	Ratio         int64         // unpacked : packed, counted above the first 8 MiB, before it is a Bomb
	Entries       int           // entries of an archive before it is a Bomb
	Depth         int           // nesting of XML elements before it is a Bomb
	Pages         int           // pages read; more are left out with the Note "pages-cut"
	TextBytes     int           // bytes of text kept; more are left out with the Note "text-cut"
	EngineBytes   int64         // memory of the PDF engine for one file before it is TooMuchMemory
	Time          time.Duration // for one file, without OCR as well as with it, before it is TooSlow
	Idle          time.Duration // after which the PDF engine is put away
	OCRPages      int           // pages read by OCR; more are left out with the Note "ocr-cut"
	OCRTime       time.Duration // for one page, before it is given up with the Note "ocr-failed"
	OCRBytes      int64         // memory of one tesseract process
}

// DefaultLimits suit a server that receives documents of some hundred pages.
func DefaultLimits() Limits {
	return Limits{
		FileBytes:     200 << 20,
		UnpackedBytes: 512 << 20,
		Ratio:         200,
		Entries:       20_000,
		Depth:         400,
		Pages:         5_000,
		TextBytes:     32 << 20,
		EngineBytes:   512 << 20,
		Time:          3 * time.Minute,
		Idle:          time.Minute,
		OCRPages:      100,
		OCRTime:       time.Minute,
		OCRBytes:      1 << 30,
	}
}
