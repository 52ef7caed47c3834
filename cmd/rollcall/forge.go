package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall.example/simulator"
	"rollcall.example/simulator/forge"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// forgeFlags are the flags of rollcall forge.
type forgeFlags struct {
	target    string
	idp       string
	acs       string
	audience  string
	mode      string
	form      string
	slo       string
	binding   string
	session   string
	attacker  string
	victim    string
	answers   string
	collector string
	post      bool
	safety    safetyFlags
	output    output
}

func forgeCommand() *cobra.Command {
	f := forgeFlags{output: output{flag: "output"}}
	c := &cobra.Command{
		Use:   "forge ATTACK",
		Short: "Print or post one forged SAML message",
		Long: `Forge makes one response that a service provider has to refuse, out of an honest one
of the identity that rollcall idp keeps: as XML, as the form value in base64, or as a
page that posts itself from a browser. rollcall forge list names the attacks.

The donor names --attacker, and the attack tries to be --victim. With --target the
addresses are those of a target file, otherwise --idp, --acs and --audience say them.
Nothing is sent.

The attacks whose names begin with logout- are LogoutRequests, which try to end a session
of --victim. Those in a query are printed with --form url, as all of the address counts.
Where there is no target file, --slo says where the product takes them.

With --post the attack is made at the product of the target file: somebody signs in
honestly, which shows that there is a way in, the attack is posted in another browser,
and the product is asked whom it takes that browser for. A forged LogoutRequest comes in
the browser of somebody who is in, and who has to be in still. The people are the run's
own and are cleared away. A product that is not on this machine needs --i-own-this (or
ROLLCALL_I_OWN_THIS=1): do this to no product that is not yours to attack.

Exit status with --post: 0 the product did what it owes; 1 it did not; 2 could not run.`,
		Example: `  rollcall forge unsigned --idp ./idp --acs https://acme.test/saml/acs --audience https://acme.test/saml/metadata
  rollcall forge stripped-signature --target rollcall.yaml --mode assertion --form page -o attack.html
  rollcall forge tampered-name-id --target rollcall.yaml --form base64
  rollcall forge unsigned --target rollcall.yaml --post
  rollcall forge logout-unsigned-query --target rollcall.yaml --form url`,
		Args: exactly("ATTACK"),
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c, args[0])
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return attackNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	f.declare(c)
	c.AddCommand(forgeListCommand())
	return c
}

// declare gives the command its flags.
func (f *forgeFlags) declare(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.target, "target", "", "the product is described in this `file`; see rollcall init")
	flags.StringVar(&f.idp, "idp", "", "the identity in this `directory` signs; see rollcall idp")
	flags.StringVar(&f.acs, "acs", "", "the assertion consumer service is at this `URL`")
	flags.StringVar(&f.audience, "audience", "", "the product has this entity `id`")
	flags.StringVar(&f.mode, "mode", "", "what of the donor is signed, `response`, assertion or both; the attack's own first choice where empty")
	flags.StringVar(&f.slo, "slo", "", "the product takes logout messages at this `URL`")
	flags.StringVar(&f.binding, "binding", "", "send the logout message by `redirect` or post; the attack's own, or the product's first, where empty")
	flags.StringVar(&f.session, "session-index", "", "the logout message names the session with this `index`; all of them where empty")
	flags.StringVar(&f.form, "form", "xml", "print it as `xml`, base64 or page, or as url where it goes in a query")
	flags.StringVar(&f.attacker, "attacker", "attacker@rollcall.test", "the donor names this `address`")
	flags.StringVar(&f.victim, "victim", "victim@rollcall.test", "the attack tries to be this `address`")
	flags.StringVar(&f.answers, "in-response-to", "", "it answers the request with this `id`")
	flags.StringVar(&f.collector, "collector", "http://127.0.0.1:9/collector", "what it refers to outside of itself is at this `URL`")
	flags.BoolVar(&f.post, "post", false, "make the attack at the product of the target file")
	flags.StringVarP(&f.output.path, "output", "o", "", "write to this `file` instead of standard output")
	flags.BoolVar(&f.safety.owned, "i-own-this", false, "the product is mine to attack: needed for any that is not on this machine")
	flags.StringVar(&f.safety.ledger, "ledger", "", "write down in this `file` what --post makes, until it is cleared away")
	complete(c, "form", func() []string { return append(slices.Clone(forms), urlForm) })
	complete(c, "binding", func() []string { return bindingNames })
	complete(c, "mode", func() []string { return modeNames(allModes) })
}

// forms are what an attack can be printed as.
var forms = []string{"xml", "base64", "page"}

// allModes are what of a donor can be signed.
var allModes = []idp.Signing{idp.SignResponse, idp.SignAssertion, idp.SignBoth}

func modeNames(modes []idp.Signing) []string {
	var names []string
	for _, m := range modes {
		names = append(names, m.String())
	}
	return names
}

func attackNames() []string {
	var names []string
	for _, a := range forge.All() {
		names = append(names, a.Name)
	}
	for _, a := range forge.Logouts() {
		names = append(names, logoutPrefix+a.Name)
	}
	return names
}

