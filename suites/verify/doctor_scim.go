package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// claimed is what a SCIM endpoint says that it can do (RFC 7643 section 5), as far
// as a target declares it.
type claimed struct {
	Patch struct {
		Supported bool `json:"supported"`
	} `json:"patch"`
	Schemes []struct {
		Type string `json:"type"`
	} `json:"authenticationSchemes"`
}

// errNoClaims says that the endpoint has no ServiceProviderConfig. Okta never asks
// for one.
var errNoClaims = errors.New("the endpoint has no ServiceProviderConfig")

// claimsOf asks the endpoint what it can do.
func claimsOf(ctx context.Context, live *target.Live, endpoint target.SCIM) (claimed, error) {
	var claims claimed
	client, err := caller(live, endpoint)
	if err != nil {
		return claims, err
	}
	answer, err := client.Do(ctx, http.MethodGet, "/ServiceProviderConfig", nil, nil)
	switch {
	case err != nil:
		return claims, explained(ctx, endpoint.BaseURL, err)
	case answer.Status == http.StatusNotFound || answer.Status == http.StatusNotImplemented:
		return claims, errNoClaims
	case !answer.OK():
		return claims, fmt.Errorf("the endpoint answered %d %s when asked for its ServiceProviderConfig", answer.Status, answer.Reason())
	}
	if err := json.Unmarshal(answer.Body, &claims); err != nil {
		return claims, errors.New("the ServiceProviderConfig is no JSON of its form")
	}
	return claims, nil
}

// claims compares what the endpoint says of itself with what the target declares.
func (p *patient) claims(c target.Connection) {
	const name = "features"
	ctx, cancel := p.within()
	defer cancel()
	says, err := claimsOf(ctx, p.live, c.SCIM)
	switch {
	case errors.Is(err, errNoClaims):
		p.found(name, NotChecked, err.Error()+", so that nothing tells what it can do")
		return
	case err != nil:
		p.advise(name, err.Error(), "mend it, or leave it out: Okta does not ask for it")
		return
	}
	declared := p.target.Has(target.SCIMPatch) && !p.target.Discover
	patching := slices.DeleteFunc(slices.Clone(p.target.Dialects), func(d string) bool { return d == string(provision.AIW) })
	switch {
	case declared && !says.Patch.Supported:
		p.advise(name, "the target declares scim.patch, and the endpoint says that it has no PATCH", "one of the two is wrong: features in the target file, or patch.supported in the ServiceProviderConfig")
	case !says.Patch.Supported && len(patching) > 0:
		p.advise(name, fmt.Sprintf("the endpoint says that it has no PATCH, with which dialect %s deactivates people", patching[0]), "drive it in the other dialect, dialects: [aiw], or say patch.supported in the ServiceProviderConfig")
	case says.Patch.Supported && !declared && !p.target.Discover:
		p.found(name, OK, "the endpoint says that it has PATCH; declare scim.patch for it to be judged")
	default:
		p.found(name, OK, "the endpoint says of itself what the target declares")
	}
}

// scim looks at the SCIM endpoint: whether it is one, lets us in, and can do what
// the target declares.
func (p *patient) scim(c target.Connection) {
	const name = "SCIM"
	at := c.SCIM.BaseURL
	if at == "" {
		p.found(name, NotChecked, "the target has no SCIM endpoint")
		return
	}
	if !p.reachable(name, at) {
		return
	}
	ctx, cancel := p.within()
	defer cancel()
	sent := time.Now()
	answer, err := firstPage(ctx, p.live, c.SCIM)
	if err != nil {
		p.wrong(name, explained(ctx, at, err))
		return
	}
	p.note(at, answer.Header, sent, time.Now())
	if trouble := target.Judge(answer); trouble != nil {
		p.wrong(name, trouble)
		return
	}
	list, err := answer.List()
	switch {
	case !answer.OK():
		p.advise(name, fmt.Sprintf("%s answered %d %s to a look at its users", at, answer.Status, answer.Reason()), "its log may say why")
		return
	case err != nil:
		p.advise(name, fmt.Sprintf("%s answered no list of users: %v", at, err), "is this the base URL of the SCIM endpoint?")
		return
	}
	p.found(name, OK, fmt.Sprintf("%s lets us in and shows %d users", at, list.TotalResults))
	p.claims(c)
	p.learned(c)
}

// learned says what a run would learn of the features that nobody declared. As in a run
// it is asked of the first endpoint only.
func (p *patient) learned(c target.Connection) {
	if !p.target.Discover || c.SCIM.BaseURL != p.target.Connection().SCIM.BaseURL {
		return
	}
	const name = "learned"
	found, err := discover(p.ctx, p.live, c.SCIM)
	if err != nil {
		p.wrong(name, err)
		return
	}
	p.found(name, OK, "no features are declared; a run holds it to "+strings.Join(ofSCIM(found.of(p.target)), ", "))
}

// ofSCIM are the features of SCIM that the target has.
func ofSCIM(t target.Target) []string {
	return slices.DeleteFunc(target.Features(), func(f string) bool { return !strings.HasPrefix(f, "scim.") || !t.Has(f) })
}
