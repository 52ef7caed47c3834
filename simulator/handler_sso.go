package simulator

import (
	"net/http"

	"rollcall.example/simulator/idp"
)

// sso takes an AuthnRequest by Redirect or POST.
func (c *console) sso(w http.ResponseWriter, r *http.Request) {
	app := c.appAt(r.URL.Path, func(i idp.Identity) string { return i.SSOURL })
	if app == nil {
		c.failure(w, http.StatusNotFound, "There is no such app.")
		return
	}
	request, relayState, complaint := app.admit(readRequest(r))
	if complaint != "" {
		c.failure(w, http.StatusBadRequest, complaint+".")
		return
	}
	c.arrive(w, r, arrival{app: app, request: &request, relayState: relayState})
}

func readRequest(r *http.Request) (idp.AuthnRequest, string, error) {
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			return idp.AuthnRequest{}, "", err
		}
		return idp.ParsePost(r.PostForm)
	}
	return idp.ParseRedirect(r.URL.RawQuery)
}

// dashboardLink is the app's icon on somebody's dashboard: a sign-in that Okta starts.
func (c *console) dashboardLink(w http.ResponseWriter, r *http.Request) {
	app := c.tenant.App(r.PathValue("app"))
	if app == nil || app.Link != r.PathValue("link") {
		c.failure(w, http.StatusNotFound, "There is no such app.")
		return
	}
	relayState := orElse(r.URL.Query().Get("RelayState"), app.Settings().SAML.DefaultRelayState)
	c.arrive(w, r, arrival{app: app, relayState: relayState})
}

// arrive answers at once if somebody is signed in, and asks who is there if not.
func (c *console) arrive(w http.ResponseWriter, r *http.Request, from arrival) {
	if open, ok := c.session(r); ok && (from.request == nil || !from.request.ForceAuthn) {
		c.depart(w, from, open)
		return
	}
	if from.request != nil && from.request.IsPassive {
		c.post(w, from, answering{app: from.app, request: from.request}, nil)
		return
	}
	c.render(w, http.StatusOK, "signin.html", struct {
		Org, App, State string
		People          []personRow
	}{c.tenant.Subdomain(), from.app.Settings().Label, c.arrivals.put(from), c.people()})
}

// signIn believes that the browser's person is whom they say.
func (c *console) signIn(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		c.failure(w, http.StatusBadRequest, "The form could not be read.")
		return
	}
	from, known := c.arrivals.get(r.PostForm.Get("state"))
	person := c.tenant.Person(r.PostForm.Get("person"))
	if !known || person == nil {
		c.failure(w, http.StatusBadRequest, "This sign-in page is too old. Start again at the app.")
		return
	}
	if person.Status() != Active {
		c.failure(w, http.StatusForbidden, person.Name()+" is "+string(person.Status())+" and cannot sign in.")
		return
	}
	c.depart(w, from, c.open(w, person))
}

// depart sends the browser to the app with a response, if Okta lets the person.
func (c *console) depart(w http.ResponseWriter, from arrival, open session) {
	if reason := from.app.blocked(open.person); reason != "" {
		c.failure(w, http.StatusForbidden, reason+" ("+open.person.Name()+", "+from.app.Settings().Label+").")
		return
	}
	answered := answering{app: from.app, request: from.request, signedIn: true}
	response := c.post(w, from, answered, func() idp.Claims {
		claims := answered.claims(open.person)
		claims.AuthnInstant = open.since
		return claims
	})
	if response != nil && response.AssertionID != "" {
		c.remember(open.id, from.app, open.person, response)
	}
}

// post writes the page that carries Okta's answer to the app, and returns the answer.
func (c *console) post(w http.ResponseWriter, from arrival, answered answering, claims func() idp.Claims) *idp.Response {
	response, err := answered.response(nil, claims)
	if err != nil {
		c.failure(w, http.StatusInternalServerError, "The app's SAML settings are not complete: "+err.Error()+".")
		return nil
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(idp.Form(answered.acs(), response.Encoded(), from.relayState))
	return response
}
