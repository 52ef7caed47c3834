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
var _ = register(defects{
	"only-look-ups-filter": func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			chosen, err := choose(text)
			if expr, _ := filter.Parse(text); err == nil {
				if test, plain := expr.(filter.Test); !plain || test.Op != filter.Equal {
					return scim.Selection{}, nil
				}
			}
			return chosen, err
		})
	},
	"list-filter-ignored": func(p *reference.Parts) {
		askOtherwise(p, lists, func(query url.Values) { query.Del("filter") })
	},
	"nobody-is-404": func(p *reference.Parts) {
		showOtherwise(p, lists, func(r *http.Request, a *scimAnswer) {
			listed, isList := a.body["Resources"].([]any)
			if isList && len(listed) == 0 && !r.URL.Query().Has("startIndex") {
				a.refuse(http.StatusNotFound, "", "nobody was found")
			}
		})
	},
	"wrong-filter-finds-everybody": func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			chosen, err := choose(text)
			if refused := (*scim.Error)(nil); errors.As(err, &refused) {
				return scim.Selection{}, nil
			}
			return chosen, err
		})
	},
	"wrong-filter-is-500": func(p *reference.Parts) {
		showOtherwise(p, lists, func(_ *http.Request, a *scimAnswer) {
			if a.body["scimType"] == scim.InvalidFilter {
				a.refuse(http.StatusInternalServerError, "", "syntax error at or near where")
			}
		})
	},
	"equal-is-beginning":      readsOp(filter.Equal, filter.StartsWith),
	"unequal-is-equal":        readsOp(filter.NotEqual, filter.Equal),
	"containing-is-beginning": readsOp(filter.Contains, filter.StartsWith),
	"beginning-is-containing": readsOp(filter.StartsWith, filter.Contains),
	"end-is-containing":       readsOp(filter.EndsWith, filter.Contains),
	"greater-may-be-equal":    readsOp(filter.Greater, filter.GreaterOrEqual),
	"less-may-be-equal":       readsOp(filter.Less, filter.LessOrEqual),
	"no-less-is-greater":      readsOp(filter.GreaterOrEqual, filter.Greater),
	"no-greater-is-less":      readsOp(filter.LessOrEqual, filter.Less),
	"presence-is-absence": readsTest(func(t filter.Test) filter.Expr {
		if t.Op == filter.Present {
			return filter.Not{Of: t}
		}
		return t
	}),
	"moments-backwards": readsTest(func(t filter.Test) filter.Expr {
		turned := map[filter.Op]filter.Op{filter.Greater: filter.Less, filter.Less: filter.Greater, filter.LessOrEqual: filter.GreaterOrEqual}
		if to, known := turned[t.Op]; known && t.Path.Name == "meta" {
			t.Op = to
		}
		return t
	}),
	"inactive-is-active": readsTest(func(t filter.Test) filter.Expr {
		if t.Path.Name == "active" {
			t.Value = true
		}
		return t
	}),
	"wildcards-in-texts": readsTest(func(t filter.Test) filter.Expr {
		if text, _ := t.Value.(string); strings.ContainsAny(text, "%_*") && (t.Op != filter.Equal || text == "*") {
			t.Op = filter.Present
		}
		return t
	}),
	"case-exact-ignored": readsTest(func(t filter.Test) filter.Expr {
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
	}),
	"case-minded-everywhere": readsTest(func(t filter.Test) filter.Expr {
		if text, _ := t.Value.(string); t.Path.Name == "displayName" && strings.ToUpper(text) == text || text == "hAN s" {
			t.Value = text + "\x01"
		}
		return t
	}),
	"user-name-is-a-beginning": looksUpBy("userName", filter.StartsWith),
	"user-name-is-an-end":      looksUpBy("userName", filter.EndsWith),
	"external-id-is-a-part":    looksUpBy("externalId", filter.Contains),
	"false-is-no-value": readsTest(func(t filter.Test) filter.Expr {
		if t.Path.Name == "active" && t.Op == filter.Present {
			t.Op, t.Value = filter.Equal, true
		}
		return t
	}),
	"numbers-are-texts": readsTest(func(t filter.Test) filter.Expr {
		if number, isNumber := t.Value.(filter.Number); isNumber && t.Op != filter.Equal {
			t.Value = filter.Number(string(number) + "0") // between 42 and 7, as their texts are
		}
		return t
	}),
	"moments-are-texts": readsTest(func(t filter.Test) filter.Expr {
		if text, isText := t.Value.(string); isText && t.Path.Name == "meta" {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				_, ahead := at.Zone()
				t.Value = at.Add(time.Duration(ahead) * time.Second).UTC().Format(time.RFC3339)
			}
		}
		return t
	}),
	"parts-of-attributes-unknown": readsTest(func(t filter.Test) filter.Expr {
		if t.Path.Name == "name" && t.Path.Sub != "" && t.Path.Schema == "" && t.Op == filter.Equal {
			t.Value = "\x01"
		}
		return t
	}),
	"first-address-only": func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			chosen, err := choose(text)
			expr, _ := filter.Parse(text)
			if test, plain := expr.(filter.Test); err == nil && plain && test.Path.Name == "emails" {
				chosen.Keep = func(r org.Record) bool { return len(r.Emails) > 0 && r.Emails[0].Value == test.Value }
			}
			return chosen, err
		})
	},
})

