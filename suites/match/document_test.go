package match_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
)

type looked []provision.Sighting

func (l looked) Seen() []provision.Sighting { return l }

type made string

func (m made) ResourceID() string { return string(m) }

type shot string

func (s shot) Difference(before shot) string {
	if s == before {
		return ""
	}
	return string(before) + " became " + string(s)
}

func answering(status int, body string) provision.Answer {
	return provision.Answer{Status: status, Header: http.Header{"Etag": {`W/"1"`}}, Body: []byte(body)}
}

func listOf(total, ids string) provision.Answer {
	var resources []string
	for id := range strings.SplitSeq(ids, ",") {
		if id != "" {
			resources = append(resources, `{"id":"`+id+`"}`)
		}
	}
	return answering(200, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":`+total+`,"Resources":[`+strings.Join(resources, ",")+`]}`)
}

func TestResourceMatchers(t *testing.T) {
	t.Parallel()
	user := answering(200, `{"id":"1","userName":"han","emails":[{"value":"a","display":"A"}],"none":[]}`)
	document, _ := user.Document()
	twice := looked{{Where: "by id", Document: document}, {Where: "by filter", Document: provision.Document{"userName": "leia"}}}
	gone := looked{{Where: "by id", Document: document}, {Where: "by filter", Problem: "it is not there"}}
	for name, c := range map[string]struct {
		actual  any
		matcher types.GomegaMatcher
		want    bool
	}{
		"the value":             {user, HaveAttribute("USERNAME", "han"), true},
		"another value":         {user, HaveAttribute("userName", "leia"), false},
		"a matcher":             {user, HaveAttribute("userName", gomega.HavePrefix("h")), true},
		"a list that keeps":     {user, HaveAttribute("emails", []any{map[string]any{"value": "a"}}), true},
		"a list with less":      {user, HaveAttribute("emails", []any{}), false},
		"null for nothing":      {user, HaveAttribute("gone", nil), false},
		"an error":              {answering(404, `{"userName":"han"}`), HaveAttribute("userName", "han"), false},
		"an empty object":       {answering(200, `{}`), HaveAttribute("userName", "han"), false},
		"seen otherwise":        {twice, HaveAttribute("userName", "han"), false},
		"seen the same":         {twice[:1], HaveAttribute("userName", "han"), true},
		"not seen":              {gone, HaveAttribute("userName", "han"), false},
		"never looked at":       {looked{}, HaveAttribute("userName", "han"), false},
		"unassigned":            {user, HaveNoAttribute("title"), true},
		"empty":                 {user, HaveNoAttribute("none"), true},
		"assigned":              {user, HaveNoAttribute("userName"), false},
		"unassigned in none":    {gone, HaveNoAttribute("title"), false},
		"a header":              {user, HaveHeader("ETag", `W/"1"`), true},
		"a header as it begins": {user, HaveHeader("ETag", gomega.HavePrefix("W/")), true},
		"another header":        {user, HaveHeader("Location", gomega.Not(gomega.BeEmpty())), false},
		"the list":              {listOf("2", "b,a"), BeListOf(made("a"), made("b")), true},
		"the list and more":     {listOf("3", "a,b,c"), BeListOf(made("a"), made("b")), false},
		"a wrong total":         {listOf("3", "a,b"), BeListOf(made("a"), made("b")), false},
		"a total as text":       {listOf(`"2"`, "a,b"), BeListOf(made("a"), made("b")), false},
		"no list":               {answering(200, `{"totalResults":0}`), BeListOf[made](), false},
		"nothing":               {listOf("0", ""), BeListOf[made](), true},
		"in order":              {listOf("2", "b,a"), BeListInOrder(made("b"), made("a")), true},
		"in another order":      {listOf("2", "b,a"), BeListInOrder(made("a"), made("b")), false},
		"not listed":            {listOf("9", "x"), HaveNotListed(made("a")), true},
		"listed after all":      {listOf("9", "x,a"), HaveNotListed(made("a")), false},
		"not listed in no list": {answering(200, `{}`), HaveNotListed(made("a")), false},
		"a counter":             {listOf("9", "x"), HaveCounter("totalResults", 9), true},
		"a counter as text":     {listOf(`"9"`, "x"), HaveCounter("totalResults", 9), false},
		"as it was":             {shot("a"), BeAsItWas(shot("a")), true},
		"otherwise":             {shot("b"), BeAsItWas(shot("a")), false},
	} {
		got, err := c.matcher.Match(c.actual)
		if err != nil || got != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if c.matcher.FailureMessage(c.actual) == "" || c.matcher.NegatedFailureMessage(c.actual) == "" {
			t.Errorf("%s: it says nothing", name)
		}
	}
	if _, err := HaveAttribute("a", 1).Match("text"); err == nil {
		t.Error("a text is taken for a resource")
	}
	got := HaveAttribute("userName", "han").FailureMessage(twice)
	if want := "expected: userName \"han\"\nactual:   by id: \"han\"; by filter: \"leia\""; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
