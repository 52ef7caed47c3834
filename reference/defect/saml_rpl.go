package defect

import (
	"context"
	"crypto/rand"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in what is remembered of requests and of assertions.
var _ = register(defects{
	"responses-good-for-ever": func(p *reference.Parts) {
		requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return unmarked{log} })
		withoutChecks(p, "once", "asked-here")
	},
	"replay-known-by-response": func(p *reference.Parts) {
		usedBy(p, func(m *saml.Message) string { return m.Response.SelectAttrValue("ID", "") })
	},
	"replay-known-by-bytes": func(p *reference.Parts) { usedBy(p, func(m *saml.Message) string { return m.Encoded }) },
	"replay-known-by-person": func(p *reference.Parts) {
		usedBy(p, func(m *saml.Message) string { return m.Assertion.ID + " " + m.Assertion.NameID })
	},
	"replay-race": replayRace,
	"replay-known-to-one-node": func(p *reference.Parts) {
		// Five nodes take turns, and each remembers what it saw itself.
		var nodes [5]memory
		var turn atomic.Int64
		requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return unmarked{log} })
		p.SAML.Replace("once", func(_ context.Context, m *saml.Message) error {
			node := &nodes[turn.Add(1)%int64(len(nodes))]
			if node.has(m.Assertion.ID) {
				return saml.Refuse("it was used before")
			}
			node.add(m.Assertion.ID)
			return nil
		})
	},
	"replay-forgotten-at-logout": replayForgottenAtLogout,
	"replay-forgotten-in-a-minute": func(p *reference.Parts) {
		rememberedUntil(p, func(m *saml.Message) time.Time { return m.Now.Add(time.Minute) })
	},
	"replay-forgotten-at-the-end": func(p *reference.Parts) {
		rememberedUntil(p, func(m *saml.Message) time.Time { return m.Assertion.NotOnOrAfter })
	},
	"any-request-answered":   requestUnchecked,
	"request-of-any-browser": func(p *reference.Parts) { withoutChecks(p, "asked-here") },
	"request-answered-twice": func(p *reference.Parts) {
		requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return unmarked{log} })
	},
	"requests-never-expire": func(p *reference.Parts) {
		requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return ageless{log} })
	},
	"request-of-any-connection": func(p *reference.Parts) {
		inResponseTo := check(p, "in-response-to")
		p.SAML.Replace("in-response-to", func(ctx context.Context, m *saml.Message) error {
			m.Requests = pooled{m.Requests, m.Providers}
			return inResponseTo(ctx, m)
		})
	},
	"empty-request-is-none": func(p *reference.Parts) {
		askedHere, inResponseTo := check(p, "asked-here"), check(p, "in-response-to")
		unlessEmpty := func(run func(context.Context, *saml.Message) error) func(context.Context, *saml.Message) error {
			return func(ctx context.Context, m *saml.Message) error {
				if m.Response.SelectAttrValue("InResponseTo", "") == "" {
					return nil
				}
				return run(ctx, m)
			}
		}
		p.SAML.Replace("asked-here", unlessEmpty(askedHere))
		p.SAML.Replace("in-response-to", unlessEmpty(inResponseTo))
	},
	"unsolicited-believed": func(p *reference.Parts) { p.Rules.Unsolicited = "accept" },
	"session-fixed":        func(p *reference.Parts) { p.Edge = append(p.Edge, fixSessions) },
})

// requestsThrough lets the check of requests ask another memory.
func requestsThrough(p *reference.Parts, wrap func(saml.RequestLog) saml.RequestLog) {
	inResponseTo := check(p, "in-response-to")
	p.SAML.Replace("in-response-to", func(ctx context.Context, m *saml.Message) error {
		m.Requests = wrap(m.Requests)
		return inResponseTo(ctx, m)
	})
}

// unmarked never notes that a request was answered.
type unmarked struct{ saml.RequestLog }

func (unmarked) Answer(context.Context, string, string) error { return nil }

// ageless takes every request for new.
type ageless struct{ saml.RequestLog }

func (l ageless) Pending(ctx context.Context, provider, id string, _ time.Time) (bool, error) {
	return l.RequestLog.Pending(ctx, provider, id, time.Unix(0, 0))
}

// pooled takes a request to any of the providers for one to each.
type pooled struct {
	saml.RequestLog
	providers []saml.Provider
}

func (l pooled) Pending(ctx context.Context, _, id string, now time.Time) (bool, error) {
	for _, p := range l.providers {
		if pending, err := l.RequestLog.Pending(ctx, p.ID, id, now); pending || err != nil {
			return pending, err
		}
	}
	return false, nil
}

