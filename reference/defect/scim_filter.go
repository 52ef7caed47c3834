package defect

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
	"rollcall.example/reference/scim/filter"
)

// Defects in how a filter is understood.
func init() {
	register("only-look-ups-filter", func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			chosen, err := choose(text)
			if expr, _ := filter.Parse(text); err == nil {
				if test, plain := expr.(filter.Test); !plain || test.Op != filter.Equal {
					return scim.Selection{}, nil
				}
			}
			return chosen, err
		})
	})
	register("list-filter-ignored", func(p *reference.Parts) {
		askOtherwise(p, lists, func(query url.Values) { query.Del("filter") })
	})
	register("nobody-is-404", func(p *reference.Parts) {
		showOtherwise(p, lists, func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			if isList && len(listed) == 0 && !r.URL.Query().Has("startIndex") {
				a.refuse(http.StatusNotFound, "", "nobody was found")
			}
		})
	})
	register("wrong-filter-finds-everybody", func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			chosen, err := choose(text)
			if refused := (*scim.Error)(nil); errors.As(err, &refused) {
				return scim.Selection{}, nil
			}
			return chosen, err
		})
	})
	register("wrong-filter-is-500", func(p *reference.Parts) {
		showOtherwise(p, lists, func(_ *http.Request, a *scimAnswer) {
			if a.body["scimType"] == scim.InvalidFilter {
				a.refuse(http.StatusInternalServerError, "", "syntax error at or near where")
			}
		})
	})

	readsOp := func(name string, from, to filter.Op) {
		readsTest(name, func(t filter.Test) filter.Expr {
			if _, isText := t.Value.(string); isText && t.Op == from && t.Path.Name != "userName" {
				t.Op = to
			}
			return t
		})
	}
	readsOp("equal-is-beginning", filter.Equal, filter.StartsWith)
	readsOp("unequal-is-equal", filter.NotEqual, filter.Equal)
	readsOp("containing-is-beginning", filter.Contains, filter.StartsWith)
	readsOp("beginning-is-containing", filter.StartsWith, filter.Contains)
	readsOp("end-is-containing", filter.EndsWith, filter.Contains)
	readsOp("greater-may-be-equal", filter.Greater, filter.GreaterOrEqual)
	readsOp("less-may-be-equal", filter.Less, filter.LessOrEqual)
	readsOp("no-less-is-greater", filter.GreaterOrEqual, filter.Greater)
	readsOp("no-greater-is-less", filter.LessOrEqual, filter.Less)
	readsTest("presence-is-absence", func(t filter.Test) filter.Expr {
		if t.Op == filter.Present {
			return filter.Not{Of: t}
		}
		return t
	})
	readsTest("moments-backwards", func(t filter.Test) filter.Expr {
		turned := map[filter.Op]filter.Op{filter.Greater: filter.Less, filter.Less: filter.Greater, filter.LessOrEqual: filter.GreaterOrEqual}
		if to, known := turned[t.Op]; known && t.Path.Name == "meta" {
			t.Op = to
		}
		return t
	})
	readsTest("inactive-is-active", func(t filter.Test) filter.Expr {
		if t.Path.Name == "active" {
			t.Value = true
		}
		return t
	})
	readsTest("wildcards-in-texts", func(t filter.Test) filter.Expr {
		if text, _ := t.Value.(string); strings.ContainsAny(text, "%_*") && (t.Op != filter.Equal || text == "*") {
			t.Op = filter.Present
		}
		return t
	})
	readsTest("case-exact-ignored", func(t filter.Test) filter.Expr {
		text, isText := t.Value.(string)
		if !isText || t.Op != filter.Equal {
			return t
		}
		switch {
		case t.Path.Name == "externalId":
			folded := t
			t.Value, folded.Value = strings.ToUpper(text), text
			return filter.Or{Left: folded, Right: t}
		case t.Path.Name == "code" && text == strings.ToUpper(text):
			return filter.Test{Path: t.Path, Op: filter.Present}
		}
		return t
	})
	readsTest("case-minded-everywhere", func(t filter.Test) filter.Expr {
		if text, _ := t.Value.(string); t.Path.Name == "displayName" && strings.ToUpper(text) == text || text == "hAN s" {
			t.Value = text + "\x01"
		}
		return t
	})
	looksUpBy := func(name, attribute string, op filter.Op) {
		readsTest(name, func(t filter.Test) filter.Expr {
			if t.Path.Name == attribute && t.Op == filter.Equal {
				t.Op = op
			}
			return t
		})
	}
	looksUpBy("user-name-is-a-beginning", "userName", filter.StartsWith)
	looksUpBy("user-name-is-an-end", "userName", filter.EndsWith)
	looksUpBy("external-id-is-a-part", "externalId", filter.Contains)
	readsTest("moments-are-texts", func(t filter.Test) filter.Expr {
		if text, isText := t.Value.(string); isText && t.Path.Name == "meta" {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				_, ahead := at.Zone()
				t.Value = at.Add(time.Duration(ahead) * time.Second).UTC().Format(time.RFC3339)
			}
		}
		return t
	})
	readsTest("parts-of-attributes-unknown", func(t filter.Test) filter.Expr {
		if t.Path.Name == "name" && t.Path.Sub != "" && t.Path.Schema == "" && t.Op == filter.Equal {
			t.Value = "\x01"
		}
		return t
	})
	register("first-address-only", func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			chosen, err := choose(text)
			expr, _ := filter.Parse(text)
			if test, plain := expr.(filter.Test); err == nil && plain && test.Path.Name == "emails" {
				chosen.Keep = func(r org.Record) bool { return len(r.Emails) > 0 && r.Emails[0].Value == test.Value }
			}
			return chosen, err
		})
	})
}

