package main

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// logoutPrefix begins the names of attacks on logout, which are names of their own.
const logoutPrefix = "logout-"

// urlForm is how a message is printed that goes in a query.
const urlForm = "url"

// bindingNames are by what a logout message goes, bindingURIs how SAML calls them.
var (
	bindingNames = []string{"redirect", "post"}
	bindingURIs  = []string{idp.BindingRedirect, idp.BindingPOST}
)

// bindingsOf are the bindings by which an attack can be sent.
func bindingsOf(a forge.LogoutAttack) []string {
	if at := slices.Index(bindingURIs, a.Binding); at >= 0 {
		return bindingNames[at : at+1]
	}
	return bindingNames
}

// logout prints or posts an attack on logout.
func (f *forgeFlags) logout(c *cobra.Command, attack forge.LogoutAttack) error {
	if err := f.checkLogout(attack); err != nil {
		return err
	}
	attempt := verify.LogoutAttempt{Attack: attack, Victim: f.victim, Session: f.session, Collector: f.collector}
	if at := slices.Index(bindingNames, f.binding); at >= 0 {
		attempt.Binding = bindingURIs[at]
	}
	if f.post {
		return f.attackSession(c.Context(), c.OutOrStdout(), attempt)
	}
	connection, services, err := f.logoutServices(c.Context())
	if err != nil {
		return err
	}
	carriage, err := attempt.Make(connection, services)
	if err != nil {
		return err
	}
	text, err := printedLogout(carriage, f.form)
	if err != nil {
		return err
	}
	return f.write(c.OutOrStdout(), text)
}

// checkLogout looks at what the flags say together of an attack on logout.
func (f *forgeFlags) checkLogout(attack forge.LogoutAttack) error {
	all := append(slices.Clone(forms), urlForm)
	name := logoutPrefix + attack.Name
	switch {
	case !slices.Contains(all, f.form):
		return verify.NewUnknown("form", f.form, all)
	case f.binding != "" && !slices.Contains(bindingNames, f.binding):
		return verify.NewUnknown("binding", f.binding, bindingNames)
	case f.binding != "" && !slices.Contains(bindingsOf(attack), f.binding):
		return fmt.Errorf("%s is not sent with --binding %s, but with %s", name, f.binding, bindingsOf(attack)[0])
	case f.mode != "" || f.acs != "" || f.audience != "" || f.answers != "":
		return fmt.Errorf("--mode, --acs, --audience and --in-response-to are of responses, and %s is a logout message", name)
	case f.post && f.target == "":
		return hinted(errors.New("--post needs a product to post to"), "name its target file with --target")
	case f.target != "" && (f.idp != "" || f.slo != ""):
		return errors.New("--idp and --slo come from the target file; leave them out, or --target")
	case f.target == "" && (f.idp == "" || f.slo == ""):
		return hinted(errors.New("an attack is made for a product: who signs, and where it goes"), "name the target file with --target, or give --idp and --slo")
	}
	return nil
}

// logoutServices are whom the attack is made for, and where logout messages are taken there.
func (f *forgeFlags) logoutServices(ctx context.Context) (target.Connection, target.LogoutServices, error) {
	if f.target == "" {
		if at, err := url.Parse(f.slo); err != nil || at.Host == "" {
			return target.Connection{}, target.LogoutServices{}, fmt.Errorf("--slo is an absolute URL, and %q is none", f.slo)
		}
		okta, err := target.KeptOkta(f.idp)
		return target.Connection{Okta: okta}, target.LogoutServices{
			Redirect: simulator.Logout{URL: f.slo, Binding: idp.BindingRedirect},
			POST:     simulator.Logout{URL: f.slo, Binding: idp.BindingPOST},
		}, err
	}
	t, err := target.Given(ctx, f.target)
	if err != nil {
		return target.Connection{}, target.LogoutServices{}, err
	}
	live, err := target.Open(t)
	if err != nil {
		return target.Connection{}, target.LogoutServices{}, err
	}
	defer live.Close()
	services, err := live.LogoutServices(ctx, t.Connection())
	return t.Connection(), services, err
}

// printedLogout is what would be sent, in the form that was asked for.
func printedLogout(c simulator.Carriage, form string) ([]byte, error) {
	if c.Form == nil {
		return printedQuery(c.Address, form)
	}
	switch form {
	case urlForm:
		return nil, hinted(errors.New("this attack goes in a form, which has no address of its own"), "print it with --form page or base64")
	case "base64":
		return []byte(c.Form.Get("SAMLRequest")), nil
	case "page":
		return idp.MessageForm(c.Address, c.Form), nil
	}
	return base64.StdEncoding.DecodeString(c.Form.Get("SAMLRequest"))
}

func printedQuery(address, form string) ([]byte, error) {
	if form == urlForm {
		return []byte(address), nil
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	encoded := parsed.Query().Get("SAMLRequest")
	switch form {
	case "page":
		return nil, hinted(errors.New("this attack goes in a query, and no page posts it"), "print it with --form url")
	case "base64":
		return []byte(encoded), nil
	}
	packed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
}

// attackSession makes the attempt at the product and says what came of it.
func (f *forgeFlags) attackSession(ctx context.Context, stdout io.Writer, attempt verify.LogoutAttempt) error {
	t, err := target.Given(ctx, f.target)
	if err != nil {
		return err
	}
	outcome, left, err := attempt.Post(ctx, t, f.safety.safety())
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "%s%s: %s\n", logoutPrefix, attempt.Attack.Name, outcome)
	return concluded(stdout, left, outcome.Holds(attempt.Attack))
}
