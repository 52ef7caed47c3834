package match

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/onsi/gomega/types"

	"rollcall.example/simulator/provision"
)

// seen is what was looked at in several ways, as [spec.Sightings].
type seen interface{ Seen() []provision.Sighting }

// sightings reads what a matcher over resources takes: an answer, a resource itself, or
// one that was looked at in several ways.
func sightings(actual any) ([]provision.Sighting, error) {
	switch of := actual.(type) {
	case seen:
		return of.Seen(), nil
	case provision.Document:
		return []provision.Sighting{{Where: "it", Document: of}}, nil
	case provision.Answer:
		shown, err := of.Document()
		switch {
		case !of.OK():
			return []provision.Sighting{{Where: "the answer", Problem: answerInWords(of)}}, nil
		case err != nil:
			return []provision.Sighting{{Where: "the answer", Problem: answerInWords(of)}}, nil //nolint:nilerr // that it is no resource is what was seen
		}
		return []provision.Sighting{{Where: "the answer", Document: shown}}, nil
	}
	return nil, fmt.Errorf("this matcher takes an answer, a resource or what ReadBack returns, not %T", actual)
}

// attribute is a matcher over one attribute of a resource, wherever that was looked at.
type attribute struct {
	path     string
	expected string
	holds    func(value any, there bool) (bool, error)
}

// Match implements Gomega's matcher.
func (a attribute) Match(actual any) (bool, error) {
	all, err := sightings(actual)
	if err != nil || len(all) == 0 {
		return false, err
	}
	for _, s := range all {
		if s.Document == nil {
			return false, nil
		}
		value, there := s.Document.At(a.path)
		if holds, err := a.holds(value, there); err != nil || !holds {
			return false, err
		}
	}
	return true, nil
}

// FailureMessage implements Gomega's matcher.
func (a attribute) FailureMessage(actual any) string { return message(a.expected, a.shown(actual)) }

// NegatedFailureMessage implements Gomega's matcher.
func (a attribute) NegatedFailureMessage(actual any) string {
	return message("not "+a.expected, a.shown(actual))
}

// shown says what each way of looking shows of the attribute.
func (a attribute) shown(actual any) string {
	all, err := sightings(actual)
	if err != nil {
		return err.Error()
	}
	var words []string
	for _, s := range all {
		if s.Document == nil {
			words = append(words, s.Where+": "+s.Problem)
			continue
		}
		value, there := s.Document.At(a.path)
		if !there {
			words = append(words, s.Where+": no "+a.path)
			continue
		}
		words = append(words, s.Where+": "+inJSON(value))
	}
	return strings.Join(words, "; ")
}

func inJSON(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(text.String())
}

// HaveAttribute holds where the resource has this at the path, in every way in which it
// was looked at. The path is a name, name.part, the URI of an extension, or that with
// ":" and a name behind it. What is wanted is a Gomega matcher over the plain value, or
// a value that has to be kept as [provision.Keeps] has it: members may be added to an
// object, nothing to a list.
func HaveAttribute(path string, want any) types.GomegaMatcher {
	if matcher, ok := want.(types.GomegaMatcher); ok {
		return attribute{path, path + " as it should be", func(value any, _ bool) (bool, error) {
			return matcher.Match(value)
		}}
	}
	plain, err := provision.Plain(want)
	return attribute{path, path + " " + inJSON(want), func(value any, there bool) (bool, error) {
		return there && provision.Keeps(value, plain), err
	}}
}

// HaveNoAttribute holds where the attribute is unassigned: it is not there, or null, or
// an empty list (RFC 7643 section 2.5).
func HaveNoAttribute(path string) types.GomegaMatcher {
	return attribute{path, "no value of " + path, func(value any, _ bool) (bool, error) {
		return !provision.Document{"value": value}.Has("value"), nil
	}}
}

// HaveHeader holds for an answer with this header: a text that it is, or a matcher over
// it. One that is not there is the empty text.
func HaveHeader(name string, want any) types.GomegaMatcher {
	return header{name, want}
}

type header struct {
	name string
	want any
}

// Match implements Gomega's matcher.
func (h header) Match(actual any) (bool, error) {
	answer, ok := actual.(provision.Answer)
	if !ok {
		return false, fmt.Errorf("this matcher takes what okta.Call or client.Call returns, not %T", actual)
	}
	value := answer.Header.Get(h.name)
	if matcher, ok := h.want.(types.GomegaMatcher); ok {
		return matcher.Match(value)
	}
	return value == h.want, nil
}

// FailureMessage implements Gomega's matcher.
func (h header) FailureMessage(actual any) string { return message(h.expected(), h.shown(actual)) }

// NegatedFailureMessage implements Gomega's matcher.
func (h header) NegatedFailureMessage(actual any) string {
	return message("not "+h.expected(), h.shown(actual))
}

func (h header) expected() string {
	if text, ok := h.want.(string); ok {
		return "the header " + h.name + ": " + text
	}
	return "the header " + h.name + " as it should be"
}

func (h header) shown(actual any) string {
	answer, _ := actual.(provision.Answer)
	if value := answer.Header.Get(h.name); value != "" {
		return fmt.Sprintf("%d with %s: %s", answer.Status, h.name, value)
	}
	return fmt.Sprintf("%d without %s", answer.Status, h.name)
}
