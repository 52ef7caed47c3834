package journal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rollcall.example/simulator/journal"
)

// planted are secrets of real length. No test registers them: the journal has to
// know them by their name or their form.
var planted = struct{ opaque, jwt, saml, xml, key string }{
	opaque: "hush-7Qm2vX9Kd0Lr4TzW8cYb6NfPqA1sEoGu",
	jwt:    "eyJhbGciOiJSUzI1NiIsImtpZCI6Imh1c2gifQ.eyJzdWIiOiJodXNoIiwiZXhwIjoxNzY3MjI1NjAwfQ.aHVzaC1zaWduYXR1cmUtb2YtYS10b2tlbg",
	saml:   base64.StdEncoding.EncodeToString([]byte(samlDocument)),
	xml:    samlDocument,
	key:    "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("aHVzaGh1c2hodXNoaHVzaGh1c2hodXNo\n", 20) + "-----END PRIVATE KEY-----",
}

var samlDocument = `<saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"><saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><saml2:NameID>hush@acme.test</saml2:NameID>` +
	strings.Repeat(`<ds:SignatureValue>aHVzaGh1c2hodXNoaHVzaGh1c2g=</ds:SignatureValue>`, 60) + `</saml2:Assertion></saml2p:Response>`

// leaks returns a piece of a planted secret that the text shows.
func leaks(text string) string {
	for _, secret := range []string{
		planted.opaque, planted.jwt[40:80], planted.saml[100:140], "SignatureValue", "hush@acme.test", "aHVzaGh1c2hodXNo",
		url.QueryEscape(planted.saml)[100:140],
	} {
		if strings.Contains(text, secret) {
			return secret
		}
	}
	return ""
}

func TestSecretsAnywhere(t *testing.T) {
	t.Parallel()
	quoted := func(text string) string {
		var twice bytes.Buffer
		encoder := json.NewEncoder(&twice)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(text); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(twice.String())
	}
	for name, text := range map[string]string{
		"JSON":                     `{"access_token":"` + planted.opaque + `","token_type":"Bearer","refreshToken" : "` + planted.opaque + `","client_secret":"` + planted.opaque + `"}`,
		"JSON below a name":        `{"credentials":{"user":{"value":["` + planted.opaque + `"]}},"sessionId":"` + planted.opaque + `"}`,
		"JSON by a full name":      `{"urn:ietf:params:scim:schemas:core:2.0:User:password":"` + planted.opaque + `"}`,
		"JSON cut off":             `{"a":[1,{"password":"x\"` + planted.opaque,
		"JSON inside a sentence":   `the product answered {"password":"x\"` + planted.opaque + `"} and went`,
		"JSON quoted again":        quoted(`{"password":"x\"` + planted.opaque + `","a":"b"}`),
		"patch with a path":        `{"Operations":[{"op":"replace","path":"password","value":"` + planted.opaque + `"}]}`,
		"patch the other way":      `{"Operations":[{"value":{"x":"` + planted.opaque + `"},"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:password"}]}`,
		"patch without a path":     `{"Operations":[{"op":"add","value":{"Password" : "` + planted.opaque + `"}}]}`,
		"an address in an address": "/login?return_to=%2Facme%3Fa%3Db%26access_token%3D" + planted.opaque + "%26c%3Dd",
		"an address":               "see https://han:" + planted.opaque + "@ci.test/?a=b&access_token=" + planted.opaque + "#id_token=" + planted.opaque,
		"an address in a page":     `<a href="https://idp.test/sso?a=b&amp;SAMLRequest=` + url.QueryEscape(planted.saml) + `&amp;token=` + planted.opaque + `">Found</a>.`,
		"an address in JSON":       `{"next":"https://idp.test/sso?a=b\u0026SAMLRequest=` + url.QueryEscape(planted.saml) + `"}`,
		"an error of net/http":     `Get "https://ci.test/x?token=` + planted.opaque + `&a=b": connection refused`,
		"a form without its type":  "password=" + planted.opaque + "&code=" + planted.opaque + "&SAMLResponse=" + url.QueryEscape(planted.saml),
		"a multipart form":         "--x\r\nContent-Disposition: form-data; name=\"password\"\r\nContent-Type: text/plain\r\n\r\n" + planted.opaque + "\r\n--x\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\n" + planted.saml + "\r\n--x--",
		"a page's field":           `<input type="hidden" name="SAMLResponse" value="` + planted.saml + `"/>`,
		"a field turned round":     `<INPUT VALUE='` + planted.saml + `' type=hidden NAME='SAMLResponse'>`,
		"a field without quotes":   `<input name=csrf_token value=` + planted.opaque + `>`,
		"a meta element":           `<meta name="csrf-token" content="` + planted.opaque + `">`,
		"a text area":              `<textarea name="SAMLResponse" rows=2>` + planted.saml + `</textarea>`,
		"an XML element":           `<wsse:Password Type="text">` + planted.opaque + `</wsse:Password>`,
		"a SAML document":          "actual: " + planted.xml,
		"a SAML document cut off":  planted.xml[:600],
		"a SAML document escaped":  "<pre>" + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(planted.xml) + "</pre>",
		"a SAML document in JSON":  `{"got":"` + strings.NewReplacer("<", `\u003c`, ">", `\u003e`, `"`, `\"`).Replace(planted.xml) + `"}`,
		"SAML in base64":           "got " + planted.saml + " back",
		"SAML for an address":      "got " + url.QueryEscape(planted.saml) + " back",
		"SAML broken into lines":   planted.saml[:76] + "\r\n" + planted.saml[76:152] + "\r\n" + planted.saml[152:],
		"a bearer token":           "we sent Authorization: Bearer " + planted.opaque + " and",
		"Okta's own scheme":        "SSWS " + planted.opaque,
		"basic credentials":        "Basic " + base64.StdEncoding.EncodeToString([]byte("han:"+planted.opaque)),
		"a web token":              "the session is " + planted.jwt + ", still",
		"a private key":            "key: " + planted.key + " end",
		"a dump with cookies":      "HTTP/1.1 200 OK\r\nSet-Cookie: sid=" + planted.opaque + "; Path=/; x=" + planted.opaque + "\r\nCookie: a=b; c=" + planted.opaque + "\r\n",
		"something without breaks": strings.Repeat("aHVzaGh1c2hodXNo", 40),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown := shownOf(t, text)
			for way, got := range map[string]string{"text": journal.Redact(text), "body": shown} {
				if secret := leaks(got); secret != "" {
					t.Errorf("%s shows %q: %s", way, secret, got)
				}
				if again := journal.Redact(got); again != got {
					t.Errorf("%s: once %q, twice %q", way, got, again)
				}
			}
		})
	}
}

