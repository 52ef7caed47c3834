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
func init() {
	refilter := func(p *reference.Parts, change func(filter string) string) {
		askOtherwise(p, at("/Users", http.MethodGet), func(query url.Values) {
			if query.Has("filter") {
				query.Set("filter", change(query.Get("filter")))
			}
		})
	}

	register("filter-unescapes-nothing", func(p *reference.Parts) {
		refilter(p, func(filter string) string { return strings.NewReplacer(`\"`, "", `\\`, "").Replace(filter) })
	})
	register("filter-takes-patterns", func(p *reference.Parts) {
		refilter(p, func(filter string) string { return strings.ReplaceAll(filter, `eq "%"`, "pr") })
	})
	register("filter-of-nonsense-finds-all", func(p *reference.Parts) {
		askOtherwise(p, at("/Users", http.MethodGet), func(query url.Values) {
			filter := query.Get("filter")
			if strings.Contains(filter, `"1"="1"`) || strings.Contains(filter, `or "1" eq`) || strings.HasSuffix(filter, "--") {
				clear(query)
			}
		})
	})
	register("text-made-safe", mangled(func(text string) string { return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, "") }))
	register("text-cut-short", mangled(func(text string) string { return text[:min(len(text), 64)] }))
	register("text-to-ascii", mangled(func(text string) string {
		return strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII {
				return '?'
			}
			return r
		}, text)
	}))
	register("values-mangled", mangled(func(text string) string {
		if len(text) < 12 && !strings.ContainsAny(text, `'"\%;<$./+`) {
			return text
		}
		return strings.Trim(text, `'ao"x1;.<`) + "~"
	}))
	register("odd-id-finds-first", func(p *reference.Parts) {
		var mu sync.Mutex
		var first string
		showOtherwise(p, at("/Users", http.MethodPost), func(_ *http.Request, a *scimAnswer) {
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
	})
	register("odd-filter-finds-all", func(p *reference.Parts) {
		plain := regexp.MustCompile(`^[A-Za-z.]+ (eq "[A-Za-z0-9@._-]+"|pr)$`)
		askOtherwise(p, at("/Users", http.MethodGet), func(query url.Values) {
			if filter := query.Get("filter"); filter != "" && !plain.MatchString(filter) {
				clear(query)
				query.Set("count", "5")
			}
		})
	})
	register("values-in-headers", func(p *reference.Parts) {
		var said memory
		showOtherwise(p, at("/Users", http.MethodPost), func(_ *http.Request, a *scimAnswer) {
			for line := range strings.SplitSeq(said.last(), "\r\n") {
				if name, value, isHeader := strings.Cut(line, ": "); isHeader {
					a.header.Set(name, value)
				}
			}
		})
		readOtherwise(p, at("/Users", http.MethodPost), func(_ *http.Request, body object) *scimAnswer {
			said.add(textIn(body, "displayName"))
			return nil
		})
	})
}

// mangled changes family names and externalIds before they are kept.
func mangled(change func(string) string) func(*reference.Parts) {
	return func(p *reference.Parts) {
		readOtherwise(p, at("/Users", http.MethodPost), func(_ *http.Request, body object) *scimAnswer {
			if name, ok := body["name"].(object); ok {
				name["familyName"] = change(textIn(name, "familyName"))
			}
			return nil
		})
	}
}
