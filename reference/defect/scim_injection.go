package defect

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"rollcall.example/reference"
)

// Defects in keeping what is said apart from what is meant.
var _ = register(defects{
	"filter-unescapes-nothing": asking(readingUsers, filtering(func(filter string) string { return strings.NewReplacer(`\"`, "", `\\`, "").Replace(filter) })),
	"filter-takes-patterns":    asking(readingUsers, filtering(func(filter string) string { return strings.ReplaceAll(filter, `eq "%"`, "pr") })),
	"filter-of-nonsense-finds-all": func(p *reference.Parts) {
		askOtherwise(p, readingUsers, func(query url.Values) {
			filter := query.Get("filter")
			if strings.Contains(filter, `"1"="1"`) || strings.Contains(filter, `or "1" eq`) || strings.HasSuffix(filter, "--") {
				clear(query)
			}
		})
	},
	"text-made-safe": mangled(func(text string) string { return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, "") }),
	"text-cut-short": mangled(func(text string) string { return text[:min(len(text), 64)] }),
	"text-to-ascii": mangled(func(text string) string {
		return strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII {
				return '?'
			}
			return r
		}, text)
	}),
	"values-mangled": mangled(func(text string) string {
		if len(text) < 12 && !strings.ContainsAny(text, `'"\%;<$./+`) {
			return text
		}
		return strings.Trim(text, `'ao"x1;.<`) + "~"
	}),
	"odd-id-finds-first": func(p *reference.Parts) {
		var mu sync.Mutex
		var first string
		showOtherwise(p, creatingUsers, func(_ *http.Request, a *scimAnswer) {
			mu.Lock()
			defer mu.Unlock()
			if first == "" && a.status == http.StatusCreated {
				first = textIn(a.body, "id")
			}
		})
		hearOtherwise(p, at("/Users/"), func(r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			before, id, _ := strings.Cut(r.URL.Path, "/Users/")
			if first != "" && strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != "" && !strings.HasPrefix(id, ".search") {
				r.URL.Path, r.URL.RawPath = before+"/Users/"+first, ""
			}
		})
	},
	"odd-filter-finds-all": func(p *reference.Parts) {
		plain := regexp.MustCompile(`^[A-Za-z.]+ (eq "[A-Za-z0-9@._-]+"|pr)$`)
		askOtherwise(p, readingUsers, func(query url.Values) {
			if filter := query.Get("filter"); filter != "" && !plain.MatchString(filter) {
				clear(query)
				query.Set("count", "5")
			}
		})
	},
	"values-in-headers": func(p *reference.Parts) {
		var said memory
		showOtherwise(p, creatingUsers, func(_ *http.Request, a *scimAnswer) {
			for line := range strings.SplitSeq(said.last(), "\r\n") {
				if name, value, isHeader := strings.Cut(line, ": "); isHeader {
					a.header.Set(name, value)
				}
			}
		})
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			said.add(textIn(body, "displayName"))
			return nil
		})
	},
})

// mangled changes family names and externalIds before they are kept.
func mangled(change func(string) string) install {
	return func(p *reference.Parts) {
		readOtherwise(p, creatingUsers, func(_ *http.Request, body object) *scimAnswer {
			if name, ok := body["name"].(object); ok {
				name["familyName"] = change(textIn(name, "familyName"))
			}
			return nil
		})
	}
}
