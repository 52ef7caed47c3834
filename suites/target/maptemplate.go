package target

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// template is an address with names in braces, each of which stands for a value.
type template struct{ text string }

// slot is a name in braces.
var slot = regexp.MustCompile(`\{([^{}]*)\}`)

// newTemplate reads the address that stands at key, in which these names may stand
// behind the host.
func newTemplate(key, text string, names []string) (template, error) {
	bare := slot.ReplaceAllString(text, "x")
	address, err := url.Parse(bare)
	wrong := func(message string, args ...any) (template, error) {
		return template{}, &ConfigError{key, fmt.Sprintf(message, args...)}
	}
	switch {
	case strings.ContainsAny(bare, "{}"):
		return wrong("%q has a brace without its other half", text)
	case err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https":
		return wrong("%q is not an http or https address", text)
	case address.User != nil:
		return wrong("the address holds credentials: put them into probe.map.auth")
	case address.Fragment != "":
		return wrong("%q has a fragment, which is never sent", text)
	}
	host, _, _ := strings.Cut(strings.SplitN(text, "://", 2)[1], "/")
	if host, _, _ = strings.Cut(host, "?"); strings.Contains(host, "{") {
		return wrong("%q chooses a host by a name in braces: credentials are for one host", text)
	}
	for _, match := range slot.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, match[1]) {
			return wrong("there is no {%s} here; there are {%s}", match[1], strings.Join(names, "}, {"))
		}
	}
	return template{text}, nil
}

// has says whether the name stands in the address.
func (t template) has(name string) bool { return strings.Contains(t.text, "{"+name+"}") }

// fill puts the values in, escaped for where they stand.
func (t template) fill(values map[string]any) string {
	path, query, hasQuery := strings.Cut(t.text, "?")
	filled := fillWith(path, values, escapeSegment)
	if hasQuery {
		filled += "?" + fillWith(query, values, url.QueryEscape)
	}
	return filled
}

func fillWith(text string, values map[string]any, escape func(string) string) string {
	return slot.ReplaceAllStringFunc(text, func(name string) string {
		value, _ := textOf(values[strings.Trim(name, "{}")])
		return escape(value)
	})
}

// escapeSegment escapes a value so that it stays one segment of a path, dots that
// mean a directory included.
func escapeSegment(value string) string {
	if value == "." || value == ".." {
		return strings.ReplaceAll(value, ".", "%2E")
	}
	return url.PathEscape(value)
}
