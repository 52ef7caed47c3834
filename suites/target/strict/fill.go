package strict

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"rollcall.example/fixtures"
)

// Into fills what v points to with the value and notes what is wrong with it.
func (n Node) Into(v any) { n.fill(reflect.ValueOf(v).Elem(), wish{}) }

var durationType = reflect.TypeFor[time.Duration]()

// fill puts the value into a Go value, as the tag of its field wishes.
func (n Node) fill(into reflect.Value, w wish) {
	if !n.sane() {
		return
	}
	if reader, ok := into.Addr().Interface().(Reader); ok {
		reader.ReadYAML(n)
		return
	}
	if n.Is() == "nothing" {
		n.Wrong("leave the key out, or give it a value", "%s has no value", n.name())
		return
	}
	switch {
	case into.Type() == durationType:
		n.fillDuration(into)
	case into.Kind() == reflect.Pointer:
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		n.fill(into.Elem(), w)
	case into.Kind() == reflect.Struct:
		n.fillStruct(into)
	case into.Kind() == reflect.Slice:
		n.fillList(into, w)
	case into.Kind() == reflect.Map:
		n.fillMap(into, w)
	default:
		n.fillScalar(into, w)
	}
}

// name is what mistakes call the value.
func (n Node) name() string {
	if n.key == "" {
		return "the file"
	}
	return n.key
}

// is says that the value is something else than it should be. A secret is not
// repeated.
func (n Node) isNot(should, meant string) {
	shown := n.Is()
	if text, ok := n.Text(); ok {
		shown = strconv.Quote(masked(text))
	}
	n.Wrong(meant, "%s is %s, and should be %s", n.name(), shown, should)
}

func (n Node) fillStruct(into reflect.Value) {
	fields := fieldsOf(into.Type())
	entries, ok := n.entries()
	if !ok {
		n.isNot("a map", "the keys there are: "+strings.Join(names(fields), ", "))
		return
	}
	before, given := len(n.mistakes), map[string]bool{}
	for _, e := range entries {
		at := slices.IndexFunc(fields, func(f field) bool { return f.name == e.name })
		if at < 0 {
			given[n.unknownKey(e, names(fields))] = true
			continue
		}
		given[e.name] = true
		e.value.fill(into.FieldByIndex(fields[at].index), fields[at].wish)
	}
	for _, f := range fields {
		if f.required && !given[f.name] {
			n.Wrong("", "%s has no key %s", n.name(), f.name)
		}
	}
	if len(n.mistakes) == before {
		n.check(into)
	}
}

// unknownKey says which key was meant, and returns it where it can tell.
func (n Node) unknownKey(e entry, known []string) (likely string) {
	likely, meant := nearest(e.name, known)
	if likely == "" {
		meant = "the keys there are: " + strings.Join(known, ", ")
	}
	where := ""
	if n.key != "" {
		where = " in " + n.key
	}
	n.wrong(e.at, meant, "there is no key %q%s", masked(e.name), where)
	// What stands under a mistyped key may be a secret.
	last := &n.mistakes[len(n.mistakes)-1]
	last.Text = cutAfterKey(last.Text, last.Column)
	return likely
}

// nearest is the known word that was most likely meant, if any.
func nearest(word string, known []string) (likely, meant string) {
	near := fixtures.Nearest(word, known)
	if len(near) == 0 {
		near = slices.DeleteFunc(slices.Clone(known), func(k string) bool { return letters(k) != letters(word) })
	}
	if len(near) == 0 {
		return "", "one of: " + strings.Join(known, ", ")
	}
	return near[0], "did you mean " + near[0] + "?"
}

// letters are those of a word, sorted: two that changed places leave them the same.
func letters(word string) string {
	sorted := strings.Split(strings.ToLower(word), "")
	slices.Sort(sorted)
	return strings.Join(sorted, "")
}

// cutAfterKey cuts a line behind the key that begins in the column, where there is
// more on it.
func cutAfterKey(line string, column int) string {
	runes := []rune(line)
	if column < 1 || column > len(runes) {
		return line
	}
	key, after, found := strings.Cut(string(runes[column-1:]), ":")
	if !found || strings.TrimSpace(after) == "" {
		return line
	}
	return string(runes[:column-1]) + key + ": " + mask
}

// check asks whether the whole makes sense.
func (n Node) check(into reflect.Value) {
	if n.options.Check == nil {
		return
	}
	for _, err := range unjoined(n.options.Check(into.Addr().Interface())) {
		at, said := n, err
		if placed, ok := err.(placedError); ok { //nolint:errorlint // a wrapped one is somebody else's
			at, said = n.find(placed.key), placed.error
		}
		meant := ""
		var hinted interface{ Hint() string }
		if errors.As(said, &hinted) {
			meant = hinted.Hint()
		}
		// Checks that others use too begin with the name of their package.
		message := strings.TrimPrefix(said.Error(), n.options.Prefix)
		at.Wrong(meant, "%s: %s", at.name(), masked(message))
	}
}

func unjoined(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, unjoined(one)...)
		}
		return all
	}
	return []error{err}
}

func (n Node) fillList(into reflect.Value, w wish) {
	items, ok := n.items()
	if !ok {
		n.isNot("a list", "write it in brackets, separated by commas")
		return
	}
	list := reflect.MakeSlice(into.Type(), len(items), len(items))
	for i, item := range items {
		item.fill(list.Index(i), w)
	}
	into.Set(list)
}

func (n Node) fillMap(into reflect.Value, w wish) {
	entries, ok := n.entries()
	if !ok {
		n.isNot("a map", "")
		return
	}
	made := reflect.MakeMapWithSize(into.Type(), len(entries))
	for _, e := range entries {
		value := reflect.New(into.Type().Elem()).Elem()
		e.value.fill(value, w)
		made.SetMapIndex(reflect.ValueOf(e.name).Convert(into.Type().Key()), value)
	}
	into.Set(made)
}

func (n Node) fillScalar(into reflect.Value, w wish) {
	switch into.Kind() {
	case reflect.String:
		into.SetString(n.text(w))
	case reflect.Bool:
		node, ok := n.value().(*ast.BoolNode)
		if !ok {
			n.isNot("true or false", "")
			return
		}
		into.SetBool(node.Value)
	case reflect.Int, reflect.Int64:
		text, _ := n.Text()
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n.Is() != "a number" {
			n.isNot("a whole number", "")
			return
		}
		into.SetInt(number)
	case reflect.Float64:
		text, _ := n.Text()
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || n.Is() != "a number" {
			n.isNot("a number", "")
			return
		}
		into.SetFloat(number)
	case reflect.Interface:
		value, err := n.Any()
		if err != nil {
			n.Wrong("", "%s: %v", n.name(), err)
			return
		}
		into.Set(reflect.ValueOf(value))
	default:
		panic(fmt.Sprintf("strict: %s is of type %s, which no YAML is read into", n.name(), into.Type()))
	}
}

func (n Node) fillDuration(into reflect.Value) {
	text, _ := n.Text()
	length, err := time.ParseDuration(text)
	switch {
	case err != nil && n.Is() == "a number":
		n.isNot("a duration", "it has no unit: write "+text+"s for seconds, or ms, m, h")
	case err != nil:
		n.isNot("a duration", "write it with its unit, as 500ms, 10s or 30m")
	case length < 0:
		n.isNot("a duration", "it cannot be negative")
	default:
		into.SetInt(int64(length))
	}
}
