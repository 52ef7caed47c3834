package defect

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"rollcall.example/reference"
)

// Defects in versions.
var _ = register(defects{
	"creation-without-version": tags(func(r *http.Request, header http.Header) {
		if r.Method == http.MethodPost {
			header.Del("ETag")
		}
	}),
	"version-without-quotes": tags(func(_ *http.Request, header http.Header) {
		header.Set("ETag", strings.ReplaceAll(header.Get("ETag"), `"`, ""))
	}),
	"version-without-content-location": tags(func(_ *http.Request, header http.Header) { header.Del("Content-Location") }),
	"version-never-changes":            tags(func(_ *http.Request, header http.Header) { header.Set("ETag", `W/"1"`) }),
	"version-changes-with-every-look":  versionChangesWithEveryLook,
	"meta-without-version": func(p *reference.Parts) {
		showEach(p, ofUsers(), func(user object) { delete(metaOf(user), "version") })
	},
	"patch-answers-the-old-version": func(p *reference.Parts) {
		instead(p, patchingUsers, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			before := ask(r, next, http.MethodGet, nil, nil)
			answer := ask(r, next, http.MethodPatch, r.URL.Query(), body)
			if answer.status == http.StatusOK {
				answer.header.Set("ETag", before.header.Get("ETag"))
			}
			return answer
		})
	},
	"lists-show-the-first-version": func(p *reference.Parts) {
		var first sync.Map // the version that was shown first, by id
		showEach(p, ofUsers(), func(user object) { first.LoadOrStore(textIn(user, "id"), metaOf(user)["version"]) })
		showEach(p, lists, func(user object) {
			if version, known := first.Load(textIn(user, "id")); known {
				metaOf(user)["version"] = version
			}
		})
	},
	"if-none-match-ignored":       forgetsCondition("If-None-Match", func(*http.Request) bool { return true }),
	"if-none-match-knows-no-star": forgetsCondition("If-None-Match", func(r *http.Request) bool { return r.Header.Get("If-None-Match") == "*" }),
	"if-none-match-knows-no-list": forgetsCondition("If-None-Match", func(r *http.Request) bool { return strings.Contains(r.Header.Get("If-None-Match"), ",") }),
	"if-match-ignored-by-put":     forgetsCondition("If-Match", byMethod(http.MethodPut)),
	"if-match-ignored-by-patch":   forgetsCondition("If-Match", byMethod(http.MethodPatch)),
	"if-match-ignored-by-delete":  forgetsCondition("If-Match", byMethod(http.MethodDelete)),
	"if-match-ignored-by-groups": func(p *reference.Parts) {
		hearOtherwise(p, patchingGroups, func(r *http.Request) { r.Header.Del("If-Match") })
	},
	"if-none-match-is-always-so": conditions(func(r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			r.Header.Set("If-None-Match", "*")
		}
	}),
	"if-match-is-never-so": conditions(func(r *http.Request) {
		if r.Header.Get("If-Match") != "" {
			r.Header.Set("If-Match", `"none"`)
		}
	}),
	"if-match-knows-no-star":    neverMatches(func(said string) bool { return said == "*" }),
	"if-match-knows-no-list":    neverMatches(func(said string) bool { return strings.Contains(said, ",") }),
	"version-checked-too-early": versionCheckedTooEarly,
})

// tags changes the header of an answer that shows a version.
func tags(change func(r *http.Request, header http.Header)) install {
	return func(p *reference.Parts) {
		showOtherwise(p, ofUsers(), func(r *http.Request, a *scimAnswer) {
			if a.header.Get("ETag") != "" {
				change(r, a.header)
			}
		})
	}
}

// conditions changes a request for users before the product hears of what it sets as a
// condition.
func conditions(change func(r *http.Request)) install {
	return func(p *reference.Parts) { hearOtherwise(p, ofUsers(), change) }
}

// forgetsCondition passes over a condition.
func forgetsCondition(header string, which func(r *http.Request) bool) install {
	return conditions(func(r *http.Request) {
		if which(r) {
			r.Header.Del(header)
		}
	})
}

func byMethod(method string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == method }
}

// neverMatches takes an If-Match for one of another version.
func neverMatches(which func(said string) bool) install {
	return conditions(func(r *http.Request) {
		if which(r.Header.Get("If-Match")) {
			r.Header.Set("If-Match", `"none"`)
		}
	})
}

// versionChangesWithEveryLook shows a version that says nothing of the user.
func versionChangesWithEveryLook(p *reference.Parts) {
	var looks atomic.Int64
	tags(func(_ *http.Request, header http.Header) {
		header.Set("ETag", `W/"look-`+strconv.FormatInt(looks.Add(1), 10)+`"`)
	})(p)
}

// versionCheckedTooEarly compares the version of two changes that come at the same
// moment before either is made.
func versionCheckedTooEarly(p *reference.Parts) {
	rivals := newPair()
	atOnce := func(r *http.Request) bool {
		return r.Header.Get("If-Match") != "" && saying(patching, "at the same moment")(r)
	}
	around(p, atOnce, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		wanted := r.Header.Get("If-Match")
		if ask(r, next, http.MethodGet, nil, nil).header.Get("ETag") == wanted {
			r.Header.Del("If-Match")
		}
		first, done := rivals.meet()
		if !first {
			done()
		}
		next.ServeHTTP(w, r)
		if first {
			done()
		}
	})
}
