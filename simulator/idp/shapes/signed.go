package shapes

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// signed are about what is signed, and by which algorithms.
var signed = []Shape{
	{Row: "POS-01", Proves: "assertion-signed", Name: "assertion-signed", Summary: "in which the assertion is signed", Sign: []idp.Signing{idp.SignAssertion}},
	{Row: "POS-02", Proves: "response-signed", Name: "response-signed", Summary: "that is signed as a whole", Sign: []idp.Signing{idp.SignResponse}},
	{Row: "POS-03", Proves: "both-signed", Name: "both-signed", Summary: "that is signed, and its assertion too", Sign: []idp.Signing{idp.SignBoth}},

	{Row: "POS-17", Proves: "rsa-sha2", Name: "rsa-sha384", Summary: "signed by RSA with SHA-384", Written: styled(idp.Style{Algorithm: idp.RSASHA384})},
	{Row: "POS-17", Proves: "rsa-sha2", Name: "rsa-sha512", Summary: "signed by RSA with SHA-512", Written: styled(idp.Style{Algorithm: idp.RSASHA512})},
	{Row: "POS-17", Proves: "rsa-sha2", Name: "digest-sha512", Summary: "signed by RSA with SHA-256 over digests of SHA-512", Written: styled(idp.Style{Digest: idp.SHA512})},
	{Row: "POS-17", Proves: "pss", Name: "pss-sha256", Summary: "signed by RSA-PSS with SHA-256", Written: styled(idp.Style{Algorithm: idp.RSAPSSSHA256})},
	{Row: "POS-17", Proves: "pss", Name: "pss-sha512", Summary: "signed by RSA-PSS with SHA-512", Written: styled(idp.Style{Algorithm: idp.RSAPSSSHA512})},

	{Row: "POS-15", Proves: "key-info", Name: "no-key-info", Summary: "that says nothing of its key", Written: styled(idp.Style{KeyInfo: []string{}})},
	{Row: "POS-15", Proves: "key-info", Name: "key-name", Summary: "that names its key and shows no certificate", Written: styled(idp.Style{KeyInfo: []string{idp.KeyName}})},
	{Row: "POS-15", Proves: "key-info", Name: "key-value", Summary: "that shows its key beside the certificate", Written: styled(idp.Style{KeyInfo: []string{idp.KeyValue, idp.X509Certificate}})},
	{Row: "POS-15", Proves: "key-info", Name: "issuer-serial", Summary: "that describes its certificate before it shows it",
		Written: styled(idp.Style{KeyInfo: []string{idp.X509SubjectName, idp.X509IssuerSerial, idp.X509Certificate}})},
}

// canonicalized are about canonicalization and its prefix lists.
var canonicalized = []Shape{
	{Row: "POS-10", Proves: "prefix-list", Name: "list-xs", Summary: "with xs in the prefix list", Written: styled(idp.Style{PrefixList: "xs"})},
	{Row: "POS-10", Proves: "prefix-list", Name: "list-default", Summary: "with the default namespace in the prefix list", Written: styled(idp.Style{PrefixList: "#default xs xsi"})},
	{Row: "POS-10", Proves: "prefix-list", Name: "list-empty", Summary: "with a prefix list that is empty", Written: styled(idp.Style{PrefixList: " "})},
	{Row: "POS-10", Proves: "prefix-list", Name: "list-of-info", Summary: "with a prefix list for the signature's own part too", Written: styled(idp.Style{PrefixList: "xs", InfoPrefixList: "saml2p"})},

	{Row: "POS-08", Proves: "canonicalization", Name: "exclusive-with-comments", Summary: "canonicalized exclusively with comments",
		Written: styled(idp.Style{Canonicalization: idp.ExclusiveWithComments, Transform: idp.ExclusiveWithComments})},
	{Row: "POS-08", Proves: "canonicalization", Name: "inclusive", Summary: "canonicalized inclusively",
		Written: styled(idp.Style{Canonicalization: idp.Inclusive, Transform: idp.Inclusive})},
	{Row: "POS-08", Proves: "canonicalization", Name: "inclusive-eleven", Summary: "canonicalized by Canonical XML 1.1",
		Written: styled(idp.Style{Canonicalization: idp.Inclusive11, Transform: idp.Inclusive11})},
	{Row: "POS-08", Proves: "canonicalization", Name: "mixed", Summary: "canonicalized exclusively, and its signature inclusively", Written: styled(idp.Style{Canonicalization: idp.Inclusive})},
	{Row: "POS-08", Proves: "exclusive", Name: "exclusive", Summary: "that declares more on its root than its assertion uses", Sign: []idp.Signing{idp.SignAssertion},
		Written: idp.Shape{Protocol: "samlp", Assertion: "saml", OnRoot: true, Writes: response(with("xmlns:unused", "urn:rollcall:unused"))}},

	{Row: "POS-35", Proves: "namespaces", Name: "inherited", Summary: "whose assertion inherits its namespaces", Sign: []idp.Signing{idp.SignAssertion},
		Written: idp.Shape{Protocol: "samlp", Assertion: "saml", OnRoot: true, Writes: then(
			assertion(func(a *etree.Element) { a.RemoveAttr("xmlns:xs") }),
			response(with("xmlns:xs", "http://www.w3.org/2001/XMLSchema")))}},
	{Row: "POS-35", Proves: "namespaces", Name: "unused", Summary: "that declares namespaces which nothing uses",
		Written: idp.Shape{Writes: then(response(with("xmlns:soap", "http://schemas.xmlsoap.org/soap/envelope/")), assertion(with("xmlns:wsu", "urn:rollcall:unused")))}},
}

const (
	assertionNamespace = "urn:oasis:names:tc:SAML:2.0:assertion"
	protocolNamespace  = "urn:oasis:names:tc:SAML:2.0:protocol"
)

func styled(style idp.Style) idp.Shape { return idp.Shape{Style: style} }
