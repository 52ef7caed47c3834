package report_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"testing"

	"rollcall.example/suites/report"
)

func TestNoFormatShowsASecret(t *testing.T) {
	t.Parallel()
	r := planted(t)
	gated, err := r.Apply([]report.Waiver{waiver("door.quiet")}, today).Against(r)
	if err != nil {
		t.Fatal(err)
	}
	compared, err := report.Compare(gated, r)
	if err != nil {
		t.Fatal(err)
	}
	for name, render := range map[string]func(io.Writer) error{
		"JSON": r.JSON, "JUnit": r.JUnit, "HTML": r.HTML, "Markdown": r.Markdown, "SARIF": r.SARIF, "SARIF, gated": gated.SARIF,
		"console":          func(w io.Writer) error { return r.Console(w, false) },
		"console, colour":  func(w io.Writer) error { return r.Console(w, true) },
		"JSON, gated":      gated.JSON,
		"JUnit, gated":     gated.JUnit,
		"HTML, gated":      gated.HTML,
		"Markdown, gated":  gated.Markdown,
		"console, gated":   func(w io.Writer) error { return gated.Console(w, false) },
		"diff":             func(w io.Writer) error { return compared.Text(w, gated, r, true) },
		"diff as JSON":     compared.JSON,
		"diff in Markdown": func(w io.Writer) error { return compared.Markdown(w, gated, r) },
	} {
		var text bytes.Buffer
		if err := render(&text); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{
			hush, hush[5:20], url.QueryEscape(hush), base64.StdEncoding.EncodeToString([]byte("han:" + hush))[:24], "top-secret",
			hushJWT[42:80], assertion64[200:240], url.QueryEscape(assertion64)[200:240], "SignatureValue", "hush@acme.test",
		} {
			if strings.Contains(text.String(), secret) {
				at := strings.Index(text.String(), secret)
				t.Errorf("%s shows %q: …%s", name, secret, text.String()[max(0, at-80):min(text.Len(), at+80)])
			}
		}
	}
	var text bytes.Buffer
	if err := r.HTML(&text); err != nil {
		t.Fatal(err)
	}
	for _, evidence := range []string{"Basic '\"$TOKEN\"'", "[SAMLResponse ", `'"$PASSWORD"'`, "$SAML_RESPONSE", "sid=[redacted]; Path=/"} {
		if !strings.Contains(text.String(), evidence) {
			t.Errorf("the page lacks what stands for a secret: %s", evidence)
		}
	}
}
