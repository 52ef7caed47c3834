package shapes

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

const wsClaims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

// dialects are the shapes of identity providers that are met most, as far as they show in
// what they send. What a product is told to read keeps its name; the rest is theirs.
var dialects = []Shape{
	{Row: "POS-40", Proves: "dialects", Name: "okta", Summary: "in Okta's shape", Sign: []idp.Signing{idp.SignBoth}},
	{Row: "POS-40", Proves: "dialects", Name: "entra", Summary: "in the shape of Microsoft Entra ID", Sign: []idp.Signing{idp.SignAssertion},
		Says: stating(
			idp.Attribute{Name: "http://schemas.microsoft.com/identity/claims/tenantid", Values: []string{"5f2f2c1e-0000-4000-8000-000000000001"}},
			idp.Attribute{Name: "http://schemas.microsoft.com/claims/authnmethodsreferences", Values: []string{"http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password", "http://schemas.microsoft.com/claims/multipleauthn"}},
			idp.Attribute{Name: wsClaims + "givenname", Values: []string{"Han"}}),
		Written: idp.Shape{
			Protocol: "samlp", Assertion: idp.DefaultNamespace, ID: "_########-####-4###-8###-############", ValueType: idp.Untyped, Prolog: idp.NoProlog,
			Style:  idp.Style{Prefix: idp.DefaultNamespace, Wrap: -1},
			Writes: then(plainIssuers, each(without("NameFormat")), assertion(last("AuthnStatement")), sessionIsAssertion),
		}},
	{Row: "POS-40", Proves: "dialects", Name: "adfs", Summary: "in the shape of AD FS", Sign: []idp.Signing{idp.SignAssertion},
		Says: stating(idp.Attribute{Name: wsClaims + "upn", Values: []string{"hsolo@rollcall.test"}}),
		Written: idp.Shape{
			Protocol: "samlp", Assertion: idp.DefaultNamespace, ID: "_########-####-4###-8###-############", ValueType: idp.Untyped, Prolog: idp.NoProlog,
			Style: idp.Style{Wrap: -1},
			Writes: then(plainIssuers, response(with("Consent", "urn:oasis:names:tc:SAML:2.0:consent:unspecified")),
				each(without("NameFormat")), assertion(last("AuthnStatement")), sessionIsAssertion),
		}},
	{Row: "POS-40", Proves: "dialects", Name: "google", Summary: "in the shape of Google Workspace", Sign: []idp.Signing{idp.SignResponse},
		Written: idp.Shape{
			Protocol: "saml2p", Assertion: "saml2", ID: "_################################", ValueType: "xs:anyType",
			Prolog: `version="1.0" encoding="UTF-8" standalone="no"`,
			Style:  idp.Style{KeyInfo: []string{idp.X509SubjectName, idp.X509Certificate}},
			Writes: then(plainIssuers, each(without("NameFormat")),
				at("AuthnStatement/AuthnContext/AuthnContextClassRef", text("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified")), sessionIsAssertion),
		}},
	{Row: "POS-40", Proves: "dialects", Name: "onelogin", Summary: "in the shape of OneLogin", Sign: []idp.Signing{idp.SignAssertion},
		Says: basic,
		Written: idp.Shape{
			Protocol: "samlp", Assertion: "saml", OnRoot: true, ID: "pfx########-####-####-####-############", Instants: "2006-01-02T15:04:05Z", Prolog: idp.NoProlog,
			Style:  idp.Style{Wrap: -1},
			Writes: then(plainIssuers, hoursOfSession("2006-01-02T15:04:05Z")),
		}},
	{Row: "POS-40", Proves: "dialects", Name: "ping", Summary: "in the shape of PingFederate", Sign: []idp.Signing{idp.SignResponse},
		Says: basic,
		Written: idp.Shape{
			Protocol: "samlp", Assertion: "saml", ID: "Zk.##########-########.########", Prolog: idp.NoProlog,
			Style:  idp.Style{Wrap: 76, Padded: true, KeyInfo: []string{idp.X509Certificate, idp.KeyValue}},
			Writes: plainIssuers,
		}},
	{Row: "POS-40", Proves: "dialects", Name: "shibboleth", Summary: "in the shape of Shibboleth", Sign: []idp.Signing{idp.SignBoth},
		Says: func(c *idp.Claims) {
			opaque(idp.FormatPersistent, 48)(c)
			for i := range c.Attributes {
				c.Attributes[i].NameFormat = idp.NameFormatURI
			}
		},
		Written: idp.Shape{
			Protocol: "saml2p", Assertion: "saml2", ID: "_################################",
			Style:  idp.Style{PrefixList: "xs", Wrap: 76, Padded: true},
			Writes: then(at("AuthnStatement", before("AuthnContext", `<{p}SubjectLocality Address="127.0.0.1"/>`)), each(with("FriendlyName", "shown"))),
		}},
	{Row: "POS-40", Proves: "dialects", Name: "keycloak", Summary: "in the shape of Keycloak", Sign: []idp.Signing{idp.SignBoth},
		Says: basic,
		Written: idp.Shape{
			Protocol: "samlp", Assertion: "saml", OnRoot: true, ID: "ID_########-####-4###-8###-############", Prolog: idp.NoProlog,
			Style: idp.Style{Prefix: "dsig", Wrap: -1, KeyInfo: []string{idp.KeyName, idp.X509Certificate, idp.KeyValue}},
			Writes: then(plainIssuers, assertion(with("xmlns", assertionNamespace)), hoursOfSession("2006-01-02T15:04:05.000Z"),
				at("AuthnStatement/AuthnContext/AuthnContextClassRef", text("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"))),
		}},
}

// plainIssuers takes the format off both issuers.
var plainIssuers = then(
	response(func(el *etree.Element) { el.SelectElement("Issuer").RemoveAttr("Format") }),
	at("Issuer", without("Format")))

// sessionIsAssertion names the session after the assertion.
func sessionIsAssertion(d *idp.Draft) error {
	return at("AuthnStatement", with("SessionIndex", d.Assertion.SelectAttrValue("ID", "")))(d)
}

// basic gives every attribute the name format basic.
func basic(c *idp.Claims) {
	c.Attributes = append([]idp.Attribute{}, c.Attributes...)
	for i := range c.Attributes {
		c.Attributes[i].NameFormat = idp.NameFormatBasic
	}
}
