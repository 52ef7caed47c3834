package simulator

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"strings"

	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/provision"
)

// Delivery is one request that a browser makes to the letter. It serves to bring a
// response to the product as no page of Okta's would: by another method, under another
// media type, to another host name, in bytes that are no form.
type Delivery struct {
	// Method is POST where empty.
	Method string
	// Address is where it goes, its query as it is written here.
	Address string
	// Host is what the Host header says; the address's own where empty.
	Host string
	// Header takes the place of what a browser would say under the same names.
	Header http.Header
	// Body is sent as it is; nil is none.
	Body []byte
	// Fresh brings it over a connection of its own, which behind a load balancer may
	// end at another node.
	Fresh bool
}

// shape makes the request what the delivery says.
func (d Delivery) shape(request *http.Request) {
	request.Host, request.Close = orElse(d.Host, request.Host), d.Fresh
	maps.Copy(request.Header, d.Header)
}

// Deliver makes the request as if Okta's page had, and follows where that leads on the
// product's own site. A place elsewhere is not visited but noted in the visit, and so
// is a product that hangs up. An error means that the request could not be made at all.
func (b *Browser) Deliver(ctx context.Context, d Delivery) (Visit, error) {
	first := step{method: orElse(d.Method, http.MethodPost), address: d.Address, initiator: b.origin(), delivery: &d}
	if _, err := first.request(ctx); err != nil {
		return Visit{}, provision.WithoutURL(err)
	}
	answered, err := b.fetch(ctx, first)
	if err != nil {
		return Visit{URL: bare(d.Address), Posted: Posting{ACS: d.Address}, HungUp: err}, ctx.Err()
	}
	visit := visitOf(answered)
	b.follow(ctx, answered, first, &visit)
	visit.Answered = answered.status
	return visit, ctx.Err()
}

// follow goes where the answer leads and puts into the visit where that ends.
func (b *Browser) follow(ctx context.Context, answered page, made step, visit *Visit) {
	next, left := whereTo(answered, made, b.atOkta)
	if left != "" || next == nil {
		visit.Left = left
		return
	}
	visit.Landing = next.address
	own := originOf(made.address)
	ended, err := b.travel(ctx, *next, func(s step) bool { return b.atOkta(s) || originOf(s.address) != own })
	var stopped stoppedError
	switch {
	case errors.As(err, &stopped) && b.atOkta(stopped.at):
		visit.URL = bare(stopped.at.address)
	case errors.As(err, &stopped):
		visit.Left = stopped.at.address
	case stuckBy(err) != "":
		visit.Stuck = stuckBy(err)
	case err != nil:
		visit.HungUp = err
	default:
		landing := visit.Landing
		*visit = visitOf(ended)
		visit.Landing = landing
	}
}

// whereTo is the step that an answer leads to, or the address of one that no browser
// follows over the web, such as a script.
func whereTo(answered page, made step, atOkta func(step) bool) (next *step, left string) {
	location := answered.header.Get("Location")
	if answered.status/100 != 3 || location == "" {
		return onward(answered, atOkta), ""
	}
	answered.header = http.Header{"Location": {asBrowsersRead(location, answered.address)}}
	next, err := redirect(answered, made)
	if err != nil {
		return nil, location
	}
	if next != nil {
		next.delivery = nil
	}
	return next, ""
}

var (
	webAddress = regexp.MustCompile(`^(?i:(https?)):(/*)(.*)$`)
	slashes    = regexp.MustCompile(`^/{2,}`)
)

// asBrowsersRead writes a reference as browsers take it, which is not how RFC 3986
// does: tabs and line ends are nothing, a backslash is a slash, any number of slashes
// before a host are two, and a scheme without any is the page's own or a host's (WHATWG
// URL, section 4.4).
func asBrowsersRead(reference, page string) string {
	reference = strings.TrimFunc(reference, func(r rune) bool { return r <= ' ' })
	reference = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(reference)
	path, query, asked := strings.Cut(reference, "?")
	path = strings.ReplaceAll(path, `\`, "/")
	if asked {
		path += "?" + query
	}
	parts := webAddress.FindStringSubmatch(path)
	switch {
	case parts == nil:
		return slashes.ReplaceAllString(path, "//")
	case len(parts[2]) < 2 && strings.HasPrefix(strings.ToLower(page), strings.ToLower(parts[1])+":"):
		return parts[2] + parts[3]
	}
	return parts[1] + "://" + parts[3]
}

// Asked is an authentication request as the product sent it, unchecked.
type Asked struct {
	idp.AuthnRequest
	RelayState string
	// Address is where it was sent, the whole query included where it went by Redirect.
	Address string
	// Page is the answer at which the way ended where the product asked for nothing.
	Page Page
}

// Ask opens an address of the product and returns the request with which it sends the
// browser to the app's Okta. One that never comes is a zero Address.
func (b *Browser) Ask(ctx context.Context, app *App, address string) (Asked, error) {
	ssoURL := app.Identity().SSOURL
	ended, err := b.travel(ctx, step{method: http.MethodGet, address: address}, func(s step) bool { return bare(s.address) == ssoURL })
	var stopped stoppedError
	if !errors.As(err, &stopped) {
		if stuckBy(err) != "" {
			err = nil
		}
		return Asked{Page: Page{ended.address, ended.status, ended.header, ended.body}}, err
	}
	request, relayState, err := stopped.at.authnRequest()
	return Asked{AuthnRequest: request, RelayState: relayState, Address: stopped.at.address}, err
}

// Copy is another browser that has all the cookies that this one has now: what somebody
// could steal, or could have planted before.
func (b *Browser) Copy() *Browser {
	b.mu.Lock()
	other := &Browser{tenant: b.tenant, wire: b.wire, since: maps.Clone(b.since)}
	b.mu.Unlock()
	for _, set := range b.cookies.all() {
		other.cookies.keep(set.from, []*http.Cookie{set.cookie})
	}
	return other
}
