// Package probe serves the probe contract (fixtures/probe/openapi.yaml) for the
// reference: it shows what is held of a person, does by hand what an administrator
// could do, and makes organizations to test with. It is thin on purpose. A probe
// that worked things out for itself could be right where the product is wrong.
package probe

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"strings"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web"
	"rollcall.example/reference/web/route"
	"rollcall.example/reference/web/site"
	"rollcall.example/reference/web/wire"
)

// Prefix is where the reference serves the contract.
const Prefix = "/probe/v1"

// Options is what the probe stands on.
type Options struct {
	Org    *org.Service
	Site   func(*http.Request) site.Site
	Token  string // who has it may do everything
	Logger *slog.Logger
	// DecryptionKey returns the key with which an organization is founded that wants
	// its assertions encrypted, PEM.
	DecryptionKey func() (string, error)
}

// Probe is the contract as an [http.Handler] for everything below [Prefix].
type Probe struct {
	org    *org.Service
	site   func(*http.Request) site.Site
	token  [sha256.Size]byte
	log    *slog.Logger
	routes *route.Table

	decryptionKey func() (string, error)
}

// New puts the probe together.
func New(o Options) *Probe {
	p := &Probe{org: o.Org, site: o.Site, token: sha256.Sum256([]byte(o.Token)), log: o.Logger, decryptionKey: o.DecryptionKey}
	p.routes = route.New(refuse)
	// ServeMux tells the prefix with and without its slash apart; callers do not.
	p.routes.Handle("GET", Prefix, p.handle(p.describe))
	p.routes.Handle("GET", Prefix+"/{$}", p.handle(p.describe))
	p.routes.Handle("POST", Prefix+"/look", p.handle(p.look))
	p.routeArrange()
	p.routeOrganizations()
	return p
}

func (p *Probe) routeArrange() {
	p.routes.Handle("POST", Prefix+"/arrange/role", p.handle(p.arrangeRole))
	p.routes.Handle("POST", Prefix+"/arrange/team", p.handle(p.arrangeTeam))
	p.routes.Handle("POST", Prefix+"/arrange/join", p.handle(p.arrangeJoin))
	p.routes.Handle("POST", Prefix+"/arrange/leave", p.handle(p.arrangeLeave))
	p.routes.Handle("POST", Prefix+"/arrange/remove", p.handle(p.arrangeRemove))
	p.routes.Handle("POST", Prefix+"/arrange/disband", p.handle(p.arrangeDisband))
	p.routes.Handle("POST", Prefix+"/arrange/token", p.handle(p.arrangeToken))
}

func (p *Probe) routeOrganizations() {
	const one = Prefix + "/organizations/{id}"
	p.routes.Handle("POST", Prefix+"/organizations", p.handle(p.found))
	p.routes.Handle("GET", one, p.handle(p.readOrganization))
	p.routes.Handle("DELETE", one, p.handle(p.dissolve))
	p.routes.Handle("PATCH", one, p.handle(p.changeOrganization))
	p.routes.Handle("POST", one+"/providers", p.handle(p.addProvider))
	p.routes.Handle("PUT", one+"/provider", p.handle(p.setProviderState))
	p.routes.Handle("POST", one+"/token", p.handle(p.changeToken))
	p.routes.Handle("POST", one+"/clock", p.handle(p.advanceClock))
	p.routes.Handle("GET", one+"/audit", p.handle(p.readAudit))
	p.routes.Handle("GET", one+"/seats", p.handle(p.countSeats))
}

// ServeHTTP asks for the token before anything else, so that a stranger does not
// even learn which paths there are.
func (p *Probe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.trusted(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		wire.Refuse(w, http.StatusUnauthorized, "the probe's bearer token is missing or wrong")
		return
	}
	p.routes.ServeHTTP(w, r)
}

// trusted compares digests, so that the time it takes tells nothing of the token.
func (p *Probe) trusted(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	sent := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(sent[:], p.token[:]) == 1
}

// Routes lists what is served, for the test that holds it against the document.
func (p *Probe) Routes() []route.Route { return p.routes.Routes() }

// handle turns what a handler returns as an error into the contract's answer.
func (p *Probe) handle(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := do(w, r)
		if err == nil {
			return
		}
		status, message := web.Explain(err)
		if status >= http.StatusInternalServerError && r.Context().Err() == nil {
			p.log.ErrorContext(r.Context(), "probe failed", "method", r.Method, "path", r.URL.Path, "error", err)
		}
		wire.Refuse(w, status, message)
	}
}

func refuse(w http.ResponseWriter, r *http.Request, status int) {
	message := "the contract has nothing at this address"
	if status == http.StatusMethodNotAllowed {
		message = "the contract has no " + r.Method + " at this address"
	}
	wire.Refuse(w, status, message)
}

// done answers what leaves nothing to say.
func done(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// features is everything that the contract has: the reference serves it all.
var features = []string{
	"look.records", "look.accounts", "look.memberships", "look.seats", "look.sessions", "look.tokens",
	"arrange.admin", "arrange.by-member", "arrange.team", "arrange.membership", "arrange.token", "arrange.disband",
	"organization.create", "organization.plan", "organization.flag", "organization.provider",
	"organization.token", "organization.clock", "organization.audit", "organization.seats",
	"organization.delete",
}

// Description says which version of the contract is spoken and which parts of it.
type Description struct {
	Version  int      `json:"version"`
	Features []string `json:"features"`
}

func (p *Probe) describe(w http.ResponseWriter, _ *http.Request) error {
	wire.Write(w, http.StatusOK, Description{1, features})
	return nil
}