func (f *forgeFlags) run(c *cobra.Command, name string) error {
	if logout, is := strings.CutPrefix(name, logoutPrefix); is {
		if attack, known := forge.FindLogout(logout); known {
			return f.logout(c, attack)
		}
	}
	attack, known := forge.Find(name)
	if !known {
		return verify.NewUnknown("attack", name, attackNames())
	}
	mode, err := f.signing(attack)
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	attempt := verify.Attempt{
		Attack: attack, Mode: mode, Attacker: f.attacker, Victim: f.victim, Answers: f.answers, Collector: strings.TrimRight(f.collector, "/"),
	}
	if f.post {
		return f.attack(c.Context(), c.OutOrStdout(), attempt)
	}
	return f.print(c.Context(), c.OutOrStdout(), attempt)
}

// signing is what of the donor is to be signed: what was asked for, where the attack is
// made so, or the attack's first choice.
func (f *forgeFlags) signing(attack forge.Attack) (idp.Signing, error) {
	if f.mode == "" {
		return attack.In()[0], nil
	}
	at := slices.Index(modeNames(allModes), f.mode)
	if at < 0 {
		return 0, verify.NewUnknown("mode", f.mode, modeNames(allModes))
	}
	if !slices.Contains(attack.In(), allModes[at]) {
		return 0, fmt.Errorf("%s is not made of a donor with --mode %s, but with %s", attack.Name, f.mode, strings.Join(modeNames(attack.In()), ", "))
	}
	return allModes[at], nil
}

// check looks at what the flags say together.
func (f *forgeFlags) check() error {
	beside := ""
	for flag, value := range map[string]string{"--idp": f.idp, "--acs": f.acs, "--audience": f.audience} {
		if value != "" {
			beside = flag
		}
	}
	switch {
	case f.slo != "" || f.binding != "" || f.session != "":
		return errors.New("--slo, --binding and --session-index are of logout messages, and this is a response")
	case !slices.Contains(forms, f.form):
		return verify.NewUnknown("form", f.form, forms)
	case f.post && f.target == "":
		return hinted(errors.New("--post needs a product to post to"), "name its target file with --target")
	case f.target != "" && beside != "":
		return fmt.Errorf("%s comes from the target file; leave it out, or --target", beside)
	case f.target == "" && (f.idp == "" || f.acs == "" || f.audience == ""):
		return hinted(errors.New("an attack is made for a product: who signs, and where it goes"), "name the target file with --target, or give --idp, --acs and --audience")
	}
	return nil
}

// connection is what the attack is made for.
func (f *forgeFlags) connection(ctx context.Context) (target.Connection, error) {
	if f.target != "" {
		t, err := target.Given(ctx, f.target)
		if err == nil {
			t, err = t.Resolve(ctx)
		}
		if err != nil {
			return target.Connection{}, err
		}
		return t.Connection(), nil
	}
	if at, err := url.Parse(f.acs); err != nil || at.Host == "" {
		return target.Connection{}, fmt.Errorf("--acs is an absolute URL, and %q is none", f.acs)
	}
	okta, err := target.KeptOkta(f.idp)
	return target.Connection{Okta: okta, SAML: target.SAML{ACS: f.acs, EntityID: f.audience}}, err
}

func (f *forgeFlags) print(ctx context.Context, stdout io.Writer, attempt verify.Attempt) error {
	c, err := f.connection(ctx)
	if err != nil {
		return err
	}
	posting, err := attempt.Make(ctx, c)
	if err != nil {
		return err
	}
	text, err := printed(posting, f.form)
	if err != nil {
		return err
	}
	return f.write(stdout, text)
}

// write writes what is printed to where it was asked for.
func (f *forgeFlags) write(stdout io.Writer, text []byte) error {
	f.output.render = func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	}
	f.output.path = cmp.Or(f.output.path, standardOutput)
	if err := f.output.ready(stdout); err != nil {
		return err
	}
	defer f.output.discard()
	return f.output.write()
}

// printed is what would be posted, in the form that was asked for.
func printed(p simulator.Posting, form string) ([]byte, error) {
	switch {
	case form == "base64":
		return []byte(p.SAMLResponse), nil
	case form == "page" && len(p.Fields) == 0:
		return idp.Form(p.ACS, p.SAMLResponse, p.RelayState), nil
	case form == "page":
		fields := url.Values{"SAMLResponse": {p.SAMLResponse}, "RelayState": {p.RelayState}}
		for name, values := range p.Fields {
			fields[name] = values
		}
		return idp.MessageForm(p.ACS, fields), nil
	}
	text, err := base64.StdEncoding.DecodeString(p.SAMLResponse)
	if err != nil {
		return nil, hinted(errors.New("this attack is in the encoding of the form value, which has no XML"), "print it with --form base64")
	}
	return text, nil
}

// attack makes the attempt at the product and says what came of it.
func (f *forgeFlags) attack(ctx context.Context, stdout io.Writer, attempt verify.Attempt) error {
	t, err := target.Given(ctx, f.target)
	if err != nil {
		return err
	}
	outcome, left, err := attempt.Post(ctx, t, f.safety.safety())
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "%s, %s signed: %s\n", attempt.Attack.Name, attempt.Mode, outcome)
	return concluded(stdout, left, outcome.Holds(attempt.Attack.Expect))
}

// concluded lists what an attempt left at the product, and ends with 1 where the product
// did not do what it owes.
func concluded(stdout io.Writer, left []string, holds bool) error {
	for _, what := range left {
		_, _ = fmt.Fprintf(stdout, "left at the product: %s\n", what)
	}
	if !holds {
		return ended(1)
	}
	return nil
}
