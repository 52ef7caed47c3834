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
func init() {
	tags := func(name string, change func(r *http.Request, header http.Header)) {
		register(name, func(p *reference.Parts) {
			showOtherwise(p, ofUsers(), func(r *http.Request, a *scimAnswer) {
				if a.header.Get("ETag") != "" {
					change(r, a.header)
				}
			})
		})
	}
	tags("creation-without-version", func(r *http.Request, header http.Header) {
		if r.Method == http.MethodPost {
			header.Del("ETag")
		}
	})
	tags("version-without-quotes", func(_ *http.Request, header http.Header) {
		header.Set("ETag", strings.ReplaceAll(header.Get("ETag"), `"`, ""))
	})
	tags("version-without-content-location", func(_ *http.Request, header http.Header) { header.Del("Content-Location") })
	tags("version-never-changes", func(_ *http.Request, header http.Header) { header.Set("ETag", `W/"1"`) })
	var looks atomic.Int64
	tags("version-changes-with-every-look", func(_ *http.Request, header http.Header) {
		header.Set("ETag", `W/"look-`+strconv.FormatInt(looks.Add(1), 10)+`"`)
	})
	register("meta-without-version", func(p *reference.Parts) {
		showEach(p, ofUsers(), func(user object) { delete(metaOf(user), "version") })
	})

	register("patch-answers-the-old-version", func(p *reference.Parts) {
		instead(p, at("/Users/", http.MethodPatch), func(r *http.Request, body object, next http.Handler) *scimAnswer {
			before := ask(r, next, http.MethodGet, nil, nil)
			answer := ask(r, next, http.MethodPatch, r.URL.Query(), body)
			if answer.status == http.StatusOK {
				answer.header.Set("ETag", before.header.Get("ETag"))
			}
			return answer
		})
	})
	register("lists-show-the-first-version", func(p *reference.Parts) {
		var first sync.Map // the version that was shown first, by id
		showEach(p, ofUsers(), func(user object) { first.LoadOrStore(textIn(user, "id"), metaOf(user)["version"]) })
		showEach(p, lists, func(user object) {
			if version, known := first.Load(textIn(user, "id")); known {
				metaOf(user)["version"] = version
			}
		})
	})

	conditions := func(name string, change func(r *http.Request)) {
		register(name, func(p *reference.Parts) { hearOtherwise(p, ofUsers(), change) })
	}
	forgets := func(name, header string, which func(r *http.Request) bool) {
		conditions(name, func(r *http.Request) {
			if which(r) {
				r.Header.Del(header)
			}
		})
	}
	by := func(method string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.Method == method }
	}
	forgets("if-none-match-ignored", "If-None-Match", func(*http.Request) bool { return true })
	forgets("if-none-match-knows-no-star", "If-None-Match", func(r *http.Request) bool { return r.Header.Get("If-None-Match") == "*" })
	forgets("if-none-match-knows-no-list", "If-None-Match", func(r *http.Request) bool { return strings.Contains(r.Header.Get("If-None-Match"), ",") })
	forgets("if-match-ignored-by-put", "If-Match", by(http.MethodPut))
	forgets("if-match-ignored-by-patch", "If-Match", by(http.MethodPatch))
	forgets("if-match-ignored-by-delete", "If-Match", by(http.MethodDelete))
	conditions("if-none-match-is-always-so", func(r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			r.Header.Set("If-None-Match", "*")
		}
	})
	conditions("if-match-is-never-so", func(r *http.Request) {
		if r.Header.Get("If-Match") != "" {
			r.Header.Set("If-Match", `"none"`)
		}
	})
	register("version-checked-too-early", versionCheckedTooEarly)
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
