package saml_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	_ "crypto/sha1" // makes SHA-1 available to the signer, so that it can be refused
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference/saml"
)

// bad is one fault in an otherwise good message. edit works before the message is
// signed, post after; arrival changes the circumstances. modes are those in which
// the named check refuses; all three when empty.
type bad struct {
	name    string
	check   string
	reason  string // part of it, where the check alone would not tell why
	edit    func(t testing.TB, l *letter)
	post    func(t testing.TB, xml string) string
	arrival func(t testing.TB, a *saml.Arrival)
	signer  *signer
	modes   []mode
}

func (b bad) arrive(t testing.TB, m mode) saml.Arrival {
	t.Helper()
	l := oktaLetter(requestID, true)
	if b.edit != nil {
		b.edit(t, &l)
	}
	s := signer{prefixes: "xs"}
	if b.signer != nil {
		s = *b.signer
	}
	xml := signXML(t, l.xml(), m, s)
	if b.post != nil {
		xml = b.post(t, xml)
	}
	a := arrival(t, xml)
	if b.arrival != nil {
		b.arrival(t, &a)
	}
	return a
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for _, table := range [][]bad{transportFaults, documentFaults, envelopeFaults, signatureFaults, keyFaults, subjectFaults, conditionFaults, authnFaults} {
		for _, b := range table {
			t.Run(b.check+"/"+b.name, func(t *testing.T) {
				t.Parallel()
				for name, m := range modes {
					if len(b.modes) > 0 && !contains(b.modes, m) {
						continue
					}
					t.Run(name, func(t *testing.T) { refusedFor(t, b.arrive(t, m), b.check, b.reason) })
				}
			})
		}
	}
}

func contains(modes []mode, m mode) bool {
	for _, other := range modes {
		if other == m {
			return true
		}
	}
	return false
}

// in replaces the first occurrence in one part of the letter.
func in(part func(l *letter) *string, old, with string) func(testing.TB, *letter) {
	return func(t testing.TB, l *letter) { *part(l) = swap(t, *part(l), old, with) }
}

// out replaces the first occurrence after signing.
func out(old, with string) func(testing.TB, string) string {
	return func(t testing.TB, xml string) string { return swap(t, xml, old, with) }
}

func subject(l *letter) *string       { return &l.subject }
func conditions(l *letter) *string    { return &l.conditions }
func authn(l *letter) *string         { return &l.authn }
func attributes(l *letter) *string    { return &l.attributes }
func assertionHead(l *letter) *string { return &l.assertion }
func responseHead(l *letter) *string  { return &l.responseAttributes }
func responseBody(l *letter) *string  { return &l.response }

// whole posts a text of its own instead of the message.
func whole(text string) func(testing.TB, string) string {
	return func(testing.TB, string) string { return text }
}

// field puts a text of its own into the form field.
func field(make func(encoded string) string) func(testing.TB, *saml.Arrival) {
	return func(_ testing.TB, a *saml.Arrival) { a.Encoded = make(a.Encoded) }
}

var transportFaults = []bad{
	{name: "nothing", check: "encoding", arrival: field(func(string) string { return "" })},
	{name: "not base64", check: "encoding", arrival: field(func(s string) string { return s[:100] + "$" + s[100:] })},
	{name: "URL alphabet", check: "encoding", arrival: field(func(string) string { return base64.URLEncoding.EncodeToString([]byte{0xff, 0xfe, 0xfb}) })},
	{name: "truncated base64", check: "encoding", arrival: field(func(s string) string { return strings.TrimRight(s, "=")[:len(s)-7] })},
	{name: "bits left over", check: "encoding", arrival: field(func(string) string { return "QR==" })},
	{name: "10 MB", check: "encoding", reason: "characters", arrival: field(func(string) string { return strings.Repeat("QUJD", 10<<20/3) })},
	{name: "just over a megabyte", check: "encoding", arrival: field(func(string) string { return encode(strings.Repeat(" ", 1<<20+1)) })},
	{name: "deflated", check: "document", arrival: field(func(string) string { return base64.StdEncoding.EncodeToString([]byte{0x4b, 0x4c, 0x4a, 0x06, 0x00}) })},
	{name: "random bytes", check: "document", arrival: field(func(string) string {
		noise := make([]byte, 3000)
		_, _ = rand.Read(noise)
		return base64.StdEncoding.EncodeToString(noise)
	})},
}

const rootTag = "<saml2p:Response "

