package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs are the files of ours that run: no tests, and not what tests are made with.
func programs(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "tools" || strings.HasSuffix(d.Name(), "test") || strings.HasPrefix(d.Name(), ".") && path != "."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files[path], err = parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// imports are the paths that a file imports.
func imports(f *ast.File) (list []string) {
	for _, i := range f.Imports {
		list = append(list, strings.Trim(i.Path.Value, `"`))
	}
	return list
}

// calls finds the calls of pkg.name in a file, name being one of the names.
func calls(f *ast.File, pkg string, names ...string) (found []*ast.CallExpr) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if s, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(names, s.Sel.Name) {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg {
				found = append(found, call)
			}
		}
		return true
	})
	return found
}

// constant reports whether an expression is written in the source: a text, a name, or
// several of them put together.
func constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit, *ast.Ident, *ast.SelectorExpr:
		return true
	case *ast.BinaryExpr:
		return constant(e.X) && constant(e.Y)
	case *ast.ParenExpr:
		return constant(e.X)
	case *ast.CallExpr: // a number, or a text without its powers
		fn, _ := e.Fun.(*ast.Ident)
		s, _ := e.Fun.(*ast.SelectorExpr)
		return fn != nil && fn.Name == "raised" || s != nil && (s.Sel.Name == "Itoa" || s.Sel.Name == "QuoteMeta")
	}
	return false
}

// TestOnlyRecognitionStartsAProgram (ASVS 5.0 1.2.5): one place starts one program.
// The shell around it, which bounds its memory, gets a script into which only a number
// is written.
func TestOnlyRecognitionStartsAProgram(t *testing.T) {
	started := 0
	for path, f := range programs(t) {
		if slices.Contains(imports(f), "os/exec") && path != "internal/extract/ocr.go" {
			t.Errorf("%s starts programs", path)
		}
		started += len(calls(f, "exec", "Command", "CommandContext"))
		if path != "internal/extract/ocr.go" {
			continue
		}
		for _, call := range calls(f, "fmt", "Sprintf") {
			if lit, ok := call.Args[0].(*ast.BasicLit); !ok || strings.Contains(lit.Value, "exec") && strings.Count(lit.Value, "%") != strings.Count(lit.Value, "%d") {
				t.Errorf("%s writes more than a number into its script", path)
			}
		}
	}
	if started == 0 {
		t.Error("nothing was found: the test has gone blind")
	}
}

// TestNoPatternComesFromOutside (ASVS 5.0 1.2.9): every regular expression stands in
// the source.
func TestNoPatternComesFromOutside(t *testing.T) {
	found := 0
	for path, f := range programs(t) {
		for _, call := range calls(f, "regexp", "MustCompile", "Compile", "MatchString", "Match", "MustCompilePOSIX") {
			if found++; !constant(call.Args[0]) {
				t.Errorf("%s makes a pattern of something", path)
			}
		}
	}
	if found < 10 {
		t.Error("hardly any was found: the test has gone blind")
	}
}

// approved are the packages of cryptography and chance that may be used (ASVS 5.0
// 11.2.1, 11.2.3, 11.3.1, 11.3.2, 11.4.1, 11.4.3): of ciphers AES with GCM alone.
var approved = []string{
	"crypto/aes", "crypto/cipher", "crypto/ecdsa", "crypto/ed25519", "crypto/elliptic", "crypto/hkdf", "crypto/hmac", "crypto/rand", "crypto/rsa",
	"crypto/sha256", "crypto/subtle", "crypto/tls", "crypto/x509", "crypto/x509/pkix", "golang.org/x/crypto/argon2",
}

func TestOnlyApprovedCryptography(t *testing.T) {
	found := 0
	for path, f := range programs(t) {
		for _, name := range imports(f) {
			if strings.HasPrefix(name, "crypto/") || strings.HasPrefix(name, "golang.org/x/crypto") {
				if found++; !slices.Contains(approved, name) {
					t.Errorf("%s uses %s", path, name)
				}
			}
			// What nobody shall guess comes from crypto/rand (ASVS 5.0 11.5.1).
			if strings.HasPrefix(name, "math/rand") && !strings.HasPrefix(path, "internal/demo/") {
				t.Errorf("%s draws lots that can be guessed: %s", path, name)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := s.X.(*ast.Ident)
			if ok && x.Name == "cipher" && s.Sel.Name != "AEAD" && s.Sel.Name != "NewGCM" {
				t.Errorf("%s uses cipher.%s", path, s.Sel.Name)
			}
			if s.Sel.Name == "InsecureSkipVerify" {
				t.Errorf("%s may trust anybody", path)
			}
			if ok && x.Name == "rsa" && strings.Contains(s.Sel.Name, "crypt") {
				t.Errorf("%s uses rsa.%s", path, s.Sel.Name)
			}
			return true
		})
	}
	if found < 20 {
		t.Error("hardly any was found: the test has gone blind")
	}
}
