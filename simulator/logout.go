package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"rollcall.example/simulator/idp"
)

// AppSession is somebody's session at a product, as Okta remembers it: the name and the
// index that stood in the assertion which began it.
type AppSession struct {
	App    *App
	Person *Person
	Name   idp.Name
	Index  string
}

// LogoutOptions say how a LogoutRequest is made and sent.
type LogoutOptions struct {
	// Binding is the one to send by; empty is the app's.
	Binding string
	// RelayState goes along.
	RelayState string
	// Alter changes what the request says, before it is written.
	Alter func(*idp.Logout)
	// Draft changes the message before it is signed. It is signed as the binding has
	// it, unless its signer has no key.
	Draft func(*idp.Envelope) error
	// Replace has the last say over what is sent.
	Replace func(*Carriage) error
}

// Carriage is a message on its way: an address with a query by the Redirect binding,
// an address and a form by POST.
type Carriage struct {
	Address string
	Form    url.Values // nil by Redirect
}

// Parting is what became of a way out.
type Parting struct {
	// URL, Status, Header and Body are of the page at which the way ended.
	URL    string
	Status int
	Header http.Header
	Body   string
	// Answered is the status with which the product answered Okta's message itself,
	// before redirects; 0 if Okta sent none.
	Answered int
	// Sent is the last message that Okta sent.
	Sent Carriage
	// Request is the LogoutRequest that the product sent to Okta, Answer the
	// LogoutResponse; nil where none came.
	Request, Answer *idp.LogoutMessage
	// Complaint says what Okta found wrong with what the product sent; empty if nothing.
	Complaint string
}

// began remembers a session that Okta let somebody begin.
func (b *Browser) began(app *App, person *Person, response *idp.Response) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sessions = append(b.sessions, AppSession{app, person, response.Name, response.SessionIndex})
}

// Sessions lists the sessions that began in this browser and that Okta has not ended,
// oldest first.
func (b *Browser) Sessions() []AppSession {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.sessions)
}

// Leave is Okta ending a session that began in this browser or, with a session of
// another, in one that the person is not at: it sends a LogoutRequest to the app and
// follows where that leads. The person's other sessions stay.
func (b *Browser) Leave(ctx context.Context, session AppSession, options LogoutOptions) (Parting, error) {
	ctx = b.about(ctx, session.Person)
	carriage, err := session.App.LogoutRequest(session, options)
	if err != nil {
		return Parting{}, err
	}
	b.forget(func(s AppSession) bool { return s == session })
	return b.Carry(ctx, session.App, carriage)
}

// SignOut opens the product's own sign-out address, by GET or POST, and goes where it
// leads: to Okta with a LogoutRequest, which ends all that began in this browser, and
// back with the answer; or nowhere.
func (b *Browser) SignOut(ctx context.Context, app *App, method, address string) (Parting, error) {
	first := step{method: method, address: address, initiator: originOf(address)}
	if method == http.MethodPost {
		first.form = url.Values{}
	}
	return b.part(ctx, app, first, Parting{})
}

// Carry takes a message of Okta's to the product and follows where that leads.
func (b *Browser) Carry(ctx context.Context, app *App, carriage Carriage) (Parting, error) {
	first := carriage.step()
	first.initiator = b.origin()
	answered, err := b.fetch(ctx, first)
	if err != nil {
		return Parting{Sent: carriage}, err
	}
	parting := Parting{Sent: carriage, Answered: answered.status}.at(answered)
	next, err := redirect(answered, first)
	if err == nil && next == nil {
		next = onward(answered, b.atOkta)
	}
	if err != nil || next == nil {
		return parting, err
	}
	return b.part(ctx, app, *next, parting)
}

func (c Carriage) step() step {
	if c.Form == nil {
		return step{method: http.MethodGet, address: c.Address}
	}
	return step{method: http.MethodPost, address: c.Address, form: c.Form}
}

// part goes on from a step until it ends at the product or at Okta.
func (b *Browser) part(ctx context.Context, app *App, next step, parting Parting) (Parting, error) {
	ended, err := b.travel(ctx, next, b.atOkta)
	var stopped stoppedError
	switch {
	case errors.As(err, &stopped):
		parting.URL = bare(stopped.at.address)
		return b.meetLogout(ctx, app, stopped.at, parting)
	case err != nil:
		return parting, err
	}
	return parting.at(ended), nil
}

// meetLogout is Okta's single logout address: it reads what the product sent.
func (b *Browser) meetLogout(ctx context.Context, app *App, arrival step, parting Parting) (Parting, error) {
	if bare(arrival.address) != app.Identity().SLOURL {
		return parting, nil
	}
	message, err := arrival.logoutMessage()
	if err == nil {
		err = app.believes(message)
	}
	if message.XML != nil && message.Answer {
		parting.Answer = &message
	} else if message.XML != nil {
		parting.Request = &message
	}
	if err != nil {
		parting.Complaint = "Bad SAML logout: " + err.Error()
		return parting, nil //nolint:nilerr // what Okta finds wrong is said on its page
	}
	if message.Answer {
		return parting, nil
	}
	return b.signedOutBy(ctx, app, message, parting)
}