var documentFaults = []bad{
	{name: "empty", check: "document", post: whole(" ")},
	{name: "text", check: "document", post: whole("hello")},
	{name: "truncated", check: "document", post: func(_ testing.TB, xml string) string { return xml[:len(xml)-200] }},
	{name: "two roots", check: "document", post: func(_ testing.TB, xml string) string { return xml + "<a/>" }},
	{name: "two responses", check: "document", post: func(_ testing.TB, xml string) string { return xml + from(xml, rootTag) }},
	{name: "text behind the root", check: "document", post: func(_ testing.TB, xml string) string { return xml + "x" }},
	{name: "text before the root", check: "document", post: out(rootTag, "x"+rootTag)},
	{name: "end tag missing", check: "document", post: out("</saml2p:Response>", "")},
	{name: "end tag of another prefix", check: "document", post: out("</saml2p:Response>", "</saml2:Response>")},
	{name: "document type", check: "document", post: out(rootTag, "<!DOCTYPE Response>"+rootTag)},
	{name: "document type with entity", check: "document", post: out(rootTag, `<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]>`+rootTag)},
	{name: "entity in use", check: "document", post: out(honest, "&e;")},
	{name: "declaration inside", check: "document", post: out("<saml2:NameID", "<!ELEMENT x ANY><saml2:NameID")},
	{name: "processing instruction before", check: "document", post: out(rootTag, `<?xml-stylesheet href="http://evil.example"?>`+rootTag)},
	{name: "processing instruction in NameID", check: "document", post: out(honest, "han<?p?>.solo@falcon.example")},
	{name: "XML declaration that is not first", check: "document", post: out("<?xml", " <?xml")},
	{name: "XML 1.1", check: "document", post: out(`version="1.0" e`, `version="1.1" e`)},
	{name: "strange XML declaration", check: "document", post: out(`encoding="UTF-8"`, `encoding="UTF-8" standalone="maybe"`)},
	{name: "declares ISO-8859-1", check: "document", post: out("UTF-8", "ISO-8859-1")},
	{name: "UTF-16", check: "document", post: func(_ testing.TB, xml string) string {
		var b strings.Builder
		b.WriteString("\xff\xfe")
		for i := range len(xml) {
			b.WriteByte(xml[i])
			b.WriteByte(0)
		}
		return b.String()
	}},
	{name: "invalid UTF-8", check: "document", post: out(honest, "han\xff@falcon.example")},
	{name: "overlong UTF-8", check: "document", post: out(honest, "han\xc0\xae@falcon.example")},
	{name: "NUL byte", check: "document", post: out(honest, honest+"\x00")},
	{name: "NUL reference", check: "document", post: out(honest, honest+"&#0;")},
	{name: "control character", check: "document", post: out(honest, "\x01"+honest)},
	{name: "duplicate attribute", check: "document", post: out(` Version="2.0" xmlns:saml2p`, ` Version="2.0" Version="2.0" xmlns:saml2p`)},
	{name: "duplicate ID attribute", check: "document", post: out(` ID="id1234567890123456"`, ` ID="id1234567890123456" ID="evil"`)},
	{name: "duplicate attribute by namespace", check: "document", post: out(rootTag, rootTag+`xmlns:a="urn:x" xmlns:b="urn:x" a:v="1" b:v="1" `)},
	{name: "duplicate namespace declaration", check: "document", post: out(rootTag, rootTag+`xmlns:saml2p="urn:evil" `)},
	{name: "undeclared prefix", check: "document", post: out(rootTag, rootTag+`x:y="1" `)},
	{name: "undeclared element prefix", check: "document", post: out("<saml2:NameID", "<x:y/><saml2:NameID")},
	{name: "name of colons", check: "document", post: out("<saml2:NameID", "<:y/><saml2:NameID")},
	{name: "attribute of colons", check: "document", post: out(rootTag, rootTag+`a:b:c="1" `)},
	{name: "prefix undeclared", check: "document", post: out(rootTag, rootTag+`xmlns:x="" `)},
	{name: "prefix xml declared anew", check: "document", post: out(rootTag, rootTag+`xmlns:xml="urn:x" `)},
	{name: "relative namespace", check: "document", post: out(rootTag, rootTag+`xmlns:x="1" `)},
	{name: "namespace with a space", check: "document", post: out(rootTag, rootTag+`xmlns:x="http://a b" `)},
	{name: "namespace beyond ASCII", check: "document", post: out(rootTag, rootTag+"xmlns:x=\"http://example.com\u0080\" ")},
	{name: "duplicate ID", check: "document", post: out("<saml2:NameID", `<x ID="id1234567890654321"/><saml2:NameID`)},
	{name: "duplicate ID as Id", check: "document", post: out("<saml2:NameID", `<x Id="id1234567890654321"/><saml2:NameID`)},
	{name: "duplicate ID as xml:id", check: "document", post: out("<saml2:NameID", `<x xml:id="id1234567890654321"/><saml2:NameID`)},
	{name: "deep nesting", check: "document", post: whole(strings.Repeat("<a>", 10_000) + strings.Repeat("</a>", 10_000))},
	{name: "deep nesting inside", check: "document", post: out("<saml2:NameID", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)+"<saml2:NameID")},
	{name: "many elements", check: "document", post: out("<saml2:NameID", strings.Repeat("<a/>", 30_000)+"<saml2:NameID")},
	{name: "very many elements", check: "document", post: out("<saml2:NameID", strings.Repeat("<a/>", 200_000)+"<saml2:NameID")},
	{name: "many attributes", check: "document", post: out("<saml2:NameID", "<a "+strings.Repeat(`b="" `, 100_000)+"/><saml2:NameID")},
	{name: "many namespaces", check: "document", post: out("<saml2:NameID", strings.Repeat(`<a xmlns:b="urn:b" xmlns:c="urn:c">`, 40)+strings.Repeat("</a>", 40)+"<saml2:NameID")},
}

