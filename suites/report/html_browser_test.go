package report_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"rollcall.example/fixtures/machine/chromium"
	"rollcall.example/suites/report"
)

// page writes the report to a file and returns its address.
func page(t *testing.T, r report.Report) string {
	t.Helper()
	var text bytes.Buffer
	if err := r.HTML(&text); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// shown counts the specs that can be seen.
const shown = `[...document.querySelectorAll('.spec')].filter(e => !e.closest('[hidden]')).length`

func TestHTMLInABrowser(t *testing.T) {
	t.Parallel()
	r := readGolden(t)
	b := chromium.Open(t)
	b.Does("opening", chromedp.Navigate(page(t, r)), chromedp.WaitVisible(chromedp.CSS("#controls")))
	b.Shot("report-light")
	b.Expect(shown, fmt.Sprint(len(r.Specs)))
	b.Expect(`document.querySelector('#count').textContent`, fmt.Sprintf("%d specs", len(r.Specs)))

	click := func(selector string) {
		t.Helper()
		b.Does("clicking "+selector, chromedp.Click(chromedp.CSS(selector)))
	}
	click(`.chip[data-is="failed"]`)
	b.Expect(shown, fmt.Sprint(r.Summary.Verdicts[report.Failed]))
	click(`.chip[data-is="untestable"]`)
	b.Expect(shown, fmt.Sprint(r.Summary.Verdicts[report.Failed]+r.Summary.Verdicts[report.Untestable]))
	b.Expect(`document.querySelector('#count').textContent`, fmt.Sprintf("%d of %d specs", r.Summary.Verdicts[report.Failed]+r.Summary.Verdicts[report.Untestable], len(r.Specs)))
	b.Expect(`location.hash`, "#?v=failed%2Cuntestable")
	b.Does("searching", chromedp.SendKeys(chromedp.CSS("#q"), "SIGN-IN seat-starts-at"))
	b.Expect(shown, "1")
	b.Shot("report-filtered")
	click("#clear")
	b.Expect(shown, fmt.Sprint(len(r.Specs)))
	b.Expect(`location.hash`, "")

	click(`.chip[data-is="SHOULD"]`)
	b.Expect(shown, fmt.Sprint(levels(r, "SHOULD")))
	click("#clear")
	inTracking := `(() => { const s = document.querySelector('#in'); s.value = '%s'; s.dispatchEvent(new Event('change')); return s.value })()`
	b.Says(fmt.Sprintf(inTracking, "tracking"))
	b.Expect(shown, fmt.Sprint(areas(r, "tracking")))
	b.Expect(`[...document.querySelectorAll('.area[data-area]')].filter(e => !e.hidden).length`, "1")
	b.Says(fmt.Sprintf(inTracking, "1"))
	b.Expect(shown, `3`)
	click("#clear")
	b.Does("searching for nothing", chromedp.SendKeys(chromedp.CSS("#q"), "no such thing anywhere"))
	b.Expect(shown, "0")
	click("#all")
	b.Expect(shown, fmt.Sprint(len(r.Specs)))

	b.Says(`location.hash = '#tracking.no-seat'`)
	b.Does("waiting for it", chromedp.WaitVisible(chromedp.CSS(`[id="tracking.no-seat"] .calls`)))
	b.Says(`document.querySelectorAll('[id="tracking.no-seat"] .x').forEach(e => e.open = true)`)
	b.Shot("report-spec")
	b.Expect(`document.querySelector('[id="tracking.no-seat"] .actual dd').textContent.includes('1 seat')`, "true")
	b.Expect(`[...document.querySelectorAll('[id="tracking.no-seat"] pre[data-copy]')].filter(e => e.textContent.startsWith('curl -sS -i')).length`, "2")
	b.Does("holding a phone", chromedp.EmulateViewport(390, 844))
	b.Shot("report-phone")
	b.Fits()
}

func TestHTMLInTheDark(t *testing.T) {
	t.Parallel()
	b := chromium.Open(t, chromium.Dark)
	b.Does("opening", chromedp.Navigate(page(t, everything())), chromedp.WaitVisible(chromedp.CSS("#controls")))
	b.Says(`document.querySelectorAll('details').forEach(e => e.open = true)`)
	b.Shot("report-dark")
	b.IsDark()
}

// Without its script the page has everything but the controls, and on paper too.
func TestHTMLWithoutItsScript(t *testing.T) {
	t.Parallel()
	r := readGolden(t)
	var text bytes.Buffer
	if err := r.HTML(&text); err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(text.String(), "<script>")
	path := filepath.Join(t.TempDir(), "plain.html")
	if err := os.WriteFile(path, []byte(text.String()[:at]+"</body></html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := chromium.Open(t)
	b.Does("opening", chromedp.Navigate("file://"+path), chromedp.WaitVisible(chromedp.CSS("#specs")))
	b.Expect(shown, fmt.Sprint(len(r.Specs)))
	b.Expect(`getComputedStyle(document.querySelector('#controls')).display`, "none")
	b.Does("opening a section", chromedp.Click(chromedp.CSS(`.section:not([open]) > summary`)))
	b.Does("opening a spec", chromedp.Click(chromedp.CSS(`.spec:not([open]) > summary`)))
	if paper := b.Print("report-plain"); len(paper) < 10_000 {
		t.Errorf("the print is %d bytes", len(paper))
	}
}

// The page asks nobody for anything, and what a product answered cannot make it.
func TestHTMLNeedsNoNetworkAndTrustsNobody(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 64)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	t.Cleanup(server.Close)
	b := chromium.Open(t)
	b.Does("opening", chromedp.Navigate(page(t, hostile(server.URL))), chromedp.WaitVisible(chromedp.CSS("#controls")))
	b.Says(`document.querySelectorAll('details').forEach(e => e.open = true)`)
	b.Shot("report-hostile")
	b.Expect(`window.owned`, "undefined")
	b.Expect(`document.querySelectorAll('main img, main script, main iframe, a[href^="javascript"]').length`, "0")
	b.Expect(shown, "1")
	b.Says(`(() => { const i = new Image(); i.src = '` + server.URL + `/beacon'; document.body.append(i); return fetch('` + server.URL + `/fetch').catch(() => {}) })()`)
	b.Says(`new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))`)
	select {
	case path := <-asked:
		t.Errorf("the page asked for %s", path)
	default:
	}
}
