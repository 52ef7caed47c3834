package simulator

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"rollcall.example/simulator/idp"
)

//go:embed pages/*.html pages/style.css
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// maxForm bounds what is read of a posted form.
const maxForm = 256 << 10

// Handler returns the tenant as a web site, to be clicked through on a loopback
// address: the identity provider at the addresses that its metadata states, a
// sign-in page that lists the people instead of asking for passwords, and a page
// at / for what an admin does. There is no protection but the check that a
// change comes from a page of this site, so it is not for an open network.
func (t *Tenant) Handler() http.Handler {
	console := &console{tenant: t, sessions: map[string]session{}, began: map[string][]AppSession{}, arrivals: newShelf[arrival](), notices: newShelf[[]string]()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", console.overview)
	mux.HandleFunc("GET /style.css", stylesheet)
	mux.HandleFunc("GET /app/{external}/sso/saml/metadata", console.metadata)
	mux.HandleFunc("GET /app/{name}/{external}/sso/saml", console.sso)
	mux.HandleFunc("POST /app/{name}/{external}/sso/saml", console.sso)
	mux.HandleFunc("GET /app/{name}/{external}/slo/saml", console.slo)
	mux.HandleFunc("POST /app/{name}/{external}/slo/saml", console.slo)
	mux.HandleFunc("GET /signout/next", console.signOutNext)
	mux.HandleFunc("GET /home/{name}/{app}/{link}", console.dashboardLink)

	// A request from a product's page may come across sites; a change may not.
	sameOrigin := http.NewCrossOriginProtection()
	mux.Handle("POST /signin", sameOrigin.Handler(http.HandlerFunc(console.signIn)))
	mux.Handle("POST /signout", sameOrigin.Handler(http.HandlerFunc(console.signOut)))
	mux.Handle("POST /admin/{action}", sameOrigin.Handler(http.HandlerFunc(console.act)))
	return guarded(mux)
}

// guarded sets the headers that all pages share.
func guarded(next http.Handler) http.Handler {
	policy := "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src " + idp.FormScriptSource() +
		"; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "origin")
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

// console is the web site's own state.
type console struct {
	tenant   *Tenant
	arrivals *shelf[arrival]
	notices  *shelf[[]string]

	mu       sync.Mutex
	sessions map[string]session
	// began are the sessions at products that began in each session here, by its cookie.
	began map[string][]AppSession
}

// session is somebody signed in to Okta in one browser.
type session struct {
	id     string // the cookie's value
	person *Person
	since  time.Time
}

// arrival is a browser on its way to an app, while its person signs in.
type arrival struct {
	app        *App
	request    *idp.AuthnRequest
	relayState string
}

const sessionCookie = "okta_sid"

func (c *console) session(r *http.Request) (session, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return session{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.sessions[cookie.Value]
	return found, ok
}

// open starts a session and returns it.
func (c *console) open(w http.ResponseWriter, person *Person) session {
	c.tenant.mu.Lock()
	id := c.tenant.draw(32)
	c.tenant.mu.Unlock()
	opened := session{id: id, person: person, since: c.tenant.clock.Now()}
	c.mu.Lock()
	c.sessions[id] = opened
	c.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return opened
}

// appAt returns the app whose address has that path, or nil.
func (c *console) appAt(path string, address func(idp.Identity) string) *App {
	for _, app := range c.tenant.Apps() {
		if parsed, err := url.Parse(address(app.Identity())); err == nil && parsed.Path == path {
			return app
		}
	}
	return nil
}

func (c *console) metadata(w http.ResponseWriter, r *http.Request) {
	identity := c.tenant.options.Identity
	if app := c.appAt(r.URL.Path, func(i idp.Identity) string { return i.MetadataURL }); app != nil {
		identity = app.Identity()
	} else if !strings.HasSuffix(identity.MetadataURL, r.URL.Path) {
		c.failure(w, http.StatusNotFound, "There is no such app.")
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, _ = w.Write(identity.Metadata())
}

func stylesheet(w http.ResponseWriter, _ *http.Request) {
	sheet, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		panic("simulator: embedded style sheet: " + err.Error())
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(sheet)
}

// render writes a page whole or not at all.
func (c *console) render(w http.ResponseWriter, status int, name string, data any) {
	var text strings.Builder
	if err := pages.ExecuteTemplate(&text, name, data); err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text.String()))
}

func (c *console) failure(w http.ResponseWriter, status int, message string) {
	c.render(w, status, "failure.html", struct {
		Org     string
		Status  int
		Title   string
		Message string
	}{c.tenant.Subdomain(), status, http.StatusText(status), message})
}

// detached keeps a verb going when the browser that asked for it goes away.
func detached(r *http.Request) context.Context { return context.WithoutCancel(r.Context()) }
