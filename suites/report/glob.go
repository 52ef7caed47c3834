package report

import (
	"regexp"
	"strings"
)

// Glob returns a test for a pattern in which only * and ? mean something: the key
// of a spec has brackets of its own.
func Glob(pattern string) func(string) bool {
	if !strings.ContainsAny(pattern, "*?") {
		return func(s string) bool { return s == pattern }
	}
	expression := regexp.QuoteMeta(pattern)
	expression = strings.ReplaceAll(expression, `\*`, ".*")
	expression = strings.ReplaceAll(expression, `\?`, ".")
	return regexp.MustCompile("^" + expression + "$").MatchString
}

// naming returns a test for specs that a pattern names by id, which means every
// variant of it, or by id[variant].
func naming(pattern string) func(Spec) bool {
	matches := Glob(pattern)
	return func(s Spec) bool { return matches(s.ID) || matches(s.Key()) }
}
