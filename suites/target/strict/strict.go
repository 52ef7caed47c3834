// Package strict reads a YAML file into Go values and says of every mistake in it
// where it stands and what was meant.
//
// The Go types say what may stand in the file. A field's tag yaml names its key;
// the tag read says more about the value, in words separated by commas:
//
//	required      the key must be there
//	secret        where the value comes from stands in the file, never the value:
//	              {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT…]}
//	sourced       the value itself, or where it comes from
//	lines         such a value may have several lines, as a key in PEM has
//	path          a path, relative to the file's directory; it is made absolute
//	content       the path of a file; its content is read
//	url           an absolute http or https URL without credentials
//	place         a url or a path
//	words=NAME    one of the words that the options list under that name
//
// A value that has to say more itself implements [Reader], or is asked by
// [Options].Check once it is filled.
//
// A secret never appears in a mistake: neither one that was read, nor one that
// somebody wrote into the file itself.
package strict

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"rollcall.example/fixtures"
)

// Options say how to read a file.
type Options struct {
	File  string              // what mistakes call the file
	Dir   string              // the directory that relative paths start from; absolute
	Words map[string][]string // the words for the fields that have words=NAME
	// Check is asked about every struct once it is filled, with a pointer to it; nil
	// asks nobody. An error that an [At] wraps is about the key named there, any other
	// about the struct. Errors may be joined.
	Check  func(value any) error
	Prefix string // taken off the front of what Check says
}

// Reader is a value that reads itself. It reports mistakes with [Node.Wrong].
type Reader interface{ ReadYAML(Node) }

// Read fills what into points to, a struct. The error is of type [Mistakes] and
// has all of them, in the order in which they stand in the file. The context
// bounds the commands that secrets come from.
func Read(ctx context.Context, text []byte, o Options, into any) error {
	d := &document{options: o, ctx: ctx, lines: linesOf(text), anchors: map[string]ast.Node{}}
	d.read(text, into)
	return d.mistakes.sorted()
}

// document is a file that is being read.
type document struct {
	ctx      context.Context
	options  Options
	lines    []string
	anchors  map[string]ast.Node
	visited  int
	mistakes Mistakes
}

func (d *document) read(text []byte, into any) {
	file, err := parser.ParseBytes(fixtures.Written(text), 0)
	var broken yaml.Error
	switch {
	case errors.As(err, &broken) && broken.GetToken() != nil:
		advice := ""
		if strings.Contains(broken.GetMessage(), "\t") || strings.Contains(broken.GetMessage(), "tab character") {
			advice = "YAML takes no tabs before a key: write spaces"
		}
		d.wrong(broken.GetToken(), advice, "this is no YAML: %s", strings.ReplaceAll(masked(broken.GetMessage()), "\t", `\t`))
		return
	case err != nil:
		d.add(Mistake{File: d.options.File, Line: 1, Column: 1, Message: "this is no YAML"})
		return
	}
	switch {
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		d.add(Mistake{File: d.options.File, Line: 1, Column: 1, Message: "the file is empty"})
	case len(file.Docs) > 1 && file.Docs[1].Body != nil:
		Node{document: d, node: file.Docs[1].Body}.Wrong("", "a second document begins here; only one is read")
	default:
		ast.Walk(anchoring{d}, file.Docs[0].Body)
		Node{document: d, node: file.Docs[0].Body}.Into(into)
	}
}

// anchoring finds the anchors before anything is read.
type anchoring struct{ *document }

// Visit implements ast.Visitor.
func (a anchoring) Visit(node ast.Node) ast.Visitor {
	if anchor, ok := node.(*ast.AnchorNode); ok {
		a.anchors[anchor.Name.GetToken().Value] = anchor.Value
	}
	return a
}

// At says that an error is about what stands under a key: a path below the struct
// that was checked, as look.accounts.next or teams[2].id.
func At(key string, err error) error { return placedError{key, err} }

type placedError struct {
	key string
	error
}

func (p placedError) Error() string { return fmt.Sprintf("%s: %v", p.key, p.error) }

// Unwrap returns the error without the key.
func (p placedError) Unwrap() error { return p.error }
