package web

import (
	"bytes"
	"embed"
	"html/template"
	"mime"
	"net/http"
	"path"
	"sync"
	"time"

	"rollcall.example/reference/org"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/*
var staticFiles embed.FS

// pages holds every page, each with the layout around it. They are read once, when the
// first is shown: many a process that could show them has nobody to show them to.
var pages = sync.OnceValue(func() map[string]*template.Template {
	parsed := map[string]*template.Template{}
	for _, name := range []string{
		"login", "home", "people", "teams", "team", "audit", "providers", "settings", "tested", "problem", "onward", "parted",
	} {
		parsed[name] = template.Must(template.New("layout.html").Funcs(functions).
			ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/"+name+".html"))
	}
	return parsed
})

// functions is what templates may call.
var functions = template.FuncMap{
	"day":    func(t time.Time) string { return t.UTC().Format("2 Jan 2006") },
	"minute": func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04") },
	"moment": func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04:05") },
	"why":    because,
	"stamp":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
}

// view is what every page is given. Visit is nil where nobody is signed in.
type view struct {
	Title string
	Here  string // which entry of the menu is the current one
	Visit *visit
	Home  string
	Admin bool
	Body  any
}

// show answers with a page for somebody who is known.
func (s *Server) show(w http.ResponseWriter, name string, v visit, title string, body any) error {
	return s.write(w, name, http.StatusOK, view{
		Title: title,
		Here:  name,
		Visit: &v,
		Home:  home(v.Organization.Slug),
		Admin: v.admin(),
		Body:  body,
	})
}

// write renders the whole page before the first byte goes out, so that a fault in
// a template never leaves half a page under a status of 200.
func (s *Server) write(w http.ResponseWriter, name string, status int, v view) error {
	var page bytes.Buffer
	if err := pages()[name].Execute(&page, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
	return nil
}

// problemPage is the body of the page "problem".
type problemPage struct {
	Status  int
	Message string
	Advice  string
}

// advice tells people what they can do about a refusal.
var advice = map[int]string{
	http.StatusBadRequest:            "Start again from the sign-in page. If it happens again, tell an administrator of your organization.",
	http.StatusRequestEntityTooLarge: "Start again from the sign-in page. If it happens again, tell an administrator of your organization.",
	http.StatusForbidden:             "Ask an administrator of your organization. They find the reason in the audit log.",
	http.StatusNotFound:              "Check the address, or go back to the start.",
	http.StatusConflict:              "Go back, look at how things stand now, and try again.",
	http.StatusInternalServerError:   "Try again in a moment. What happened has been noted.",
}

// showProblem answers with a page that says what is wrong, and what to do.
func (s *Server) showProblem(w http.ResponseWriter, r *http.Request, status int, message string) {
	err := s.write(w, "problem", status, view{
		Title: http.StatusText(status),
		Home:  "/",
		Body:  problemPage{status, message, advice[status]},
	})
	if err != nil {
		s.log.ErrorContext(r.Context(), "page could not be rendered", "page", "problem", "error", err)
		http.Error(w, message, status)
	}
}

// showLogin answers with the sign-in page. Its form leads to the identity
// provider by redirect, which browsers hold against form-action, so that page has
// to do without this one directive.
func (s *Server) showLogin(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policyAnyForm)
	if err := s.write(w, "login", http.StatusOK, view{Title: "Sign in", Home: "/", Body: s.relayState(r)}); err != nil {
		s.failPage(w, r, err)
	}
}

// showTested answers a test sign-in: it proves that the connection works, and
// makes nothing (no account, no session).
func (s *Server) showTested(w http.ResponseWriter, r *http.Request, organization org.Organization) {
	if err := s.write(w, "tested", http.StatusOK, view{Title: "Test sign-in succeeded", Home: "/", Body: organization}); err != nil {
		s.failPage(w, r, err)
	}
}

// static serves the embedded files.
func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	content, err := staticFiles.ReadFile("static/" + path.Base(name))
	if err != nil {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(content)
}
