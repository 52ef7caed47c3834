package provision

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Document is a JSON object as a careful SCIM client reads it: a name is found
// without regard to case (RFC 7643 section 2.1), the order of members means nothing,
// and a number stays as it was written. Its values are nil, bool, string,
// [json.Number], []any and map[string]any of the same kind.
type Document map[string]any

// ParseDocument reads one JSON object and nothing after it.
func ParseDocument(text []byte) (Document, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var read any
	if err := decoder.Decode(&read); err != nil {
		return nil, notAnObject(text)
	}
	object, ok := read.(map[string]any)
	if !ok {
		return nil, notAnObject(text)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the body has more than one JSON value")
	}
	return object, nil
}

// Document returns the body as a JSON object. It fails on anything else, an empty
// body included.
func (a Answer) Document() (Document, error) { return ParseDocument(a.Body) }

// Documents returns the resources of a list (RFC 7644 section 3.4.2). A list of
// nothing may leave Resources away.
func (a Answer) Documents() ([]Document, error) {
	list, err := a.Document()
	if err != nil {
		return nil, err
	}
	value, there := list.At("Resources")
	if !there || value == nil {
		return nil, nil
	}
	entries, ok := value.([]any)
	if !ok {
		return nil, errors.New("the list is a JSON object, but its Resources are no array")
	}
	documents := make([]Document, len(entries))
	for i, entry := range entries {
		object, ok := entry.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("the list holds something else than resources at place %d", i+1)
		}
		documents[i] = object
	}
	return documents, nil
}

// At follows a path to a value: "userName", "name.givenName", the URI of an extension,
// or that with an attribute behind it (RFC 7644 section 3.10). It does not step into
// lists. False where nothing stands there.
func (d Document) At(path string) (any, bool) {
	var here any = map[string]any(d)
	rest := path
	if urn, below, extends := d.extension(path); extends {
		here, rest = d[urn], below
	}
	for rest != "" {
		name, below, _ := strings.Cut(rest, ".")
		object, ok := here.(map[string]any)
		if !ok {
			return nil, false
		}
		key, there := keyOf(object, name)
		if !there {
			return nil, false
		}
		here, rest = object[key], below
	}
	return here, true
}

// extension finds the member that holds the extension to which the path leads, and the
// rest of the path.
func (d Document) extension(path string) (urn, below string, extends bool) {
	lower := strings.ToLower(path)
	for key := range d {
		prefix := strings.ToLower(key)
		leads := strings.HasPrefix(prefix, "urn:") && (lower == prefix || strings.HasPrefix(lower, prefix+":"))
		if leads && len(key) > len(urn) {
			urn = key
		}
	}
	if urn == "" {
		return "", path, false
	}
	return urn, strings.TrimPrefix(path[len(urn):], ":"), true
}

// keyOf finds the member of that name, without regard to case.
func keyOf(object map[string]any, name string) (string, bool) {
	if _, exactly := object[name]; exactly {
		return name, true
	}
	for key := range object {
		if strings.EqualFold(key, name) {
			return key, true
		}
	}
	return "", false
}

// Has says whether the attribute is assigned: null and an empty list are the same as
// nothing (RFC 7643 section 2.5), and so is an object of nothing else.
func (d Document) Has(path string) bool {
	value, there := d.At(path)
	return there && assigned(value)
}

func assigned(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case []any:
		return slices.ContainsFunc(v, assigned)
	case map[string]any:
		for _, member := range v {
			if assigned(member) {
				return true
			}
		}
		return false
	}
	return true
}

// Text is the value at the path where that is a string, else the empty string.
func (d Document) Text(path string) string {
	value, _ := d.At(path)
	text, _ := value.(string)
	return text
}

// Objects are the objects of the list at the path; what else stands in it is left out.
func (d Document) Objects(path string) []Document {
	value, _ := d.At(path)
	list, _ := value.([]any)
	var objects []Document
	for _, entry := range list {
		if object, ok := entry.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// Plain turns any value that JSON can say into what a [Document] holds of it.
func Plain(value any) (any, error) {
	text, err := marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var plain any
	err = decoder.Decode(&plain)
	return plain, err
}

// Keeps says whether what is shown holds everything that was written: a server may
// add members to an object, as display beside a value, and may show the values of a
// list in another order; it may not leave out, change, add to or repeat the values of
// a list. Both are plain; see [Plain]. Names count without regard to case, numbers by
// their value and moments by when they are (RFC 7643 section 2.3).
func Keeps(shown, written any) bool {
	switch w := written.(type) {
	case map[string]any:
		return keepsMembers(shown, w)
	case []any:
		return keepsValues(shown, w)
	case json.Number:
		s, ok := shown.(json.Number)
		return ok && sameNumber(s, w)
	case string:
		s, ok := shown.(string)
		return ok && (s == w || sameMoment(s, w))
	case nil:
		return !assigned(shown)
	}
	return shown == written
}

func keepsMembers(shown any, written map[string]any) bool {
	object, ok := shown.(map[string]any)
	if !ok {
		return !assigned(written) && !assigned(shown)
	}
	for name, value := range written {
		key, there := keyOf(object, name)
		if !there && assigned(value) || there && !Keeps(object[key], value) {
			return false
		}
	}
	return true
}

// keepsValues pairs each value that was written with one that is shown.
func keepsValues(shown any, written []any) bool {
	list, _ := shown.([]any)
	if len(list) != len(written) {
		return false
	}
	left := slices.Clone(list)
	for _, value := range written {
		at := slices.IndexFunc(left, func(s any) bool { return Keeps(s, value) })
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return true
}

func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, errX := a.Float64()
	y, errY := b.Float64()
	return errX == nil && errY == nil && x == y
}

func sameMoment(a, b string) bool {
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	return errX == nil && errY == nil && x.Equal(y)
}

// String is the document as JSON on one line, its members in order.
func (d Document) String() string {
	text, err := marshal(map[string]any(d))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Difference says in which attributes two looks at a resource differ, sorted; empty
// where they show the same, whatever the order.
func (d Document) Difference(other Document) []string {
	var differ []string
	for name := range d {
		key, there := keyOf(other, name)
		if !there || !same(d[name], other[key]) {
			differ = append(differ, name)
		}
	}
	for name := range other {
		if _, there := keyOf(d, name); !there {
			differ = append(differ, name)
		}
	}
	slices.Sort(differ)
	return differ
}

// same says whether two plain values say the same, both ways round.
func same(a, b any) bool { return Keeps(a, b) && Keeps(b, a) }

// Sighting is one way in which a resource was looked at, and what was seen there.
type Sighting struct {
	Where    string   // "by id", "in the list", "by filter"
	Document Document // nil where it was not there
	Problem  string   // why not
}
