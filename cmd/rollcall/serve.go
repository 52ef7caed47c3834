package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"rollcall.example/fixtures"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// serveFlags are the flags of rollcall serve.
type serveFlags struct {
	listen     string
	oktaListen string
	data       string
	store      string
	defect     string
	profile    string
	readyFile  string
}

func serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the reference and the fake Okta, to click through or to test against",
		Long: `Serve runs the reference product and a fake Okta, each on a port of its own, until
it is interrupted. The Okta has a small company to play with: its first page lists
people, groups and assignments; signing in asks who you are and for no password.

With --data or --store the reference keeps what it holds, in a file or in a
PostgreSQL database; without, it ends with the program. The password of the database
is better in PGPASSWORD or ~/.pgpass than in the address, which others on the machine
can see. Several may serve one file or one database.`,
		Example: `  rollcall serve
  rollcall serve --listen 127.0.0.1:8080 --okta-listen 127.0.0.1:8081 --data rollcall.db
  rollcall serve --store postgres://rollcall@localhost:5432/rollcall
  rollcall serve --defect sticky-admin --ready-file ready.json`,
		Args: noArguments("see rollcall serve --help"),
		RunE: func(c *cobra.Command, _ []string) error {
			return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:0", "`host:port` of the reference; port 0 chooses a free one")
	flags.StringVar(&f.oktaListen, "okta-listen", "127.0.0.1:0", "`host:port` of the fake Okta")
	flags.StringVar(&f.data, "data", "", "keep the reference's data in this `file`")
	flags.StringVar(&f.store, "store", "", "keep the reference's data in the PostgreSQL database at this `address`")
	flags.StringVar(&f.defect, "defect", "", "build this `name`d defect into the reference")
	flags.StringVar(&f.profile, "profile", "", "set the reference to the `profile` of this name, or in this file")
	flags.StringVar(&f.readyFile, "ready-file", "", "write the addresses as JSON to this `file` once everything answers")
	complete(c, "defect", bundled.Defects)
	complete(c, "profile", fixtures.ProfileNames)
	return c
}

func (f serveFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	if f.defect != "" && !slices.Contains(bundled.Defects(), f.defect) {
		return verify.NewUnknown("defect", f.defect, bundled.Defects())
	}
	data, err := f.keptIn()
	if err != nil {
		return err
	}
	declared, err := declaredProfile(f.profile)
	if err != nil {
		return err
	}
	var ready readiness
	files := outputs{{flag: "ready-file", path: f.readyFile, secret: true, render: func(w io.Writer) error { return ready.write(w) }}}
	if err := files.ready(stdout); err != nil {
		return err
	}
	defer files.discard()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	okta, err := bundled.Listen(ctx, f.oktaListen)
	if err != nil {
		return err
	}
	defer func() { _ = okta.Close() }()
	product, err := bundled.Start(ctx, bundled.Options{
		Defect: f.defect, Profile: declared, Data: data, Listen: f.listen, OktaURL: "http://" + okta.Addr().String(),
	})
	if err != nil {
		return err
	}
	stage, err := play(ctx, okta, product)
	if err == nil {
		ready = readinessOf(product.Target)
		ready.OktaAPI, ready.OktaAPIToken, ready.OktaApp = ready.IdPURL+"/api/v1", stage.token, stage.app
		err = errors.Join(files.write(), ready.print(files.forPeople(stdout, stderr)))
	}
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-stage.failed:
		}
	}
	return errors.Join(err, product.Close())
}

// keptIn is the file or the address that keeps the data, empty where nothing does.
func (f serveFlags) keptIn() (string, error) {
	if f.data != "" && f.store != "" {
		return "", errors.New("--data keeps the data in a file and --store in a database: give one of them")
	}
	if err := checkStore(f.store); err != nil {
		return "", err
	}
	return f.data + f.store, nil
}

// readiness is what a program needs to know to start: the ready file.
type readiness struct {
	SCIMBaseURL    string `json:"scim_base_url"`
	SCIMToken      string `json:"scim_token"`
	SignInURL      string `json:"sign_in_url"`
	ACSURL         string `json:"acs_url"`
	SPMetadataURL  string `json:"sp_metadata_url"`
	IdPMetadataURL string `json:"idp_metadata_url"`
	IdPURL         string `json:"idp_url"`
	ProbeURL       string `json:"probe_url"`
	ProbeToken     string `json:"probe_token"`
	Organization   string `json:"organization"`
	OktaAPI        string `json:"okta_api"`
	OktaAPIToken   string `json:"okta_api_token"`
	OktaApp        string `json:"okta_app"` // the id of the product's app
}

func readinessOf(t target.Target) readiness {
	c := t.Connection()
	r := readiness{
		SCIMBaseURL: c.SCIM.BaseURL, SCIMToken: c.SCIM.Token,
		SignInURL: c.SAML.SignIn, ACSURL: c.SAML.ACS, SPMetadataURL: c.SAML.Metadata,
		IdPURL: c.Okta.BaseURL, Organization: c.Organization,
	}
	if identity, err := c.Okta.Identity(); err == nil {
		r.IdPMetadataURL = identity.MetadataURL
	}
	if t.Probe != nil {
		r.ProbeURL, r.ProbeToken = t.Probe.HTTP.URL, t.Probe.HTTP.Token
	}
	return r
}

func (r readiness) write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// print says where to click. Tokens are in the ready file and on the product's
// settings page, not on the terminal.
func (r readiness) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"sign in to the product", r.SignInURL},
		{"the fake Okta", r.IdPURL},
		{"SCIM base URL", r.SCIMBaseURL},
		{"service provider metadata", r.SPMetadataURL},
		{"identity provider metadata", r.IdPMetadataURL},
		{"probe", r.ProbeURL},
	} {
		if _, err := fmt.Fprintf(table, "%s\t%s\n", row[0], row[1]); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(table, "\nCtrl-C ends it"); err != nil {
		return err
	}
	return table.Flush()
}
