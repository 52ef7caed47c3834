package scim

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// mark stands before a bulkId where one is used for the id of a resource
// (RFC 7644 section 3.7.2).
const mark = "bulkId:"

// connect finds out which task needs which. A bulkId may stand for an id in the path
// of an operation, at the end of a $ref, in the brackets of a PATCH's path, and
// anywhere in the data as a value of its own, extensions included.
func (j *job) connect() error {
	j.makers = map[string]int{}
	for i, t := range j.tasks {
		if !t.makes() {
			continue
		}
		if _, twice := j.makers[t.bulkID]; twice {
			return bad(InvalidValue, "two operations have the bulkId %s", quote(t.bulkID))
		}
		j.makers[t.bulkID] = i
	}
	for _, t := range j.tasks {
		needs := map[int]bool{}
		note := func(bulkID string) (string, bool) {
			at, known := j.makers[bulkID]
			switch {
			case known:
				needs[at] = true
			case t.problem == nil:
				t.problem = bad(InvalidValue, "no operation has the bulkId %s", quote(bulkID))
			}
			return "", true
		}
		replaceIn(t.data, note)
		replaceInPath(t.path, note)
		t.needs = slices.Sorted(maps.Keys(needs))
	}
	return nil
}

// resolved is the data with ids in the place of bulkIds. A value that refers to what
// is not made yet is left out; whole says that there was none.
func (j *job) resolved(data Document) (resolved Document, whole bool) {
	whole = true
	resolved, _ = replaceIn(data, func(bulkID string) (string, bool) {
		id := j.made[bulkID]
		whole = whole && id != ""
		return id, id != ""
	})
	return resolved, whole
}

func (j *job) resolvedPath(path string) string {
	return replaceInPath(path, func(bulkID string) (string, bool) { return j.made[bulkID], true })
}

// replaceInPath puts an id in the place of a bulkId that is a step of a path.
func replaceInPath(path string, id func(bulkID string) (string, bool)) string {
	before, bulkID, found := strings.Cut(path, "/"+mark)
	if !found {
		return path
	}
	known, _ := id(bulkID)
	return before + "/" + url.PathEscape(known)
}

// replaceIn copies an object with ids in the place of bulkIds. A member that refers
// to something without an id is left out; ok says that there was none that is a
// plain text, so that an object which is a reference can be left out with it.
func replaceIn(object Document, id func(bulkID string) (string, bool)) (copied Document, ok bool) {
	if object == nil {
		return nil, true
	}
	copied, ok = make(Document, len(object)), true
	for name, value := range object {
		replaced, kept := replaceValue(name, value, id)
		if kept {
			copied[name] = replaced
		} else if _, plain := value.(string); plain {
			ok = false
		}
	}
	return copied, ok
}

func replaceValue(name string, value any, id func(bulkID string) (string, bool)) (replaced any, kept bool) {
	switch v := value.(type) {
	case string:
		if name == "path" {
			return replaceQuoted(v, id)
		}
		return replaceText(v, id)
	case map[string]any:
		return replaceIn(v, id)
	case []any:
		list := make([]any, 0, len(v))
		for _, entry := range v {
			if replaced, kept := replaceValue(name, entry, id); kept {
				list = append(list, replaced)
			}
		}
		return list, true
	}
	return value, true
}

// replaceText is a text that is a bulkId, or an address that ends with one.
func replaceText(text string, id func(bulkID string) (string, bool)) (string, bool) {
	at := strings.LastIndex(text, mark)
	if at < 0 || at > 0 && text[at-1] != '/' {
		return text, true
	}
	found, ok := id(text[at+len(mark):])
	return text[:at] + found, ok
}

// replaceQuoted is a path as members[value eq "bulkId:qwerty"].
func replaceQuoted(path string, id func(bulkID string) (string, bool)) (string, bool) {
	before, rest, found := strings.Cut(path, `"`+mark)
	bulkID, after, closed := strings.Cut(rest, `"`)
	if !found || !closed {
		return path, true
	}
	known, ok := id(bulkID)
	return before + `"` + known + `"` + after, ok
}
