package extract

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"reflect"
	"time"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium"
	"github.com/tetratelabs/wazero/api"
)

// sandbox is one instance of PDFium for one file. It calls the C functions themselves: the typed interface of
// go-pdfium makes some ten calls of memory management around each, and the text of a page needs hundreds.
type sandbox struct {
	instance  pdfium.Pdfium
	module    api.Module
	arena     *arena
	functions map[string]api.Function
	stack     [16]uint64
	scratch   uint64 // 16 bytes for two coordinates
	unwatch   func() // ends the watch and waits for it
	release   func()
}

// newSandbox reaches the WebAssembly module of a go-pdfium instance, which is an exported field of a type that
// cannot be named from here.
func newSandbox(instance pdfium.Pdfium, a *arena) (*sandbox, error) {
	field := reflect.Indirect(reflect.ValueOf(instance.GetImplementation())).FieldByName("Module")
	if !field.IsValid() || a == nil {
		return nil, fmt.Errorf("this version of go-pdfium hides its module")
	}
	module, ok := field.Interface().(api.Module)
	if !ok {
		return nil, fmt.Errorf("this version of go-pdfium has another kind of module: %s", field.Type())
	}
	s := &sandbox{instance: instance, module: module, arena: a, functions: map[string]api.Function{}}
	scratch, err := s.call("malloc", 16)
	s.scratch = scratch
	return s, err
}

// watch stops the sandbox when ctx ends. It repeats itself, because the engine may be growing its memory right then.
func (s *sandbox) watch(ctx context.Context) {
	done, ended := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		s.arena.close()
		for {
			s.module.Memory().Grow(1)
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	s.unwatch = func() {
		close(done)
		if !stop() {
			<-ended
		}
	}
}

// close ends the instance and frees its memory, whatever state it is in. Kill would be quicker, but go-pdfium then
// keeps the file's reader for ever.
func (s *sandbox) close() {
	s.unwatch()
	_ = s.instance.Close()
	s.release()
}

// call runs one C function. Its arguments and its result are 32-bit integers or the bits of a double.
func (s *sandbox) call(name string, args ...uint64) (uint64, error) {
	f := s.functions[name]
	if f == nil {
		if f = s.module.ExportedFunction(name); f == nil {
			return 0, fmt.Errorf("the PDF engine has no function %s", name)
		}
		s.functions[name] = f
	}
	copy(s.stack[:], args)
	if err := f.CallWithStack(context.Background(), s.stack[:]); err != nil {
		if s.arena.full() {
			return 0, fail(TooMuchMemory, "%s: %w", name, err)
		}
		return 0, fail(Broken, "%s: %w", name, err)
	}
	return s.stack[0], nil
}

// count is a call whose result is a number that is negative for an error.
func (s *sandbox) count(name string, args ...uint64) (int, error) {
	n, err := s.call(name, args...)
	return max(0, int(int32(uint32(n)))), err
}

// point is a call that writes two doubles.
func (s *sandbox) point(name string, args ...uint64) (x, y float64, err error) {
	if _, err = s.call(name, append(args, s.scratch, s.scratch+8)...); err != nil {
		return 0, 0, err
	}
	b := s.arena.slice(s.scratch, 16)
	if b == nil {
		return 0, 0, fail(Broken, "the PDF engine lost its scratch memory")
	}
	return float(b), float(b[8:]), nil
}

func float(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

// text runs fill with a buffer for n UTF-16 units and decodes as many as it says it wrote.
func (s *sandbox) text(n int, fill func(buffer uint64) (units int, err error)) (string, error) {
	buffer, err := s.call("malloc", uint64(n)*2+2)
	if err != nil {
		return "", err
	}
	if buffer == 0 {
		return "", fail(TooMuchMemory, "no room for %d characters", n)
	}
	units, err := fill(buffer)
	if err != nil {
		return "", err
	}
	b := s.arena.slice(buffer, uint64(min(units, n))*2)
	wide := make([]uint16, len(b)/2)
	for i := range wide {
		wide[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	_, err = s.call("free", buffer)
	return string(utf16.Decode(wide)), err
}

// cString copies a name into the sandbox for one call.
func (s *sandbox) cString(name string, use func(p uint64) error) error {
	p, err := s.call("malloc", uint64(len(name))+1)
	if err != nil {
		return err
	}
	b := s.arena.slice(p, uint64(len(name))+1)
	if b == nil {
		return fail(TooMuchMemory, "no room for a name")
	}
	copy(b, name)
	b[len(name)] = 0
	if err := use(p); err != nil {
		return err
	}
	_, err = s.call("free", p)
	return err
}

// openFile lets the engine read the file piece by piece, so that it need not hold it.
func (s *sandbox) openFile(r io.ReadSeeker, size int64) (uint64, error) {
	source, ok := s.instance.GetImplementation().(interface {
		CreateFileAccessReader(size int64, r io.ReadSeeker) (*uint64, *uint32, error)
	})
	if !ok {
		return 0, fail(Failed, "this version of go-pdfium cannot read from a stream")
	}
	access, _, err := source.CreateFileAccessReader(size, r)
	if err != nil {
		return 0, fail(Failed, "hand over the file: %w", err)
	}
	document, err := s.call("FPDF_LoadCustomDocument", *access, 0)
	if err != nil || document != 0 {
		return document, err
	}
	code, err := s.call("FPDF_GetLastError")
	switch {
	case err != nil:
		return 0, err
	case code == 4 || code == 5: // FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
		return 0, fail(Encrypted, "the PDF needs a password (PDFium error %d)", code)
	}
	return 0, fail(Broken, "PDFium error %d", code)
}

// doubleOf reads a call's result that is a double.
func doubleOf(bits uint64) float64 { return math.Float64frombits(bits) }
