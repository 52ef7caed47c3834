package idp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// outline writes an element a line: how deep, its name, its attributes in order.
// Of attributes only those values are kept that are part of the shape.
func outline(t *testing.T, text []byte) string {
	t.Helper()
	document := etree.NewDocument()
	if err := document.ReadFromBytes(text); err != nil {
		t.Fatal(err)
	}
	shape := []string{"xmlns", "Algorithm", "PrefixList", "Format", "NameFormat", "Method", "Version", "Binding", "type", "use",
		"WantAuthnRequestsSigned", "protocolSupportEnumeration", "Value"}
	var lines strings.Builder
	var walk func(*etree.Element, int)
	walk = func(element *etree.Element, depth int) {
		lines.WriteString(strings.Repeat("  ", depth) + element.FullTag())
		for _, attribute := range element.Attr {
			lines.WriteString(" " + attribute.FullKey())
			if attribute.Space == "xmlns" || slices.Contains(shape, attribute.Key) {
				lines.WriteString("=" + attribute.Value)
			}
		}
		lines.WriteByte('\n')
		for _, child := range element.ChildElements() {
			walk(child, depth+1)
		}
	}
	walk(document.Root(), 0)
	return lines.String()
}

// The outlines are the shape of what the real Okta has sent since about 2018;
// older responses have their xmlns declarations first. People and addresses are ours.
func TestResponseShape(t *testing.T) {
	t.Parallel()
	idpInitiated := claims()
	idpInitiated.InResponseTo = ""
	for name, c := range map[string]idp.Claims{
		"outline-idp-initiated":   idpInitiated,
		"outline-sp-initiated":    claims(),
		"outline-with-attributes": withAttributes(claims()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name+".txt", []byte(outline(t, issue(t, c).XML)))
		})
	}
}

// The whole message, byte for byte: order and spelling of everything, line
// breaks only within the certificate, one prolog, entities.
func TestResponseBytes(t *testing.T) {
	t.Parallel()
	c := withAttributes(claims())
	c.NameID = "o'hara&sons@acme.test"
	response := issue(t, c)
	golden(t, "response.xml", response.XML)

	text := string(response.XML)
	if !strings.HasPrefix(text, `<?xml version="1.0" encoding="UTF-8"?><saml2p:Response Destination="`) {
		t.Errorf("prolog and root: %.120s", text)
	}
	if strings.Contains(text, "> <") || strings.Contains(text, ">\n") {
		t.Error("there is white space between elements")
	}
	if got := strings.Count(text, "\n"); got == 0 || strings.Contains(text, "\r") {
		t.Errorf("%d line feeds; the certificate has some, and nothing has carriage returns", got)
	}
}

func TestMetadataShape(t *testing.T) {
	t.Parallel()
	metadata := identity(t).Metadata()
	golden(t, "metadata.xml", metadata)
	golden(t, "outline-metadata.txt", []byte(outline(t, metadata)))
}

func TestIDs(t *testing.T) {
	t.Parallel()
	response := issue(t, claims())
	for _, id := range []string{response.ID, response.AssertionID} {
		digits := strings.TrimPrefix(id, "id")
		if len(digits) < 20 || len(digits) > 27 || strings.Trim(digits, "0123456789") != "" {
			t.Errorf("ID %q is not id and 20 to 27 digits", id)
		}
	}
	if response.ID[:12] != response.AssertionID[:12] || response.ID == response.AssertionID {
		t.Errorf("IDs %q and %q should differ and share their first ten digits", response.ID, response.AssertionID)
	}
	c := claims()
	c.Random = nil
	if other := issue(t, c); other.ID == response.ID {
		t.Error("IDs without a source of our own repeat")
	}
}

func TestTimesAndSession(t *testing.T) {
	t.Parallel()
	text := string(issue(t, claims()).XML)
	for _, want := range []string{
		`IssueInstant="2026-11-22T09:30:00.120Z"`,
		`NotBefore="2026-11-22T09:25:00.120Z" NotOnOrAfter="2026-11-22T09:35:00.120Z"`,
		`NotOnOrAfter="2026-11-22T09:35:00.120Z" Recipient="`,
		`AuthnInstant="2026-11-22T09:28:30.120Z" SessionIndex="_4f1f2a0c9e"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	c := claims()
	c.InResponseTo = ""
	text = string(issue(t, c).XML)
	if strings.Contains(text, "InResponseTo") {
		t.Error("an InResponseTo without a request")
	}
	if want := fmt.Sprintf(`SessionIndex="id%d.`, issued.UnixMilli()); !strings.Contains(text, want) {
		t.Errorf("no %s in %s", want, text)
	}
}

func TestUnsetAttributes(t *testing.T) {
	t.Parallel()
	with := func(unset idp.Unset, attributes ...idp.Attribute) string {
		c := claims()
		c.Unset, c.Attributes = unset, attributes
		return string(issue(t, c).XML)
	}
	notSet, empty := idp.Attribute{Name: "teams"}, idp.Attribute{Name: "teams", Values: []string{""}}

	if text := with(idp.Omit, notSet); strings.Contains(text, "AttributeStatement") || strings.Contains(text, "xmlns:xs") || strings.Contains(text, "PrefixList") {
		t.Errorf("omitted: traces of attributes in %s", text)
	}
	const element = `<saml2:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string"/>`
	if text := with(idp.Empty, notSet); !strings.Contains(text, element) {
		t.Errorf("empty: no empty value in %s", text)
	}
	if text := with(idp.Omit, empty); !strings.Contains(text, element) {
		t.Errorf("a value that is the empty text was dropped from %s", text)
	}
}

func TestClaimsAreChecked(t *testing.T) {
	t.Parallel()
	_, err := identity(t).Issue(idp.Claims{Recipient: "x"})
	if err == nil || err.Error() != "a SAML response needs Destination, Audience, NameID, Now" {
		t.Errorf("error %v", err)
	}
	c := claims()
	c.Attributes = []idp.Attribute{{Values: []string{"x"}}}
	if _, err := identity(t).Issue(c); err == nil {
		t.Error("an attribute without a name was accepted")
	}
	c = claims()
	c.Random = strings.NewReader("short")
	if _, err := identity(t).Issue(c); err == nil {
		t.Error("a source that ran dry was accepted")
	}
}