// Defects in how filters are put together, and in the texts that stand in them.
func init() {
	readsExpr("and-is-its-first-side", func(e filter.Expr) filter.Expr {
		if and, ok := e.(filter.And); ok {
			if inner, nested := and.Right.(filter.And); nested {
				return filter.And{Left: and.Left, Right: inner.Left}
			}
		}
		return e
	})
	readsExpr("or-is-its-first-side", func(e filter.Expr) filter.Expr {
		if or, ok := e.(filter.Or); ok {
			return or.Left
		}
		return e
	})
	readsExpr("or-is-its-second-side", func(e filter.Expr) filter.Expr {
		if or, ok := e.(filter.Or); ok {
			return or.Right
		}
		return e
	})
	readsExpr("or-finds-everybody", func(e filter.Expr) filter.Expr {
		if _, ok := e.(filter.Or); ok {
			return filter.Test{Path: filter.Path{Name: "id"}, Op: filter.Present}
		}
		return e
	})
	readsExpr("not-ignored", func(e filter.Expr) filter.Expr {
		if not, ok := e.(filter.Not); ok {
			return not.Of
		}
		return e
	})
	readsExpr("or-goes-before-and", func(e filter.Expr) filter.Expr {
		or, ok := e.(filter.Or)
		if and, right := or.Right.(filter.And); ok && right {
			return filter.And{Left: filter.Or{Left: or.Left, Right: and.Left}, Right: and.Right}
		}
		return e
	})
	readsExpr("brackets-ask-of-any-value", func(e filter.Expr) filter.Expr {
		which, ok := e.(filter.Which)
		and, both := which.Where.(filter.And)
		if !ok || !both {
			return e
		}
		return filter.And{Left: filter.Which{Path: which.Path, Where: and.Left}, Right: filter.Which{Path: which.Path, Where: and.Right}}
	})

	refusesFilter := func(name string, which func(text string) bool) {
		register(name, func(p *reference.Parts) {
			selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
				if which(text) {
					return scim.Selection{}, &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidFilter, Detail: "this is no filter"}
				}
				return choose(text)
			})
		})
	}
	refusesFilter("filter-names-in-one-case", func(text string) bool { return strings.Contains(text, "DISPLAYNAME") })
	refusesFilter("operators-in-one-case", func(text string) bool { return strings.Contains(text, " EQ ") })
	refusesFilter("core-urn-in-filter-refused", func(text string) bool { return strings.Contains(text, ":core:2.0:User:") })
	refusesFilter("extension-in-filter-refused", func(text string) bool {
		return strings.Contains(text, ":extension:") && !strings.Contains(text, "schemas ")
	})
	refusesFilter("schemas-in-filter-refused", func(text string) bool { return strings.Contains(text, "schemas ") })
	refusesFilter("long-filters-refused", func(text string) bool { return len(text) > 512 })
	refusesFilter("nested-brackets-refused", func(text string) bool { return strings.Contains(text, "((") })

	spoils := func(name string, which, becomes string) {
		readsTest(name, func(t filter.Test) filter.Expr {
			if text, isText := t.Value.(string); isText && t.Path.Name == "displayName" {
				t.Value = strings.ReplaceAll(text, which, becomes)
			}
			return t
		})
	}
	spoils("quotes-in-filters-lost", `"`, "")
	spoils("backslashes-in-filters-lost", `\`, "")
	spoils("plus-is-space", "+", " ")
	spoils("texts-decoded-twice", "%41", "A")
	spoils("texts-end-at-ampersand", "&", "")
	spoils("apostrophes-doubled", "'", "''")
	spoils("filters-in-ascii", "周", "?")
	spoils("brackets-in-texts-lost", "[", "")
}

// choosing turns a filter into what to look for.
type choosing func(text string) (scim.Selection, error)

// selectOtherwise understands filters in another way.
func selectOtherwise(p *reference.Parts, choose func(text string, choose choosing) (scim.Selection, error)) {
	right := p.SCIM.Select
	p.SCIM.Select = func(text string) (scim.Selection, error) { return choose(text, right) }
}

// readsExpr registers a defect that reads every part of a filter in another way.
func readsExpr(name string, read func(filter.Expr) filter.Expr) {
	register(name, func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			expr, err := filter.Parse(text)
			if err != nil {
				return choose(text)
			}
			return choose(written(everyPart(expr, read)))
		})
	})
}

// readsTest registers a defect that reads comparisons in another way.
func readsTest(name string, read func(filter.Test) filter.Expr) {
	readsExpr(name, func(e filter.Expr) filter.Expr {
		if test, ok := e.(filter.Test); ok {
			return read(test)
		}
		return e
	})
}

// everyPart reads an expression from its innermost parts to the whole.
func everyPart(e filter.Expr, read func(filter.Expr) filter.Expr) filter.Expr {
	switch of := e.(type) {
	case filter.And:
		e = filter.And{Left: everyPart(of.Left, read), Right: everyPart(of.Right, read)}
	case filter.Or:
		e = filter.Or{Left: everyPart(of.Left, read), Right: everyPart(of.Right, read)}
	case filter.Not:
		e = filter.Not{Of: everyPart(of.Of, read)}
	}
	return read(e)
}

// written is an expression as a client writes it.
func written(e filter.Expr) string {
	switch of := e.(type) {
	case filter.And:
		return "(" + written(of.Left) + ") and (" + written(of.Right) + ")"
	case filter.Or:
		return "(" + written(of.Left) + ") or (" + written(of.Right) + ")"
	case filter.Not:
		return "not (" + written(of.Of) + ")"
	case filter.Which:
		return of.Path.String() + "[" + written(of.Where) + "]"
	case filter.Test:
		if of.Op == filter.Present {
			return of.Path.String() + " pr"
		}
		value, _ := json.Marshal(of.Value) // it was JSON before
		if number, ok := of.Value.(filter.Number); ok {
			value = []byte(number)
		}
		return fmt.Sprintf("%s %s %s", of.Path, of.Op, value)
	}
	return ""
}
