package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"rollcall.example/fixtures/machine/chromium"
	"rollcall.example/suites/report"
)

func htmlOf(t *testing.T, r report.Report) string {
	t.Helper()
	var text bytes.Buffer
	if err := r.HTML(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestHTMLSaysEverything(t *testing.T) {
	t.Parallel()
	r := readGolden(t)
	text := htmlOf(t, r)
	for _, want := range []string{
		"Not conformant, 1 spec waived", "Rollcall suite 1, profile two-layer", "seat-at-create", ">the reference<",
		`id="tracking.no-seat"`, "A tracking record does not start a seat.", `<a href="https://buildkite.com/docs/platform/sso/okta" rel="noreferrer">`,
		"the profile two-layer says scim_create: tracking, billing_starts: first_login", "go run ./cmd/rollcall verify --only tracking.no-seat --defect seat-at-create",
		"curl -sS -i -X POST \\\n  &#39;", "sign-on team, until 2099-01-31; it was failed", `"password": "'"$PASSWORD"'"`, "Authorization: Bearer '\"$TOKEN\"''",
		"+ header set 1", `id="headers-1"`, "X-Frame-Options: DENY",
	} {
		if !strings.Contains(text, want) && !strings.Contains(text, strings.ReplaceAll(want, "&#39;", "'")) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, s := range r.Specs {
		if !strings.Contains(text, `id="`+s.Key()+`"`) {
			t.Errorf("the page lacks %s", s.Key())
		}
	}
	if again := htmlOf(t, r); again != text {
		t.Error("one report, two pages")
	}
	if strings.Contains(text, "leaves out") {
		t.Error("a small page leaves something out")
	}
}

// What the run itself has to say stands before the specs, in a page and in Markdown.
func TestLatenessAndWhatWasLeft(t *testing.T) {
	t.Parallel()
	r := readGolden(t)
	r.Propagation = &report.Propagation{BoundSeconds: 2, Observed: 3, MedianSeconds: 0.2, MaxSeconds: 1.5}
	r.Left, r.Configuration.ReadOnly = []string{"the record of <han@acme.test>: 503"}, true
	for name, text := range map[string]string{"HTML": htmlOf(t, r), "Markdown": markdownOf(t, r)} {
		for _, want := range []string{"1.50 s at most", "the record of &lt;han@", "rollcall sweep", "ead only"} {
			if !strings.Contains(strings.ReplaceAll(text, "\u200b", ""), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	follows(t, "with lateness", r)
}

// The policy lets in just the style and the script that the page has.
func TestHTMLPolicy(t *testing.T) {
	t.Parallel()
	text := htmlOf(t, everything())
	for _, element := range []string{"style", "script"} {
		found := regexp.MustCompile(`(?s)<`+element+`>(.*?)</`+element+`>`).FindAllStringSubmatch(text, -1)
		if len(found) != 1 {
			t.Fatalf("%d elements %s", len(found), element)
		}
		sum := sha256.Sum256([]byte(found[0][1]))
		want := element + "-src &#39;sha256-" + strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;")
		if !strings.Contains(text, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if !strings.Contains(text, "default-src &#39;none&#39;") {
		t.Error("the policy allows more than it names")
	}
	text = text[:strings.LastIndex(text, "<script>")]
	if found := regexp.MustCompile(`(?i)\s(src|srcset|style|on\w+)\s*=|@import|url\(`).FindString(text); found != "" {
		t.Errorf("the page has %q", found)
	}
}

func TestHTMLEscapes(t *testing.T) {
	t.Parallel()
	text := htmlOf(t, hostile("http://127.0.0.1:9"))
	text = text[strings.Index(text, "</style>"):strings.LastIndex(text, "<script>'use strict'")]
	for _, forbidden := range []string{"<img", "<script", "<iframe", "javascript:", "\x1b", "\u202e"} {
		if strings.Contains(text, forbidden) {
			t.Errorf("the page has %q", forbidden)
		}
	}
}

func TestHTMLOfAThousandSpecs(t *testing.T) {
	t.Parallel()
	r := many(t, 1000)
	address := page(t, r)
	found, err := os.Stat(strings.TrimPrefix(address, "file://"))
	if err != nil {
		t.Fatal(err)
	}
	if found.Size() > 5_000_000 {
		t.Errorf("the page is %d bytes", found.Size())
	}
	b := chromium.Open(t)
	b.Does("opening", chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS("#controls")))
	b.Expect(shown, "1000")
	b.Expect(`document.querySelector('footer').textContent.includes('leaves out')`, "true")
	calls := b.Says(`document.querySelectorAll('.x').length`)
	t.Logf("%d bytes with %s exchanges; opened in %s ms, painted first after %s ms; a search took %s ms", found.Size(), calls,
		b.Says(`Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)`),
		b.Says(`Math.round((performance.getEntriesByName('first-contentful-paint')[0] ?? {}).startTime)`),
		b.Says(`(() => { const q = document.querySelector('#q'), began = performance.now(); q.value = 'clause-0999'; q.dispatchEvent(new Event('input')); document.body.offsetHeight; return Math.round(performance.now() - began) })()`))
	b.Expect(shown, "1")
	b.Expect(`document.querySelector('#count').textContent`, "1 of 1000 specs")
	b.Does("clearing", chromedp.Click(chromedp.CSS("#clear")))
	b.Expect(shown, "1000")
	b.Does("choosing a level", chromedp.Click(chromedp.CSS(`.chip[data-is="MUST"]`)))
	b.Expect(shown, fmt.Sprint(levels(r, "MUST")))
}
