package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"rollcall.example/simulator/kept"
)

func idpCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "idp",
		Short: "Keep the identity that signs for a product of yours",
		Long: `A product that is not on this machine needs an identity provider to trust: a key
that only you have, under names that stay the same, so that its metadata is
uploaded once. A directory keeps it; name it in the target file as idp: DIR.`,
		Example: `  rollcall idp init ./idp --subdomain acme
  rollcall idp metadata ./idp -o okta.xml
  rollcall idp rotate ./idp
  rollcall idp rotate ./idp --finish
  rollcall idp logout ./idp`,
		Args: noArguments("the commands are init, metadata, rotate and logout"),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(idpInitCommand(), idpMetadataCommand(), idpRotateCommand(), idpLogoutCommand())
	return c
}

func idpInitCommand() *cobra.Command {
	names := kept.Names{}
	c := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a key, a certificate for ten years and the metadata to upload",
		Long: `Init makes DIR with an RSA key that only you can read, a certificate over it and
the metadata to upload to the product, and prints what a form without an upload
asks for. What is there already is never overwritten.

A product with single logout is told where its messages go with --logout, as Okta
tells it where an administrator switched that on; rollcall idp logout does it later.`,
		Args: oneDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			made, err := kept.Init(args[0], names, time.Now())
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(c.OutOrStdout(), "An identity is kept in %s. Upload %s to the product, or fill in its form:\n\n",
				args[0], filepath.Join(args[0], "metadata.xml"))
			if err := pasted(c.OutOrStdout(), made); err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "\nThen say idp: %s in the target file. Keep %s to yourself.\n", args[0], filepath.Join(args[0], "key-1.pem"))
			return err
		},
	}
	flags := c.Flags()
	flags.StringVar(&names.Subdomain, "subdomain", "rollcall", "`name` of the tenant, as acme in acme.okta.com")
	flags.StringVar(&names.App, "app", "Rollcall", "`label` of the app in the tenant")
	flags.StringVar(&names.BaseURL, "base-url", "", "`URL` at which the tenant is said to answer (default https://SUBDOMAIN.okta.test, where nobody does: the harness is the browser)")
	flags.BoolVar(&names.SingleLogout, "logout", false, "say in the metadata where logout messages go (saml.logout, saml.sign-out)")
	return c
}

func idpMetadataCommand() *cobra.Command {
	out := &output{flag: "output"}
	c := &cobra.Command{
		Use:   "metadata DIR",
		Short: "Print the metadata to upload to the product",
		Args:  oneDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			identity, err := kept.Open(args[0], time.Now())
			if err != nil {
				return err
			}
			out.render = func(w io.Writer) error {
				_, err := w.Write(append(bytes.TrimRight(identity.Metadata(), "\n"), '\n'))
				return err
			}
			out.path = cmp.Or(out.path, standardOutput)
			if err := out.ready(c.OutOrStdout()); err != nil {
				return err
			}
			defer out.discard()
			return out.write()
		},
	}
	c.Flags().StringVarP(&out.path, "output", "o", "", "write it to this `file` instead of standard output")
	return c
}

func idpRotateCommand() *cobra.Command {
	var finish bool
	c := &cobra.Command{
		Use:   "rotate DIR",
		Short: "Replace the key, in two steps",
		Long: `Rotate makes the next key, and metadata that shows both certificates: upload it to
the product. The key in use goes on signing until rotate --finish, which drops it
and lets the next one sign; upload the metadata once more then.`,
		Args: oneDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			step, said := kept.Rotate, "The next key is made; the one in use signs until rollcall idp rotate %s --finish.\nUpload %s, which shows both certificates:\n\n"
			if finish {
				step, said = kept.Finish, "The next key signs now in %s; the one before is gone.\nUpload %s, which shows its certificate alone:\n\n"
			}
			identity, err := step(args[0], time.Now())
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(c.OutOrStdout(), said, args[0], filepath.Join(args[0], "metadata.xml"))
			return pasted(c.OutOrStdout(), identity)
		},
	}
	c.Flags().BoolVar(&finish, "finish", false, "let the next key sign, and drop the one before")
	return c
}

func idpLogoutCommand() *cobra.Command {
	var off bool
	c := &cobra.Command{
		Use:   "logout DIR",
		Short: "Say in the metadata where logout messages go",
		Long: `Logout switches single logout on: the metadata then names the address that takes
logout messages, by HTTP-Redirect and HTTP-POST. A product needs it for what the
features saml.logout and saml.sign-out declare. Upload the metadata once more then. The
keys stay as they are.`,
		Args: oneDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			identity, err := kept.SetLogout(args[0], !off, time.Now())
			if err != nil {
				return err
			}
			said := "The metadata says where logout messages go. Upload %s once more:\n\n"
			if off {
				said = "The metadata says nothing of logout. Upload %s once more:\n\n"
			}
			_, _ = fmt.Fprintf(c.OutOrStdout(), said, filepath.Join(args[0], "metadata.xml"))
			return pasted(c.OutOrStdout(), identity)
		},
	}
	c.Flags().BoolVar(&off, "off", false, "switch it off again")
	return c
}

// oneDirectory takes the one argument of these commands.
func oneDirectory(c *cobra.Command, args []string) error {
	if len(args) == 1 && args[0] != "" {
		return nil
	}
	return hinted(fmt.Errorf("%s takes one directory, and got %d arguments", c.CommandPath(), len(args)), "as in "+c.CommandPath()+" ./idp")
}

// pasted prints what the form of a service provider asks for.
func pasted(w io.Writer, identity kept.Identity) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "  SSO URL\t%s\n", identity.SSOURL)
	if identity.Logout {
		_, _ = fmt.Fprintf(table, "  SLO URL\t%s\n", identity.SLOURL)
	}
	_, _ = fmt.Fprintf(table, "  Issuer (entity id)\t%s\n", identity.EntityID)
	_, _ = fmt.Fprintf(table, "  Certificate\t%s\n", identity.CertificateFile)
	_, _ = fmt.Fprintf(table, "  Certificate (SHA-256)\t%s\n", fingerprint(identity.Certificate))
	if identity.Next != nil {
		_, _ = fmt.Fprintf(table, "  Next one (SHA-256)\t%s\n", fingerprint(identity.Next))
	}
	_, _ = fmt.Fprintf(table, "  Valid until\t%s\n", identity.Certificate.NotAfter.UTC().Format(time.DateOnly))
	return table.Flush()
}

func fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return strings.TrimSuffix(strings.ToUpper(strings.ReplaceAll(fmt.Sprintf("% x", sum), " ", ":")), ":")
}