const successStatus = "urn:oasis:names:tc:SAML:2.0:status:Success"

var envelopeFaults = []bad{
	{name: "SAML 1.1 namespace", check: "root", post: out(`xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"`, `xmlns:saml2p="urn:oasis:names:tc:SAML:1.0:protocol"`)},
	{name: "another message", check: "root", post: func(_ testing.TB, xml string) string {
		return strings.ReplaceAll(xml, "saml2p:Response", "saml2p:LogoutResponse")
	}},
	{name: "the assertion alone", check: "root", modes: []mode{assertion, both}, post: func(_ testing.TB, xml string) string {
		return xml[strings.Index(xml, "<saml2:Assertion"):strings.LastIndex(xml, "</saml2p:Response>")]
	}},
	{name: "wrapped in another root", check: "root", post: func(_ testing.TB, xml string) string {
		return "<Envelope>" + from(xml, rootTag) + "</Envelope>"
	}},
	{name: "version 1.1", check: "root", edit: in(responseHead, `Version="2.0"`, `Version="1.1"`)},
	{name: "no version", check: "root", edit: in(responseHead, ` Version="2.0"`, ``)},
	{name: "no ID", check: "root", modes: []mode{assertion}, edit: in(responseHead, ` ID="id1234567890123456"`, ``)},
	{name: "ID with a digit first", check: "root", edit: in(responseHead, `ID="id1`, `ID="1`)},
	{name: "ID in a namespace", check: "root", modes: []mode{assertion}, edit: in(responseHead, ` ID=`, ` saml2p:ID=`)},
	{name: "issued at no time", check: "root", edit: in(responseHead, stamp(0), "tomorrow")},
	{name: "issued in no zone", check: "root", edit: in(responseHead, stamp(0), "2026-01-15T12:00:00")},
	{name: "issued in another zone", check: "root", edit: in(responseHead, stamp(0), "2026-01-15T14:00:00+02:00")},
	{name: "responder", check: "status", edit: in(responseBody, successStatus, "urn:oasis:names:tc:SAML:2.0:status:Responder")},
	{name: "success below failure", check: "status", edit: in(responseBody, `<saml2p:StatusCode Value="`+successStatus+`"/>`,
		`<saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><saml2p:StatusCode Value="`+successStatus+`"/></saml2p:StatusCode>`)},
	{name: "two codes", check: "status", edit: in(responseBody, `<saml2p:StatusCode `, `<saml2p:StatusCode Value="urn:x"/><saml2p:StatusCode `)},
	{name: "no code", check: "status", edit: in(responseBody, `<saml2p:StatusCode Value="`+successStatus+`"/>`, "")},
	{name: "two statuses", check: "status", edit: in(responseBody, `<saml2p:Status `, `<saml2p:Status/><saml2p:Status `)},
	{name: "no status", check: "status", edit: func(_ testing.TB, l *letter) { l.response = upTo(l.response, "<saml2p:Status") }},
	{name: "no assertion", check: "one-assertion", modes: []mode{response}, post: func(_ testing.TB, xml string) string {
		return upTo(xml, "<saml2:Assertion") + "</saml2p:Response>"
	}},
	{name: "the assertion elsewhere", check: "one-assertion", modes: []mode{assertion, both}, post: func(t testing.TB, xml string) string {
		return swap(t, swap(t, xml, "<saml2:Assertion ", "<saml2p:Extensions><saml2:Assertion "), "</saml2:Assertion>", "</saml2:Assertion></saml2p:Extensions>")
	}},
	{name: "encrypted beside plain", check: "one-assertion", post: out("<saml2:Assertion", `<saml2:EncryptedAssertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"/><saml2:Assertion`)},
	{name: "another assertion in Advice", check: "one-assertion", edit: in(conditions, `</saml2:Conditions>`, `</saml2:Conditions><saml2:Advice xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:Assertion ID="b"/></saml2:Advice>`)},
	{name: "assertion of SAML 1.1", check: "one-assertion", modes: []mode{response}, post: func(_ testing.TB, xml string) string {
		return strings.ReplaceAll(xml, "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:1.0:assertion")
	}},
	{name: "unknown issuer", check: "issuer", edit: func(_ testing.TB, l *letter) {
		l.response = strings.ReplaceAll(l.response, idpEntity, "http://www.okta.com/exkSomebodyElse")
		l.assertion = strings.ReplaceAll(l.assertion, idpEntity, "http://www.okta.com/exkSomebodyElse")
	}},
	{name: "issuer with a slash more", check: "issuer", edit: func(_ testing.TB, l *letter) {
		l.response = strings.ReplaceAll(l.response, idpEntity, idpEntity+"/")
		l.assertion = strings.ReplaceAll(l.assertion, idpEntity, idpEntity+"/")
	}},
	{name: "issuers differ", check: "issuer", edit: in(responseBody, idpEntity, "https://second.example/idp")},
	{name: "issuer of another format", check: "issuer", edit: in(assertionHead, "nameid-format:entity", "nameid-format:persistent")},
	{name: "two issuers", check: "issuer", edit: in(assertionHead, "<saml2:Issuer ", "<saml2:Issuer>x</saml2:Issuer><saml2:Issuer ")},
	{name: "assertion without issuer", check: "issuer", edit: func(_ testing.TB, l *letter) { l.assertion = upTo(l.assertion, "<saml2:Issuer") },
		signer: &signer{position: func(el, signature *etree.Element) { el.InsertChildAt(0, signature) }}},
	{name: "no name, and a provider without one", check: "issuer", edit: func(_ testing.TB, l *letter) {
		l.response = strings.ReplaceAll(l.response, idpEntity, "")
		l.assertion = strings.ReplaceAll(l.assertion, idpEntity, "")
	}, arrival: func(_ testing.TB, a *saml.Arrival) { a.Providers[1].IdP.EntityID = "" }},
	{name: "no providers", check: "issuer", arrival: func(_ testing.TB, a *saml.Arrival) { a.Providers = nil }},
	{name: "another organization's providers", check: "issuer", arrival: func(t testing.TB, a *saml.Arrival) { a.Providers = []saml.Provider{otherProvider(t)} }},
	{name: "assertion version 1.1", check: "version", edit: in(assertionHead, `Version="2.0"`, `Version="1.1"`)},
	{name: "assertion without instant", check: "version", edit: in(assertionHead, ` IssueInstant="`+stamp(0)+`"`, ``)},
	{name: "another host", check: "destination", edit: in(responseHead, "app.example", "else.example")},
	{name: "longer", check: "destination", edit: in(responseHead, ourACS, ourACS+".evil.example")},
	{name: "another organization", check: "destination", edit: in(responseHead, "organization=acme", "organization=beta")},
	{name: "empty", check: "destination", edit: in(responseHead, ourACS, "")},
	{name: "none although signed", check: "destination", modes: []mode{response, both}, edit: in(responseHead, `Destination="`+ourACS+`" `, "")},
	{name: "arrived elsewhere", check: "destination", arrival: func(_ testing.TB, a *saml.Arrival) { a.ACS = strings.Replace(ourACS, "acme", "beta", 1) }},
}