func (l pooled) Answer(ctx context.Context, _, id string) error {
	for _, p := range l.providers {
		if l.RequestLog.Answer(ctx, p.ID, id) == nil {
			return nil
		}
	}
	return saml.ErrAnswered
}

// usedBy remembers an assertion by something else than its ID, and forgets requests, so
// that nothing else keeps the same assertion out.
func usedBy(p *reference.Parts, key func(*saml.Message) string) {
	requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return unmarked{log} })
	p.SAML.Replace("once", func(ctx context.Context, m *saml.Message) error {
		first, err := m.Uses.Use(ctx, m.Assertion.Issuer, key(m), m.Assertion.NotOnOrAfter)
		if err == nil && !first {
			err = saml.Refuse("it was used before")
		}
		return err
	})
}

// rememberedUntil remembers an assertion until then, and not for longer.
func rememberedUntil(p *reference.Parts, until func(*saml.Message) time.Time) {
	var mu sync.Mutex
	ends := map[string]time.Time{} // by the assertion's ID
	p.SAML.Replace("once", func(_ context.Context, m *saml.Message) error {
		mu.Lock()
		defer mu.Unlock()
		if end, known := ends[m.Assertion.ID]; known && m.Now.Before(end) {
			return saml.Refuse("it was used before")
		}
		ends[m.Assertion.ID] = until(m)
		return nil
	})
}

// replayForgottenAtLogout remembers an assertion as long as the session that it began.
func replayForgottenAtLogout(p *reference.Parts) {
	var mu sync.Mutex
	used := map[string]string{} // the person's name, by the assertion's ID
	requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return unmarked{log} })
	p.SAML.Replace("once", func(_ context.Context, m *saml.Message) error {
		mu.Lock()
		defer mu.Unlock()
		if _, known := used[m.Assertion.ID]; known {
			return saml.Refuse("it was used before")
		}
		used[m.Assertion.ID] = m.Assertion.NameID
		return nil
	})
	org.After(&p.Events.SingleLogout, "sessions", parting(func(_ context.Context, _ org.Tx, e *org.Parting) error {
		mu.Lock()
		defer mu.Unlock()
		maps.DeleteFunc(used, func(_, name string) bool { return name == e.Departure.NameID })
		return nil
	}))
}

// replayRace looks up whether an assertion was used well before it notes that it is: so
// long before that another post of the same one comes in between, if there is any.
func replayRace(p *reference.Parts) {
	var used memory
	var between twins
	requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return unmarked{log} })
	withoutChecks(p, "once")
	nameID := check(p, "name-id")
	p.SAML.Replace("name-id", func(ctx context.Context, m *saml.Message) error {
		seen := used.has(m.Assertion.ID)
		between.meet(m.Assertion.ID)
		if seen {
			return saml.Refuse("it was used before")
		}
		used.add(m.Assertion.ID)
		return nameID(ctx, m)
	})
}

// twins lets the first of two that are the same wait a moment for the second.
type twins struct{ waiting sync.Map } // of what they are to a chan struct{}

func (t *twins) meet(id string) {
	came := make(chan struct{})
	if first, waits := t.waiting.LoadOrStore(id, came); waits {
		if t.waiting.CompareAndDelete(id, first) {
			close(first.(chan struct{}))
		}
		return
	}
	const moment = 100 * time.Millisecond
	select {
	case <-came:
	case <-time.After(moment):
		t.waiting.CompareAndDelete(id, came)
	}
}

// fixSessions gives a browser its session's cookie before anybody signed in, and keeps
// that one when somebody does.
func fixSessions(next http.Handler) http.Handler {
	const cookie = "rollcall_session"
	var secrets sync.Map // of the cookie that a browser has to that of the session
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		early := ""
		if has, err := r.Cookie(cookie); err == nil {
			early = has.Value
		}
		if secret, known := secrets.Load(early); known {
			r.Header.Set("Cookie", strings.ReplaceAll(r.Header.Get("Cookie"), early, secret.(string)))
		}
		if early == "" && strings.HasPrefix(r.URL.Path, "/sso/") {
			http.SetCookie(w, &http.Cookie{Name: cookie, Value: rand.Text(), Path: "/", Secure: true, SameSite: http.SameSiteNoneMode})
		}
		if early == "" || !isAnswer(r) {
			next.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		for _, set := range answer.Result().Cookies() {
			if set.Name == cookie {
				secrets.Store(early, set.Value)
				answer.Header().Del("Set-Cookie")
			}
		}
		replay(w, answer)
	})
}

// replay sends what was recorded.
func replay(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}
