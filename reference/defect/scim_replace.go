package defect

import (
	"maps"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

// Defects in replacing a user.
var _ = register(defects{
	"put-names-in-one-case": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(_ *http.Request, body object) *scimAnswer {
			maps.DeleteFunc(body, func(name string, _ any) bool { return name == "DisplayName" || name == "NAME" })
			return nil
		})
	},
	"own-name-is-a-clash": func(p *reference.Parts) {
		instead(p, replacingUsers, func(r *http.Request, body object, next http.Handler) *scimAnswer {
			there, wanted := textIn(ask(r, next, http.MethodGet, nil, nil).body, "userName"), textIn(body, "userName")
			if there != wanted && strings.EqualFold(there, wanted) {
				return refusing(http.StatusConflict, "uniqueness", "the user name is taken")
			}
			return nil
		})
	},
	"put-keeps-family-name": func(p *reference.Parts) {
		keeping(p, func(before org.Record, into *org.Record) { into.FamilyName = before.FamilyName })
	},
	"put-answers-204": func(p *reference.Parts) {
		showOtherwise(p, replacingUsers, func(_ *http.Request, a *scimAnswer) {
			if a.status == http.StatusOK {
				a.status, a.body, a.text = http.StatusNoContent, nil, nil
			}
		})
	},
	"old-name-still-found": oldNameStillFound,
	"put-makes-anew": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) {
			if meta := metaOf(user); meta["version"] != `W/"1"` {
				meta["created"] = "2036-01-05T09:00:00.000Z"
			}
		})
	},
	"put-merges": func(p *reference.Parts) {
		keeping(p, func(before org.Record, into *org.Record) {
			if into.ExternalID == "" {
				into.ExternalID = before.ExternalID
			}
		})
	},
	"put-skips-nothing": func(p *reference.Parts) {
		read := p.SCIM.Read
		p.SCIM.Read = func(body scim.Document, into *org.Record) error {
			before := *into
			err := read(body, into)
			if _, said := body["emails"]; said && len(into.Emails) == 0 {
				into.Emails = before.Emails
			}
			return err
		}
	},
	"put-needs-id": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(_ *http.Request, body object) *scimAnswer {
			if !has(body, "id") {
				return refusing(http.StatusBadRequest, "invalidValue", "id is required")
			}
			return nil
		})
	},
	"put-believes-body-id": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(r *http.Request, body object) *scimAnswer {
			if id := textIn(body, "id"); id != "" && !strings.HasSuffix(r.URL.Path, "/"+id) {
				r.URL.Path = r.URL.Path[:strings.LastIndexByte(r.URL.Path, '/')+1] + id
				body["userName"] = "taken-over." + id + "@rollcall.test"
			}
			return nil
		})
	},
	"put-believes-meta": func(p *reference.Parts) { believeMeta(p, replacingUsers) },
	"modified-stands-still": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { metaOf(user)["lastModified"] = metaOf(user)["created"] })
	},
	"version-stands-still": func(p *reference.Parts) {
		showEach(p, anyUsers, func(user object) { metaOf(user)["version"] = `W/"1"` })
	},
	"put-keeps-missing-name": func(p *reference.Parts) {
		read := p.SCIM.Read
		p.SCIM.Read = func(body scim.Document, into *org.Record) error {
			if name, _ := body["username"].(string); name == "" && into.UserName != "" {
				body["username"] = into.UserName
			}
			return read(body, into)
		}
	},
	"put-skips-wrong-values": func(p *reference.Parts) {
		readOtherwise(p, replacingUsers, func(_ *http.Request, body object) *scimAnswer {
			if _, wrong := body["name"].(string); wrong {
				delete(body, "name")
			}
			return nil
		})
	},
	"put-half-done": putHalfDone,
	"put-creates":   putCreates,
})

// keeping lets a change of somebody who is there keep what it should not.
func keeping(p *reference.Parts, keep func(before org.Record, into *org.Record)) {
	read := p.SCIM.Read
	p.SCIM.Read = func(body scim.Document, into *org.Record) error {
		before := *into
		err := read(body, into)
		if before.ID != "" {
			keep(before, into)
		}
		return err
	}
}

// oldNameStillFound lets a look-up go by whatever name somebody ever had.
func oldNameStillFound(p *reference.Parts) {
	var mu sync.Mutex
	now := map[string]string{} // of an id, the user name
	old := map[string]string{} // of a user name, the one after it
	showOtherwise(p, anyUsers, func(r *http.Request, a *scimAnswer) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method != http.MethodPost && r.Method != http.MethodPut {
			return
		}
		id, name := textIn(a.body, "id"), textIn(a.body, "userName")
		if before := now[id]; before != "" && before != name {
			old[before] = name
		}
		now[id] = name
	})
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		mu.Lock()
		filter := r.URL.Query().Get("filter")
		for before, after := range old {
			if strings.Contains(filter, before) {
				r.URL.RawQuery = url.Values{"filter": {strings.Replace(filter, before, after, 1)}}.Encode()
			}
		}
		mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// putHalfDone does a replacement whose user name is taken without that.
func putHalfDone(p *reference.Parts) {
	instead(p, replacingUsers, func(r *http.Request, sent object, next http.Handler) *scimAnswer {
		answer := answerTo(r, next)
		if answer.status == http.StatusConflict {
			sent["userName"] = "half." + path.Base(r.URL.Path) + "@rollcall.test"
			ask(r, next, http.MethodPut, nil, sent)
		}
		return answer
	})
}

// putCreates makes whoever is not there to be replaced.
func putCreates(p *reference.Parts) {
	instead(p, replacingUsers, func(r *http.Request, sent object, next http.Handler) *scimAnswer {
		answer := answerTo(r, next)
		if answer.status == http.StatusNotFound {
			made := r.Clone(r.Context())
			made.URL.Path = path.Dir(r.URL.Path)
			return ask(made, next, http.MethodPost, nil, sent)
		}
		return answer
	})
}
