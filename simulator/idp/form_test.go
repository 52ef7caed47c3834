package idp_test

import (
	"html"
	"strings"
	"testing"

	"rollcall.example/simulator/idp"
)

func TestForm(t *testing.T) {
	t.Parallel()
	page := string(idp.Form("https://ci.acme.test/acs?o=a&b", "PHg+/w==", `"/><script>alert(1)</script>`))
	for _, want := range []string{
		`<form id="appForm" action="https&#x3a;&#x2f;&#x2f;ci.acme.test&#x2f;acs&#x3f;o&#x3d;a&amp;b" method="POST">`,
		`<input name="SAMLResponse" type="hidden" value="PHg&#x2b;&#x2f;w&#x3d;&#x3d;"/>`,
		`<input name="RelayState" type="hidden" value="&quot;&#x2f;&gt;&lt;script`,
		`<noscript>`, `<button type="submit">`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in %s", want, page)
		}
	}
	if strings.Count(page, "<script>") != 1 {
		t.Error("a value got out of its attribute")
	}
	if !strings.Contains(html.UnescapeString(page), "https://ci.acme.test/acs?o=a&b") {
		t.Error("the address does not survive the escapes")
	}
	if empty := string(idp.Form("https://a.test", "x", "")); !strings.Contains(empty, `<input name="RelayState" type="hidden" value=""/>`) {
		t.Error("an empty RelayState is not in the form")
	}
}

func TestFormScriptSource(t *testing.T) {
	t.Parallel()
	if got := idp.FormScriptSource(); !strings.HasPrefix(got, "'sha256-") || len(got) != len("'sha256-'")+44 {
		t.Errorf("source %s", got)
	}
}