// signedOutBy does what a product's LogoutRequest asks: Okta's own session ends, the
// sessions at other products are ended by asking them, and the product is answered.
func (b *Browser) signedOutBy(ctx context.Context, app *App, message idp.LogoutMessage, parting Parting) (Parting, error) {
	status := idp.Status{Code: idp.StatusSuccess}
	known := b.forget(func(s AppSession) bool { return s.App == app && s.named(message) })
	switch {
	case len(known) == 0:
		status = idp.Status{Code: idp.StatusRequester, Below: idp.StatusUnknownPrincipal}
	case !b.leaveOthers(ctx, app, known[0].Person):
		status.Below = idp.StatusPartialLogout
	}
	carriage, err := app.logoutResponse(message, status)
	if err != nil {
		return parting, err
	}
	back, err := b.Carry(ctx, app, carriage)
	back.Request, back.Complaint = parting.Request, orElse(back.Complaint, parting.Complaint)
	return back, err
}

// leaveOthers ends what the person began at other products and signs them out of Okta.
// It says whether all of them could be told.
func (b *Browser) leaveOthers(ctx context.Context, but *App, person *Person) bool {
	b.mu.Lock()
	delete(b.since, person)
	b.mu.Unlock()
	all := true
	for _, session := range b.Sessions() {
		if session.Person != person || session.App == but {
			continue
		}
		told := false
		if session.App.Settings().SAML.Logout.URL != "" {
			parting, err := b.Leave(ctx, session, LogoutOptions{})
			told = err == nil && parting.Answer != nil && parting.Complaint == "" && parting.Answer.Status.Code == idp.StatusSuccess
		}
		all = all && told
	}
	return all
}

// forget drops the sessions of which the condition holds, and returns them.
func (b *Browser) forget(which func(AppSession) bool) (dropped []AppSession) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sessions = slices.DeleteFunc(b.sessions, func(s AppSession) bool {
		if which(s) {
			dropped = append(dropped, s)
			return true
		}
		return false
	})
	return dropped
}

// named says whether a request speaks of the session: it names the same person in all
// parts of the name and, where it names sessions, this one.
func (s AppSession) named(message idp.LogoutMessage) bool {
	return s.Name == message.Name && (len(message.SessionIndexes) == 0 || slices.Contains(message.SessionIndexes, s.Index))
}

func (s step) logoutMessage() (idp.LogoutMessage, error) {
	if s.method == http.MethodPost {
		return idp.ParseLogoutPost(s.form)
	}
	return idp.ParseLogoutRedirect(s.query())
}

// believes says why Okta does not believe a logout message. Each has to be signed.
func (a *App) believes(message idp.LogoutMessage) error {
	settings := a.Settings().SAML
	if err := message.Check(a.Identity().SLOURL, settings.Audience, a.tenant.clock.Now()); err != nil {
		return err
	}
	return message.Signature.Verify(settings.Certificates)
}

// LogoutRequest makes the message that ends a session, and sends nothing.
func (a *App) LogoutRequest(session AppSession, options LogoutOptions) (Carriage, error) {
	settings := a.Settings().SAML
	if settings.Logout.URL == "" {
		return Carriage{}, errors.New("the app has no single logout address")
	}
	says := idp.Logout{
		Dispatch: idp.Dispatch{Destination: settings.Logout.URL, Now: a.tenant.clock.Now()},
		Name:     session.Name,
	}
	if session.Index != "" {
		says.SessionIndexes = []string{session.Index}
	}
	if options.Alter != nil {
		options.Alter(&says)
	}
	made, err := a.Identity().LogoutRequest(says)
	if err != nil {
		return Carriage{}, err
	}
	if options.Draft != nil {
		if err := options.Draft(&made); err != nil {
			return Carriage{}, err
		}
	}
	carriage, err := carry(made, orElse(options.Binding, settings.Logout.Binding), settings.Logout.URL, options.RelayState)
	if err == nil && options.Replace != nil {
		err = options.Replace(&carriage)
	}
	return carriage, err
}

// LogoutAnswer is a LogoutResponse to the request with this ID, on its way.
func (a *App) LogoutAnswer(to string, status idp.Status) (Carriage, error) {
	return a.logoutResponse(idp.LogoutMessage{ID: to}, status)
}

// logoutResponse answers a product's LogoutRequest.
func (a *App) logoutResponse(to idp.LogoutMessage, status idp.Status) (Carriage, error) {
	settings := a.Settings().SAML.Logout
	where := orElse(settings.ResponseURL, settings.URL)
	if where == "" {
		return Carriage{}, errors.New("the app has no single logout address to answer at")
	}
	made, err := a.Identity().LogoutResponse(idp.Dispatch{Destination: where, InResponseTo: to.ID, Now: a.tenant.clock.Now()}, status)
	if err != nil {
		return Carriage{}, err
	}
	return carry(made, settings.Binding, where, to.RelayState)
}

// carry signs a message as the binding has it, unless its signer has no key, and puts
// it on its way.
func carry(message idp.Envelope, binding, to, relayState string) (Carriage, error) {
	switch binding {
	case idp.BindingRedirect:
		address, err := message.Redirect(to, relayState)
		return Carriage{Address: address}, err
	case idp.BindingPOST, "":
		if message.Signer.Key != nil {
			if err := message.Sign(); err != nil {
				return Carriage{}, err
			}
		}
		form := url.Values{message.Parameter: {message.Encoded()}}
		if relayState != "" {
			form.Set("RelayState", relayState)
		}
		return Carriage{Address: to, Form: form}, nil
	}
	return Carriage{}, fmt.Errorf("logout messages cannot be sent by binding %q", binding)
}

// at is the parting, ended at this page.
func (p Parting) at(ended page) Parting {
	p.URL, p.Status, p.Header, p.Body = ended.address, ended.status, ended.header, ended.body
	return p
}
