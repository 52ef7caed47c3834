package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall.example/simulator/kept"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

type initFlags struct {
	draft  verify.Draft
	output string
	force  bool
	schema bool
}

func initCommand() *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a target file, after asking the product what it can",
		Long: `Init writes a target file with comments, and its JSON Schema for editors beside it.
It asks the SCIM endpoint what it has (ServiceProviderConfig, ResourceTypes, Schemas, and
reads that change nothing), lists those features with the reason, and reads the
service provider's metadata; what does not answer stays as it was told. It changes
nothing at the product, and overwrites no file without --force.

A product that is not on this machine has to trust an identity of its own to test
sign-in: where there is none yet, init makes one, as rollcall idp init does, with
--logout where the service provider's metadata says that it takes logout messages.`,
		Example: `  rollcall init --scim-url https://acme.test/scim/v2 --scim-token-env ACME_SCIM_TOKEN
  rollcall init --scim-url https://acme.test/scim/v2 --sp-metadata https://acme.test/saml/metadata \
    --sign-in https://acme.test/sso --whoami https://acme.test/api/me
  rollcall init --schema > rollcall.schema.json`,
		Args: noArguments("name what is known of the product with flags"),
		RunE: func(c *cobra.Command, _ []string) error {
			return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.draft.Name, "name", "", "what reports `call` the product")
	flags.StringVar(&f.draft.SCIMURL, "scim-url", "", "the product's SCIM endpoint has this base `URL`")
	flags.StringVar(&f.draft.TokenEnv, "scim-token-env", "ROLLCALL_SCIM_TOKEN", "name of the environment `variable` that holds its token")
	flags.StringVar(&f.draft.SPMetadata, "sp-metadata", "", "the service provider's metadata is at this `address`, or in this file")
	flags.StringVar(&f.draft.SignIn, "sign-in", "", "a person starts to sign in at this `URL`")
	flags.StringVar(&f.draft.WhoAmI, "whoami", "", "this `URL` answers JSON with the e-mail address of whoever is in")
	flags.StringVar(&f.draft.IdP, "idp", "", "keep the identity that the product trusts in this `directory`")
	flags.StringVarP(&f.output, "output", "o", targetFile, "write to this `file`; - for standard output")
	flags.BoolVar(&f.force, "force", false, "overwrite files that are there")
	flags.BoolVar(&f.schema, "schema", false, "print the JSON Schema of target files, and do nothing else")
	return c
}

func (f initFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	if f.schema {
		schema, err := target.Schema()
		if err == nil {
			_, err = stdout.Write(schema)
		}
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	f.draft.Ask(ctx)
	for _, came := range f.draft.Learned.Asked {
		_, _ = fmt.Fprintln(stderr, "rollcall: asked "+report.OneLine(came))
	}
	if f.draft.IdP == "" && f.needsIdentity() {
		f.draft.IdP = "./idp"
	}
	if f.output == standardOutput {
		text, err := f.draft.Text()
		if err == nil {
			_, err = stdout.Write(text)
		}
		return err
	}
	return f.write(stdout)
}

func (f *initFlags) check() error {
	if err := f.draft.Check(); err != nil {
		return hinted(err, "give --scim-url, --sp-metadata or both")
	}
	if os.Getenv(f.draft.TokenEnv) != "" || !variableName.MatchString(f.draft.TokenEnv) {
		if _, err := tokenIn(f.draft.TokenEnv); err != nil {
			return err
		}
	}
	if f.output == standardOutput || f.force {
		return nil
	}
	if _, err := os.Stat(f.output); err == nil {
		return hinted(fmt.Errorf("%s is there already", f.output), "name another file with --output, or overwrite it with --force")
	}
	return nil
}

// needsIdentity says whether the product would have to trust a key that everybody
// has.
func (f initFlags) needsIdentity() bool {
	if f.draft.SPMetadata == "" {
		return false
	}
	addresses := []string{f.draft.SPMetadata, f.draft.SignIn, f.draft.Learned.ACS}
	return slices.ContainsFunc(addresses, func(address string) bool {
		return strings.Contains(address, "://") && !target.OnLoopback(address)
	})
}

// write writes what there is to write and says so.
func (f initFlags) write(stdout io.Writer) error {
	dir := filepath.Dir(f.output)
	f.draft.Schema = target.SchemaFile
	text, err := f.draft.Within(dir).Text()
	if err != nil {
		return err
	}
	schema, err := target.Schema()
	if err != nil {
		return err
	}
	if err := f.identity(stdout, dir); err != nil {
		return err
	}
	if err := errors.Join(place(f.output, text, f.force), place(filepath.Join(dir, target.SchemaFile), schema, true)); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "wrote %s, and %s for editors\n", f.output, target.SchemaFile)
	if f.draft.SCIMURL != "" && os.Getenv(f.draft.TokenEnv) == "" {
		_, _ = fmt.Fprintf(stdout, "set the environment variable %s to the SCIM token\n", f.draft.TokenEnv)
	}
	_, err = fmt.Fprintf(stdout, "next: rollcall doctor --target %s\n", report.ShellWord(f.output))
	return err
}

// identity makes the identity that the draft names, unless it is there.
func (f initFlags) identity(stdout io.Writer, dir string) error {
	path := f.draft.IdP
	if path == "" {
		return nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	var missing *kept.Missing
	if _, err := kept.Open(path, time.Now()); err == nil || !errors.As(err, &missing) {
		return err
	}
	if _, err := kept.Init(path, kept.Names{Subdomain: "rollcall", App: "Rollcall", SingleLogout: f.draft.Learned.Logout}, time.Now()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "made an identity: give %s to the product\n", filepath.Join(path, "metadata.xml"))
	return err
}

// place puts a file in its place, whole or not at all. One that is there stays, unless
// it may be overwritten.
func place(path string, text []byte, over bool) error {
	if _, err := os.Stat(path); err == nil && !over {
		return fmt.Errorf("%s is there already", path)
	}
	file := &output{flag: "output", path: path, render: func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}}
	if err := file.ready(io.Discard); err != nil {
		return err
	}
	defer file.discard()
	return file.write()
}
