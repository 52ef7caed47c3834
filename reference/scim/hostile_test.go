package scim_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"rollcall.example/reference/scim"
)

// Texts that mean something to somebody behind us: a database, a shell, a log, a
// template, a file system, a browser. To us they are texts.
var hostile = []string{
	`' OR '1'='1`, `"; DROP TABLE records; --`, `x') UNION SELECT token FROM credentials --`, `%' ESCAPE '\`, `*`, `%`, `_`,
	`x" or id pr or userName eq "x`, `") or (id pr`, `\" or id pr`, `*)(uid=*))(|(uid=*`, `' or 1=1 or ''='`,
	`../../etc/passwd`, `..\..\x`, `/`, `//`, `.`, `..`, `~`, `file:///etc/passwd`,
	`$(id)`, "`id`", `; id`, `| id`, `${jndi:ldap://x}`, `{{7*7}}`, `<%= 7 %>`, `<script>alert(1)</script>`, `"><img src=x>`,
	"a\r\nSet-Cookie: x=y", "a\nlevel=ERROR msg=forged", "\x1b[31mred", "\u2028", "\u202etxt", "\ufeff", "é", "é", "😀", "ſ", "\u0130",
	"\x00", "a\x00b", "\xff", "\xc0\xae", "\xed\xa0\x80", "%00", "%2e%2e", "+", " ", strings.Repeat("a", 8000), strings.Repeat("(", 4000),
	`-1`, `0`, `9999999999999999999999`, `1e999`, `NaN`, `null`, `undefined`, `true`, `[]`, `{}`, `__proto__`, `constructor`, `bulkId:x`, `W/"1"`,
}

// None of it finds somebody, changes anything or breaks anything.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	for _, text := range hostile {
		escaped := url.PathEscape(text)
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
			body := map[string]string{"PUT": lukes, "PATCH": rename}[method]
			if strings.Trim(escaped, ".") == "" {
				escaped = strings.ReplaceAll(escaped, ".", "%2E")
			}
			c.do(method, "/Users/"+escaped, body).refused(t, http.StatusNotFound, "")
		}
		for _, path := range []string{"/" + escaped, "/Schemas/" + escaped, "/ResourceTypes/" + escaped} {
			if a := c.do("GET", path, ""); a.status != http.StatusNotFound && a.status != http.StatusNotImplemented {
				t.Errorf("%q as %s is answered %d", text, path, a.status)
			}
		}
		for _, parameter := range []string{"filter", "startIndex", "count", "attributes", "excludedAttributes", "sortBy", "sortOrder", "cursor", "x"} {
			a := c.do("GET", "/Users?"+parameter+"="+url.QueryEscape(text), "")
			if a.status != http.StatusOK && a.status != http.StatusBadRequest {
				t.Errorf("%q as %s is answered %d: %s", text, parameter, a.status, a.body)
			}
			if parameter == "filter" && a.status == http.StatusOK {
				t.Errorf("%q is taken for a filter", text)
			}
		}
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
		for _, attribute := range []string{"userName", "externalId", "id"} {
			a := c.do("GET", "/Users?filter="+url.QueryEscape(attribute+` eq "`+quoted+`"`), "")
			if a.status == http.StatusOK && a.object["totalResults"] != 0.0 || a.status != http.StatusOK && a.status != http.StatusBadRequest {
				t.Errorf("%s eq %q is answered %d: %s", attribute, text, a.status, a.body)
			}
		}
	}
}

// Headers are no better.
func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	c := unchanged(t)
	for _, text := range hostile {
		raw := func(name string) setting { return func(r *http.Request) { r.Header[name] = []string{text} } }
		for _, token := range []string{text, "Bearer " + text} {
			c.do("GET", "/Users", "", func(r *http.Request) { r.Header["Authorization"] = []string{token} }).refused(t, http.StatusUnauthorized, "")
			c.do("GET", "/Me", "", func(r *http.Request) { r.Header["Authorization"] = []string{token} }).refused(t, http.StatusUnauthorized, "")
		}
		for _, name := range []string{"Accept", "Content-Type", "Content-Encoding", "If-None-Match", "Host", "X-Forwarded-Host", "X-Http-Method-Override"} {
			if a := c.do("POST", "/Users", `{}`, raw(name)); a.status < 400 || a.status >= 500 {
				t.Errorf("%q as %s is answered %d", text, name, a.status)
			}
		}
		if text != "*" && text != `W/"1"` {
			c.do("DELETE", "/Users/id-001", "", raw("If-Match")).refused(t, http.StatusPreconditionFailed, "")
		}
	}
}

// noted keeps what is logged as it is handed over, before any handler could escape it.
type noted struct {
	slog.Handler
	texts *[]string
}

func (n noted) Enabled(context.Context, slog.Level) bool { return true }

func (n noted) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "stack" {
			*n.texts = append(*n.texts, a.Value.String())
		}
		return true
	})
	return nil
}

// What a failure leaves in the log cannot forge a line of it.
func TestHostileTextsInTheLog(t *testing.T) {
	t.Parallel()
	var texts []string
	product := &memory{broken: errors.New("disk I/O error")}
	c := &client{t: t, product: product, handler: scim.New(product, scim.Options{Logger: slog.New(noted{texts: &texts})}).Handler()}
	for _, text := range hostile {
		c.do("GET", "/Users/"+url.PathEscape(text), "", header("X-Request-Id", "x"))
		c.do("GET", "/Users?filter="+url.QueryEscape(`userName eq "`+text+`"`), "")
	}
	if len(texts) == 0 {
		t.Fatal("nothing was logged")
	}
	for _, logged := range texts {
		if strings.ContainsFunc(logged, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("the log holds %q", logged)
		}
	}
}