// shownOf is what the journal shows of an answer with that body.
func shownOf(t *testing.T, body string) string {
	t.Helper()
	book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	send(t, client, request(t.Context(), t, "GET", address, ""))
	return book.Exchanges()[0].Response.Body
}

// What is no secret stays byte for byte: it is the evidence.
func TestEvidenceIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"], "userName" : "han@acme.test","active":true, "x":1.50,"meta":{"version":"W/\"1\""}}` + "\n",
		`{"changePassword":{"supported":false},"authenticationSchemes":[{"type":"oauthbearertoken","name":"OAuth Bearer Token"}]}`,
		`{"Operations":[{"op":"replace","path":"active","value":"False"}]}`,
		"no live session; no live token; 1 seat (open since 2026-11-22T06:08:29Z: a tracking record)",
		"expected 401 to a token that was revoked, and Bearer authentication",
		"https://ci.test/scim/v2/Users?filter=userName%20eq%20%22han%40acme.test%22&startIndex=1&count=100",
		`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://ci.test/acs"/>`,
		`<input name="email" value="han@acme.test"><td>token</td>`,
		"[SAMLResponse 5123 bytes sha256:14f2911cd067…]",
	} {
		if got := journal.Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if got := shownOf(t, text); got != text {
			t.Errorf("the body %q is shown as %q", text, got)
		}
	}
}

func TestHeadersHoldNoSecret(t *testing.T) {
	t.Parallel()
	book, client, address := wire(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", planted.opaque)
		w.Header().Add("Set-Cookie", "sid="+planted.opaque+"; Path=/; HttpOnly, other="+planted.opaque+"; x="+planted.opaque)
		w.Header().Set("Location", "https://idp.test/?SAMLRequest="+url.QueryEscape(planted.saml)+"&RelayState=x#access_token="+planted.opaque)
		w.Header().Set("Link", "<https://ci.test/?token="+planted.opaque+`>; rel="next"`)
		w.Header().Set("Refresh", "0; url=https://ci.test/?code="+planted.opaque)
		w.Header().Set("X-Debug", "bearer "+planted.opaque)
	})
	for _, scheme := range []string{"", "Bearer ", "Basic ", "SSWS ", "Digest response=", "token "} {
		made := request(t.Context(), t, "GET", address+"/?a=b", "")
		made.Header.Set("Authorization", scheme+planted.opaque)
		made.Header["authorization"] = []string{scheme + planted.opaque}
		made.Header.Set("Cookie", planted.opaque+"; sid="+planted.opaque)
		made.Header.Set("X-Session", planted.opaque)
		made.Header.Set("Dpop", planted.jwt)
		send(t, client, made)
	}
	for _, exchange := range book.Exchanges() {
		if secret := leaks(everything(exchange)); secret != "" {
			t.Errorf("shows %q: %s", secret, everything(exchange))
		}
	}
	cookies := fmt.Sprint(book.Exchanges()[1].Response.Header["Set-Cookie"])
	if want := "[[redacted] sid=[redacted]; Path=/; HttpOnly, other=[redacted]; x=[redacted]]"; cookies != want {
		t.Errorf("cookies %s, want %s", cookies, want)
	}
	if got := book.Exchanges()[3].Request.Header.Get("Authorization"); got != "SSWS [redacted]" {
		t.Errorf("authorization %q", got)
	}
}

// FuzzRedact looks for texts that break the redaction or change when they are
// redacted again.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{`{"password":"a"}`, `[{"path":"password","value":1}]`, "a=b&token=c", `<input name=token value="x">`, "Cookie: a=b", `{"a":`, planted.xml} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := journal.Redact(text)
		if len(once) > 40*len(text)+100 {
			t.Errorf("%d bytes became %d", len(text), len(once))
		}
		journal.Redact(once)
	})
}
