package provision

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Object is a JSON object that keeps the order of its members. Okta changes a
// few attributes of a resource that the product gave it and sends the rest back
// untouched, in the order in which it came.
type Object struct{ members []member }

type member struct {
	name  string
	value json.RawMessage
}

// ParseObject reads one JSON object.
func ParseObject(text []byte) (*Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, notAnObject(text)
	}
	object := &Object{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, notAnObject(text)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, notAnObject(text)
		}
		object.members = append(object.members, member{name: fmt.Sprint(name), value: value})
	}
	if _, err := decoder.Token(); err != nil {
		return nil, notAnObject(text)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the body has more than one JSON value")
	}
	return object, nil
}

// Raw returns a member's JSON, nil if there is no such member. SCIM attribute
// names do not distinguish case (RFC 7643 §2.1).
func (o *Object) Raw(name string) json.RawMessage {
	for _, member := range o.members {
		if strings.EqualFold(member.name, name) {
			return member.value
		}
	}
	return nil
}

// Text returns a member that is a string, else the empty string.
func (o *Object) Text(name string) string {
	var text string
	if json.Unmarshal(o.Raw(name), &text) != nil {
		return ""
	}
	return text
}

// ID returns the resource's id, empty where it has none that is a text.
func (o *Object) ID() string { return o.Text("id") }

// Called is what the product itself knows the resource by: its id, and the digits of one
// that is, against RFC 7643 section 3.1, a number. Okta goes by [Object.ID]; whoever
// clears away goes by this.
func (o *Object) Called() string {
	var number json.Number
	if id := o.ID(); id != "" || json.Unmarshal(o.Raw("id"), &number) != nil {
		return id
	}
	return number.String()
}

// NoID says why a resource that is without an id is so.
func (o *Object) NoID() error {
	switch raw := o.Raw("id"); string(raw) {
	case "", "null":
		return errors.New("it has no id")
	case `""`:
		return errors.New("its id is empty")
	default:
		if len(raw) > 40 {
			raw = append(bytes.Clone(raw[:40]), "…"...)
		}
		return fmt.Errorf("its id is no text in JSON but %s (RFC 7643 section 3.1)", raw)
	}
}

// Inactive tells whether the resource says active: false. One that does not say
// is active.
func (o *Object) Inactive() bool {
	var active *bool
	if json.Unmarshal(o.Raw("active"), &active) != nil || active == nil {
		return false
	}
	return !*active
}

// Set replaces a member in its place or adds it at the end.
func (o *Object) Set(name string, value any) error {
	raw, err := marshal(value)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	for n := range o.members {
		if strings.EqualFold(o.members[n].name, name) {
			o.members[n].value = raw
			return nil
		}
	}
	o.members = append(o.members, member{name: name, value: raw})
	return nil
}

// MarshalJSON writes the members in order.
func (o *Object) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	text.WriteByte('{')
	for n, member := range o.members {
		if n > 0 {
			text.WriteByte(',')
		}
		name, err := marshal(member.name)
		if err != nil {
			return nil, err
		}
		text.Write(name)
		text.WriteByte(':')
		text.Write(member.value)
	}
	text.WriteByte('}')
	return text.Bytes(), nil
}

// marshal is json.Marshal without escaping <, > and &, which Okta sends plain.
func marshal(value any) ([]byte, error) {
	if object, ok := value.(*Object); ok {
		return object.MarshalJSON()
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimRight(text.Bytes(), "\n"), nil
}