// readsOp takes one comparison of texts for another one. Those of userName go on as they
// are: who cannot be found cannot be provisioned.
func readsOp(from, to filter.Op) install {
	return readsTest(func(t filter.Test) filter.Expr {
		if _, isText := t.Value.(string); isText && t.Op == from && t.Path.Name != "userName" {
			t.Op = to
		}
		return t
	})
}

// Defects in how filters are put together, and in the texts that stand in them.
var _ = register(defects{
	"and-is-its-first-side": readsExpr(func(e filter.Expr) filter.Expr {
		if and, ok := e.(filter.And); ok {
			if inner, nested := and.Right.(filter.And); nested {
				return filter.And{Left: and.Left, Right: inner.Left}
			}
		}
		return e
	}),
	"or-is-its-first-side": readsExpr(func(e filter.Expr) filter.Expr {
		if or, ok := e.(filter.Or); ok {
			return or.Left
		}
		return e
	}),
	"or-is-its-second-side": readsExpr(func(e filter.Expr) filter.Expr {
		if or, ok := e.(filter.Or); ok {
			return or.Right
		}
		return e
	}),
	"or-finds-everybody": readsExpr(func(e filter.Expr) filter.Expr {
		if _, ok := e.(filter.Or); ok {
			return filter.Test{Path: filter.Path{Name: "id"}, Op: filter.Present}
		}
		return e
	}),
	"not-ignored": readsExpr(func(e filter.Expr) filter.Expr {
		if not, ok := e.(filter.Not); ok {
			return not.Of
		}
		return e
	}),
	"or-goes-before-and": readsExpr(func(e filter.Expr) filter.Expr {
		or, ok := e.(filter.Or)
		if and, right := or.Right.(filter.And); ok && right {
			return filter.And{Left: filter.Or{Left: or.Left, Right: and.Left}, Right: and.Right}
		}
		return e
	}),
	"brackets-ask-of-any-value": readsExpr(func(e filter.Expr) filter.Expr {
		which, ok := e.(filter.Which)
		and, both := which.Where.(filter.And)
		if !ok || !both {
			return e
		}
		return filter.And{Left: filter.Which{Path: which.Path, Where: and.Left}, Right: filter.Which{Path: which.Path, Where: and.Right}}
	}),
	"filter-names-in-one-case":   refusesFilter(func(text string) bool { return strings.Contains(text, "DISPLAYNAME") }),
	"operators-in-one-case":      refusesFilter(func(text string) bool { return strings.Contains(text, " EQ ") }),
	"core-urn-in-filter-refused": refusesFilter(func(text string) bool { return strings.Contains(text, ":core:2.0:User:") }),
	"extension-in-filter-refused": refusesFilter(func(text string) bool {
		return strings.Contains(text, ":extension:") && !strings.Contains(text, "schemas ")
	}),
	"schemas-in-filter-refused":   refusesFilter(func(text string) bool { return strings.Contains(text, "schemas ") }),
	"long-filters-refused":        refusesFilter(func(text string) bool { return len(text) > 512 }),
	"nested-brackets-refused":     refusesFilter(func(text string) bool { return strings.Contains(text, "((") }),
	"quotes-in-filters-lost":      spoils(`"`, ""),
	"backslashes-in-filters-lost": spoils(`\`, ""),
	"plus-is-space":               spoils("+", " "),
	"texts-decoded-twice":         spoils("%41", "A"),
	"texts-end-at-ampersand":      spoils("&", ""),
	"apostrophes-doubled":         spoils("'", "''"),
	"filters-in-ascii":            spoils("周", "?"),
	"brackets-in-texts-lost":      spoils("[", ""),
})

// refusesFilter takes a filter for none.
func refusesFilter(which func(text string) bool) install {
	return func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			if which(text) {
				return scim.Selection{}, &scim.Error{Status: http.StatusBadRequest, Type: scim.InvalidFilter, Detail: "this is no filter"}
			}
			return choose(text)
		})
	}
}

// spoils reads the texts that display names are compared with otherwise than they stand
// there.
func spoils(which, becomes string) install {
	return readsTest(func(t filter.Test) filter.Expr {
		if text, isText := t.Value.(string); isText && t.Path.Name == "displayName" {
			t.Value = strings.ReplaceAll(text, which, becomes)
		}
		return t
	})
}

// choosing turns a filter into what to look for.
type choosing func(text string) (scim.Selection, error)

// selectOtherwise understands filters in another way.
func selectOtherwise(p *reference.Parts, choose func(text string, choose choosing) (scim.Selection, error)) {
	right := p.SCIM.Select
	p.SCIM.Select = func(text string) (scim.Selection, error) { return choose(text, right) }
}

// readsExpr registers a defect that reads every part of a filter in another way.
func readsExpr(read func(filter.Expr) filter.Expr) install {
	return func(p *reference.Parts) {
		selectOtherwise(p, func(text string, choose choosing) (scim.Selection, error) {
			expr, err := filter.Parse(text)
			if err != nil {
				return choose(text)
			}
			return choose(written(everyPart(expr, read)))
		})
	}
}

// readsTest registers a defect that reads comparisons in another way.
func readsTest(read func(filter.Test) filter.Expr) install {
	return readsExpr(func(e filter.Expr) filter.Expr {
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

// looksUpBy compares an attribute that is asked for by eq with another operator.
func looksUpBy(attribute string, op filter.Op) install {
	return readsTest(func(t filter.Test) filter.Expr {
		if t.Path.Name == attribute && t.Op == filter.Equal {
			t.Op = op
		}
		return t
	})
}