var digestValue = regexp.MustCompile(`<ds:DigestValue>[^<]*</ds:DigestValue>`)

var signatureElement = regexp.MustCompile(`(?s)<ds:Signature .*?</ds:Signature>`)

func eachSignature(change func(signature string) string) func(testing.TB, string) string {
	return func(t testing.TB, xml string) string {
		changed := signatureElement.ReplaceAllStringFunc(xml, change)
		if changed == xml {
			t.Fatal("the test changed no signature")
		}
		return changed
	}
}

func inSignature(old, with string) func(testing.TB, string) string {
	return eachSignature(func(s string) string { return strings.Replace(s, old, with, 1) })
}

var signatureFaults = []bad{
	{name: "never signed", check: "signature", reason: "neither", post: whole(oktaLetter(requestID, true).xml())},
	{name: "stripped", check: "signature", post: eachSignature(func(string) string { return "" })},
	{name: "stripped, other name", check: "signature", post: func(_ testing.TB, xml string) string {
		return strings.Replace(signatureElement.ReplaceAllString(xml, ""), honest, canary, 1)
	}},
	{name: "other name", check: "signature", post: out(">"+honest+"</saml2:NameID>", ">"+canary+"</saml2:NameID>")},
	{name: "other attribute", check: "signature", post: out(">false<", ">true<")},
	{name: "attribute added", check: "signature", post: out("</saml2:AttributeStatement>", attr("role", "owner")+"</saml2:AttributeStatement>")},
	{name: "white space added", check: "signature", post: out("<saml2:NameID ", " <saml2:NameID ")},
	{name: "attribute normalised", check: "signature", post: out(`SessionIndex="session-1"`, "SessionIndex=\"session-1\n\"")},
	{name: "empty", check: "signature", post: eachSignature(func(string) string { return `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>` })},
	{name: "foreign namespace", check: "signature", post: eachSignature(func(s string) string {
		return strings.Replace(s, `xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, `xmlns:ds="urn:x"`, 1)
	})},
	{name: "value flipped", check: "signature", post: eachSignature(func(s string) string {
		at := strings.Index(s, "<ds:SignatureValue>") + len("<ds:SignatureValue>")
		return s[:at] + string('A'+(s[at]-'A'+1)%26) + s[at+1:]
	})},
	{name: "value empty", check: "signature", post: eachSignature(func(s string) string {
		return regexp.MustCompile(`<ds:SignatureValue>[^<]*<`).ReplaceAllString(s, "<ds:SignatureValue><")
	})},
	{name: "value missing", check: "signature", post: eachSignature(func(s string) string {
		return regexp.MustCompile(`<ds:SignatureValue>[^<]*</ds:SignatureValue>`).ReplaceAllString(s, "")
	})},
	{name: "value of another length", check: "signature", signer: &signer{prefixes: "xs", value: func([]byte) []byte { return make([]byte, 300) }}},
	{name: "value of one byte", check: "signature", signer: &signer{prefixes: "xs", value: func([]byte) []byte { return []byte{1} }}},
	{name: "digest made to fit a change", check: "signature", post: func(t testing.TB, xml string) string {
		forged := oktaLetter(requestID, true)
		forged.subject = strings.Replace(forged.subject, honest, canary, 1)
		digest := digestValue.FindString(signXML(t, forged.xml(), assertion, signer{prefixes: "xs"}))
		return strings.Replace(digestValue.ReplaceAllString(xml, digest), honest, canary, 1)
	}},
	{name: "comment in DigestValue", check: "signature", post: inSignature("<ds:DigestValue>", "<ds:DigestValue><!--AAAA-->")},
	{name: "comment in SignedInfo", check: "signature", reason: "comment", post: inSignature("<ds:Reference ", "<!-- x --><ds:Reference ")},
	{name: "text in Signature", check: "signature", reason: "text", post: inSignature("<ds:SignatureValue>", "x<ds:SignatureValue>")},
	{name: "two DigestValues", check: "signature", post: inSignature("<ds:DigestValue>", "<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestValue>")},
	{name: "two SignedInfos", check: "signature", post: inSignature("<ds:SignedInfo ", "<ds:SignedInfo/><ds:SignedInfo ")},
	{name: "two SignedInfos, second bogus", check: "signature", post: inSignature("<ds:SignatureValue>", "<ds:SignedInfo/><ds:SignatureValue>")},
	{name: "object added", check: "signature", post: inSignature("</ds:Signature>", "<ds:Object/></ds:Signature>")},
	{name: "second signature", check: "signature", post: eachSignature(func(s string) string { return s + s })},
	{name: "signature in Status", check: "signature", post: out("</saml2p:Status>", `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></saml2p:Status>`)},
	{name: "assertion's signature moved to the response", check: "signature", modes: []mode{assertion}, post: func(_ testing.TB, xml string) string {
		signature := signatureElement.FindString(xml)
		return strings.Replace(strings.Replace(xml, signature, "", 1), "<saml2p:Status ", signature+"<saml2p:Status ", 1)
	}},
	{name: "good assertion, bad response", check: "signature", modes: []mode{both}, post: inSignature("<ds:SignatureValue>", "<ds:SignatureValue>AAAA")},
	{name: "good response, bad assertion", check: "signature", modes: []mode{neither, response}, post: func(t testing.TB, _ string) string {
		return signXML(t, signXML(t, oktaLetter(requestID, true).xml(), assertion, signer{key: "attacker"}), response, signer{})
	}},
	{name: "URI of the whole document", check: "signature", signer: &signer{uri: ptr("")}},
	{name: "URI of nothing", check: "signature", signer: &signer{uri: ptr("#nothing")}},
	{name: "URI of an XPointer", check: "signature", signer: &signer{uri: ptr("#xpointer(/)")}},
	{name: "URI elsewhere", check: "signature", signer: &signer{uri: ptr("http://evil.example/x")}},
	{name: "two references", check: "signature", signer: &signer{references: 2}},
	{name: "no enveloped transform", check: "signature", signer: &signer{transforms: ptr(`<ds:Transform Algorithm="` + excC14N + `"></ds:Transform>`)}},
	{name: "canonicalization twice", check: "signature", reason: "first transform", signer: &signer{transforms: ptr(strings.Repeat(`<ds:Transform Algorithm="`+excC14N+`"></ds:Transform>`, 2))}},
	{name: "inclusive namespaces twice", check: "signature", reason: "InclusiveNamespaces", signer: &signer{transforms: ptr(enveloped + `<ds:Transform Algorithm="` + excC14N + `">` +
		strings.Repeat(`<ec:InclusiveNamespaces xmlns:ec="`+excC14N+`" PrefixList="xs"></ec:InclusiveNamespaces>`, 2) + `</ds:Transform>`)}},
	{name: "enveloped only", check: "signature", signer: &signer{transforms: ptr(enveloped)}},
	{name: "enveloped twice", check: "signature", signer: &signer{transforms: ptr(enveloped + enveloped)}},
	{name: "three transforms", check: "signature", signer: &signer{transforms: ptr(enveloped + `<ds:Transform Algorithm="` + excC14N + `"></ds:Transform>` + `<ds:Transform Algorithm="` + excC14N + `"></ds:Transform>`)}},
	{name: "no transforms", check: "signature", signer: &signer{transforms: ptr("")}},
	{name: "XSLT", check: "signature", signer: &signer{transforms: ptr(enveloped + `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></ds:Transform>`)}},
	{name: "XPath", check: "signature", signer: &signer{transforms: ptr(`<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>true()</ds:XPath></ds:Transform><ds:Transform Algorithm="` + excC14N + `"></ds:Transform>`)}},
	{name: "inclusive canonicalization", check: "signature", signer: &signer{transforms: ptr(enveloped + `<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></ds:Transform>`)}},
	{name: "SignedInfo with comments", check: "signature", signer: &signer{canonicalizer: ptr(excC14N + "WithComments")}},
	{name: "SignedInfo by a transform", check: "signature", signer: &signer{canonicalizer: ptr("http://www.w3.org/2000/09/xmldsig#enveloped-signature")}},
	{name: "rsa-sha1", check: "signature", signer: &signer{method: "http://www.w3.org/2000/09/xmldsig#rsa-sha1", hash: crypto.SHA1}},
	{name: "sha1 digest", check: "signature", signer: &signer{digestMethod: "http://www.w3.org/2000/09/xmldsig#sha1", digestHash: crypto.SHA1}},
	{name: "no algorithm", check: "signature", signer: &signer{method: " ", hash: crypto.SHA256}},
	{name: "unknown algorithm", check: "signature", signer: &signer{method: "urn:x", hash: crypto.SHA256}},
	{name: "ecdsa with an RSA key", check: "signature", signer: &signer{method: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", hash: crypto.SHA256}},
	{name: "length of a MAC", check: "signature", post: eachSignature(func(s string) string {
		return strings.Replace(s, `rsa-sha256"/>`, `rsa-sha256"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>`, 1)
	})},
	{name: "digest of nothing", check: "signature", post: func(_ testing.TB, xml string) string {
		return digestValue.ReplaceAllString(xml, "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>")
	}},
}

// TestRefusesMAC takes the public certificate for a shared secret.
func TestRefusesMAC(t *testing.T) {
	t.Parallel()
	cert := certificate(t, "okta")
	for name, secret := range map[string][]byte{
		"PEM": pemOf(t, "okta"), "DER": cert.Raw, "SPKI": cert.RawSubjectPublicKeyInfo, "modulus": key(t, "okta").N.Bytes(), "empty": nil,
	} {
		s := signer{method: "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", hash: crypto.SHA256, value: func(signedInfo []byte) []byte {
			mac := hmac.New(sha256.New, secret)
			mac.Write(signedInfo)
			return mac.Sum(nil)
		}}
		for mode, m := range modes {
			t.Run(name+"/"+mode, func(t *testing.T) {
				refused(t, arrival(t, signXML(t, oktaLetter(requestID, true).xml(), m, s)), "signature")
			})
		}
	}
}

var keyFaults = []bad{
	{name: "attacker's key and certificate", check: "signature", signer: &signer{key: "attacker"}},
	{name: "attacker's key, our certificate", check: "signature", signer: &signer{key: "attacker", certificate: "okta"}},
	{name: "attacker's key, no KeyInfo", check: "signature", signer: &signer{key: "attacker", keyInfo: ptr("")}},
	{name: "attacker's key as KeyValue", check: "signature", signer: &signer{key: "attacker", keyInfo: ptr(`<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue></ds:KeyInfo>`)}},
	{name: "attacker's key by name", check: "signature", signer: &signer{key: "attacker", keyInfo: ptr(`<ds:KeyInfo><ds:KeyName>okta</ds:KeyName></ds:KeyInfo>`)}},
	{name: "key fetched from elsewhere", check: "signature", signer: &signer{keyInfo: ptr(`<ds:KeyInfo><ds:RetrievalMethod URI="http://evil.example/"/></ds:KeyInfo>`)}},
	{name: "two KeyInfos", check: "signature", post: inSignature("<ds:KeyInfo>", "<ds:KeyInfo/><ds:KeyInfo>")},
	{name: "signature as last child", check: "signature", signer: &signer{position: func(el, signature *etree.Element) { el.AddChild(signature) }}},
	{name: "certificate that is none", check: "signature", signer: &signer{keyInfo: ptr(x509KeyInfo("AAAA"))}},
	{name: "certificate that is not base64", check: "signature", signer: &signer{keyInfo: ptr(x509KeyInfo("-----BEGIN CERTIFICATE-----"))}},
	{name: "other connection's key", check: "signature", signer: &signer{key: "other-tenant"}},
	{name: "retired key", check: "signature", arrival: func(t testing.TB, a *saml.Arrival) { a.Providers = []saml.Provider{provider(t, "okta-next")} }},
	{name: "provider without certificates", check: "signature", arrival: func(t testing.TB, a *saml.Arrival) { a.Providers = []saml.Provider{provider(t)} }},
}

const confirmationData = "<saml2:SubjectConfirmationData"

var subjectFaults = []bad{
	{name: "two NameIDs", check: "contents", edit: in(subject, "<saml2:NameID ", "<saml2:NameID>"+canary+"</saml2:NameID><saml2:NameID ")},
	{name: "two subjects", check: "contents", edit: func(_ testing.TB, l *letter) { l.subject += l.subject }},
	{name: "no subject", check: "contents", edit: func(_ testing.TB, l *letter) { l.subject = "" }},
	{name: "structured NameID", check: "contents", edit: in(subject, honest, "<x/>")},
	{name: "no NameID", check: "name-id", edit: func(_ testing.TB, l *letter) {
		l.subject = regexp.MustCompile(`<saml2:NameID.*</saml2:NameID>`).ReplaceAllString(l.subject, "")
	}},
	{name: "NameID of another namespace", check: "name-id", edit: func(_ testing.TB, l *letter) {
		l.subject = regexp.MustCompile(`<saml2:NameID.*</saml2:NameID>`).ReplaceAllString(l.subject, `<x:NameID xmlns:x="urn:evil">`+canary+`</x:NameID>`)
	}},
	{name: "empty NameID", check: "name-id", edit: in(subject, honest, "")},
	{name: "NameID of spaces", check: "name-id", edit: in(subject, honest, "   ")},
	{name: "NameID with space around", check: "name-id", edit: in(subject, honest, " "+honest+"\n")},
	{name: "NameID with no-break space", check: "name-id", edit: in(subject, honest, honest+"\u00a0")},
	{name: "NameID with a control character", check: "name-id", edit: in(subject, honest, "han\tsolo@falcon.example")},
	{name: "NameID beside EncryptedID", check: "contents", edit: in(subject, "<saml2:SubjectConfirmation ", "<saml2:EncryptedID/><saml2:SubjectConfirmation ")},
	{name: "no confirmation", check: "bearer", edit: func(_ testing.TB, l *letter) {
		l.subject = regexp.MustCompile(`<saml2:SubjectConfirmation .*</saml2:SubjectConfirmation>`).ReplaceAllString(l.subject, "")
	}},
	{name: "holder of key", check: "bearer", edit: in(subject, "cm:bearer", "cm:holder-of-key")},
	{name: "no method", check: "bearer", edit: in(subject, ` Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"`, "")},
	{name: "no data", check: "bearer", edit: func(_ testing.TB, l *letter) {
		l.subject = regexp.MustCompile(confirmationData+`[^>]*/>`).ReplaceAllString(l.subject, "")
	}},
	{name: "two data", check: "contents", edit: in(subject, confirmationData, confirmationData+"/>"+confirmationData)},
	{name: "NotBefore", check: "bearer", edit: in(subject, confirmationData, confirmationData+` NotBefore="`+stamp(-time.Minute)+`"`)},
	{name: "none", check: "recipient", edit: in(subject, ` Recipient="`+ourACS+`"`, "")},
	{name: "another host", check: "recipient", edit: in(subject, "app.example", "else.example")},
	{name: "another organization", check: "recipient", edit: in(subject, "organization=acme", "organization=beta")},
	{name: "longer", check: "recipient", edit: in(subject, ourACS, ourACS+"&amp;x")},
	{name: "no end", check: "confirmation-window", edit: in(subject, ` NotOnOrAfter="`+stamp(5*time.Minute)+`"`, "")},
	{name: "ended", check: "confirmation-window", edit: in(subject, stamp(5*time.Minute), stamp(-2*time.Minute))},
	{name: "unreadable end", check: "contents", edit: in(subject, stamp(5*time.Minute), "99999-01-01T00:00:00Z")},
	{name: "one with the recipient, one with the time", check: "confirmation-window", edit: func(t testing.TB, l *letter) {
		start := strings.Index(l.subject, "<saml2:SubjectConfirmation ")
		end := strings.Index(l.subject, "</saml2:Subject>")
		one := l.subject[start:end]
		l.subject = l.subject[:start] + swap(t, one, stamp(5*time.Minute), stamp(-time.Hour)) + swap(t, one, "app.example", "else.example") + l.subject[end:]
	}},
}

var conditionFaults = []bad{
	{name: "no conditions", check: "audience", edit: func(_ testing.TB, l *letter) { l.conditions = "" }},
	{name: "two conditions", check: "contents", edit: func(_ testing.TB, l *letter) { l.conditions += l.conditions }},
	{name: "no restriction", check: "audience", edit: func(_ testing.TB, l *letter) {
		l.conditions = regexp.MustCompile(`<saml2:AudienceRestriction>.*</saml2:AudienceRestriction>`).ReplaceAllString(l.conditions, "")
	}},
	{name: "another", check: "audience", edit: in(conditions, ourEntity, "https://else.example/metadata")},
	{name: "empty", check: "audience", edit: in(conditions, ourEntity, "")},
	{name: "longer", check: "audience", edit: in(conditions, ourEntity, ourEntity+"/x")},
	{name: "other case", check: "audience", edit: in(conditions, ourEntity, strings.ToUpper(ourEntity))},
	{name: "a second restriction without us", check: "audience", edit: in(conditions, "</saml2:Conditions>",
		"<saml2:AudienceRestriction><saml2:Audience>https://else.example</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>")},
	{name: "ours in ProxyRestriction only", check: "audience", edit: func(_ testing.TB, l *letter) {
		l.conditions = strings.ReplaceAll(l.conditions, "AudienceRestriction", "ProxyRestriction")
	}},
	{name: "unknown condition", check: "conditions", edit: in(conditions, "</saml2:Conditions>", "<saml2:Condition/></saml2:Conditions>")},
	{name: "foreign condition", check: "conditions", edit: in(conditions, "</saml2:Conditions>", `<x:OneTimeUse xmlns:x="urn:x"/></saml2:Conditions>`)},
	{name: "ended", check: "window", edit: in(conditions, stamp(5*time.Minute), stamp(-2*time.Minute))},
	{name: "not yet", check: "window", edit: in(conditions, stamp(-5*time.Minute), stamp(2*time.Minute))},
	{name: "no window at all", check: "window", edit: func(t testing.TB, l *letter) {
		in(conditions, `NotOnOrAfter="`+stamp(5*time.Minute), `NotOnOrAfter="`+stamp(-time.Minute))(t, l)
		in(conditions, `NotBefore="`+stamp(-5*time.Minute), `NotBefore="`+stamp(time.Minute))(t, l)
	}},
	{name: "unreadable start", check: "window", edit: in(conditions, `NotBefore="`+stamp(-5*time.Minute), `NotBefore="`)},
	{name: "long past", check: "confirmation-window", arrival: func(_ testing.TB, a *saml.Arrival) { a.Now = now.Add(24 * time.Hour) }},
	{name: "long ahead", check: "window", arrival: func(_ testing.TB, a *saml.Arrival) { a.Now = now.Add(-24 * time.Hour) }},
	{name: "response of yesterday", check: "issue-instant", edit: in(responseHead, stamp(0), stamp(-24*time.Hour))},
	{name: "response of tomorrow", check: "issue-instant", edit: in(responseHead, stamp(0), stamp(24*time.Hour))},
	{name: "assertion of yesterday", check: "issue-instant", edit: in(assertionHead, stamp(0), stamp(-24*time.Hour))},
	{name: "assertion of tomorrow", check: "issue-instant", edit: in(assertionHead, stamp(0), stamp(24*time.Hour))},
}

var authnFaults = []bad{
	{name: "none", check: "authn-statement", edit: func(_ testing.TB, l *letter) { l.authn = "" }},
	{name: "no instant", check: "authn-statement", edit: in(authn, ` AuthnInstant="`+stamp(-time.Hour)+`"`, "")},
	{name: "instant ahead", check: "authn-statement", edit: in(authn, stamp(-time.Hour), stamp(time.Hour))},
	{name: "no context", check: "authn-statement", edit: func(_ testing.TB, l *letter) {
		l.authn = regexp.MustCompile(`<saml2:AuthnContext>.*</saml2:AuthnContext>`).ReplaceAllString(l.authn, "")
	}},
	{name: "empty context", check: "authn-statement", edit: func(_ testing.TB, l *letter) {
		l.authn = regexp.MustCompile(`<saml2:AuthnContext>.*</saml2:AuthnContext>`).ReplaceAllString(l.authn, "<saml2:AuthnContext/>")
	}},
	{name: "session over", check: "authn-statement", edit: in(authn, ` SessionIndex`, ` SessionNotOnOrAfter="`+stamp(-time.Hour)+`" SessionIndex`)},
	{name: "attribute twice", check: "contents", edit: in(attributes, attr("admin", "false"), attr("admin", "false")+attr("admin", "true"))},
	{name: "attribute twice in two statements", check: "contents", edit: func(_ testing.TB, l *letter) { l.attributes += statement(attr("admin", "true")) }},
	{name: "attribute without a name", check: "contents", edit: in(attributes, `Name="admin" `, "")},
	{name: "another browser's request", check: "asked-here", reason: "not made for this browser", arrival: func(_ testing.TB, a *saml.Arrival) {
		a.AskedHere = func(request string) bool { return request == "_another" }
	}},
	{name: "unknown request", check: "in-response-to", arrival: func(_ testing.TB, a *saml.Arrival) { a.Requests = sent("_another") }},
	{name: "empty request", check: "in-response-to", reason: "without an ID", edit: func(_ testing.TB, l *letter) {
		l.responseAttributes = strings.ReplaceAll(l.responseAttributes, requestID, "")
		l.subject = strings.ReplaceAll(l.subject, requestID, "")
	}},
	{name: "response names it, confirmation does not", check: "in-response-to", edit: in(subject, ` InResponseTo="`+requestID+`"`, "")},
	{name: "confirmation names it, response does not", check: "in-response-to", edit: in(responseHead, ` InResponseTo="`+requestID+`"`, "")},
	{name: "they name different ones", check: "in-response-to", edit: in(subject, requestID, "_another")},
	{name: "stripped from the unsigned response", check: "in-response-to", modes: []mode{assertion}, post: out(` InResponseTo="`+requestID+`"`, "")},
	{name: "unsolicited where that is not allowed", check: "in-response-to", edit: func(_ testing.TB, l *letter) { *l = oktaLetter("", true) },
		arrival: func(_ testing.TB, a *saml.Arrival) { a.AllowUnsolicited = false }},
}
