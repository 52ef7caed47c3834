package report_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rollcall.example/suites/report"
)

// tab is a tab of a real browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func newTab(t *testing.T, flags ...chromedp.ExecAllocatorOption) tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("ROLLCALL_NO_SKIP") == "1" {
			t.Fatal("chromium is not installed: make setup installs it")
		}
		t.Skip("chromium is not installed: make setup installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	options = append(options, flags...)
	allocated, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocated)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil { // the first call starts the browser, and must not have the time limit
		t.Fatal(err)
	}
	ctx, stopWaiting := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stopWaiting)
	return tab{t, ctx}
}

func (b tab) does(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// says evaluates a script that gives a text.
func (b tab) says(script string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("Promise.resolve("+script+").then(String)", chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return text
}

func (b tab) expect(script, want string) {
	b.t.Helper()
	if got := b.says(script); got != want {
		b.t.Errorf("%s is %q, want %q", script, got, want)
	}
}

// shot keeps what is seen in the directory that ROLLCALL_SCREENSHOTS names.
func (b tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("ROLLCALL_SCREENSHOTS")
	if dir == "" {
		return
	}
	image, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "report-"+name+".png"), image, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

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
	b := newTab(t)
	b.does("opening", chromedp.Navigate(page(t, r)), chromedp.WaitVisible(chromedp.CSS("#controls")))
	b.shot("light")
	b.expect(shown, fmt.Sprint(len(r.Specs)))
	b.expect(`document.querySelector('#count').textContent`, fmt.Sprintf("%d specs", len(r.Specs)))

	click := func(selector string) {
		t.Helper()
		b.does("clicking "+selector, chromedp.Click(chromedp.CSS(selector)))
	}
	click(`.chip[data-is="failed"]`)
	b.expect(shown, fmt.Sprint(r.Summary.Verdicts[report.Failed]))
	click(`.chip[data-is="untestable"]`)
	b.expect(shown, fmt.Sprint(r.Summary.Verdicts[report.Failed]+r.Summary.Verdicts[report.Untestable]))
	b.expect(`document.querySelector('#count').textContent`, fmt.Sprintf("%d of %d specs", r.Summary.Verdicts[report.Failed]+r.Summary.Verdicts[report.Untestable], len(r.Specs)))
	b.expect(`location.hash`, "#?v=failed%2Cuntestable")
	b.does("searching", chromedp.SendKeys(chromedp.CSS("#q"), "SIGN-IN seat-starts-at"))
	b.expect(shown, "1")
	b.shot("filtered")
	click("#clear")
	b.expect(shown, fmt.Sprint(len(r.Specs)))
	b.expect(`location.hash`, "")

	click(`.chip[data-is="SHOULD"]`)
	b.expect(shown, fmt.Sprint(levels(r, "SHOULD")))
	click("#clear")
	inTracking := `(() => { const s = document.querySelector('#in'); s.value = '%s'; s.dispatchEvent(new Event('change')); return s.value })()`
	b.says(fmt.Sprintf(inTracking, "tracking"))
	b.expect(shown, fmt.Sprint(areas(r, "tracking")))
	b.expect(`[...document.querySelectorAll('.area[data-area]')].filter(e => !e.hidden).length`, "1")
	b.says(fmt.Sprintf(inTracking, "1"))
	b.expect(shown, `3`)
	click("#clear")
	b.does("searching for nothing", chromedp.SendKeys(chromedp.CSS("#q"), "no such thing anywhere"))
	b.expect(shown, "0")
	click("#all")
	b.expect(shown, fmt.Sprint(len(r.Specs)))

	b.says(`location.hash = '#tracking.no-seat'`)
	b.does("waiting for it", chromedp.WaitVisible(chromedp.CSS(`[id="tracking.no-seat"] .calls`)))
	b.says(`document.querySelectorAll('[id="tracking.no-seat"] .x').forEach(e => e.open = true)`)
	b.shot("spec")
	b.expect(`document.querySelector('[id="tracking.no-seat"] .actual dd').textContent.includes('1 seat')`, "true")
	b.expect(`[...document.querySelectorAll('[id="tracking.no-seat"] pre[data-copy]')].filter(e => e.textContent.startsWith('curl -sS -i')).length`, "2")
	b.does("holding a phone", chromedp.EmulateViewport(390, 844))
	b.shot("phone")
	b.expect(`document.documentElement.scrollWidth <= window.innerWidth`, "true")
}

func TestHTMLInTheDark(t *testing.T) {
	t.Parallel()
	b := newTab(t, chromedp.Flag("blink-settings", "preferredColorScheme=0"))
	b.does("opening", chromedp.Navigate(page(t, everything())), chromedp.WaitVisible(chromedp.CSS("#controls")))
	b.says(`document.querySelectorAll('details').forEach(e => e.open = true)`)
	b.shot("dark")
	b.expect(`(() => {
		const style = getComputedStyle(document.documentElement)
		const light = colour => colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)
		return light(style.backgroundColor) < 150 && light(style.color) > 600
	})()`, "true")
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
	b := newTab(t)
	b.does("opening", chromedp.Navigate("file://"+path), chromedp.WaitVisible(chromedp.CSS("#specs")))
	b.expect(shown, fmt.Sprint(len(r.Specs)))
	b.expect(`getComputedStyle(document.querySelector('#controls')).display`, "none")
	b.does("opening a section", chromedp.Click(chromedp.CSS(`.section:not([open]) > summary`)))
	b.does("opening a spec", chromedp.Click(chromedp.CSS(`.spec:not([open]) > summary`)))
	b.printed("plain")
}

// printed looks at the page as paper shows it: everything open, nothing to press.
func (b tab) printed(name string) {
	b.t.Helper()
	paper, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	if err != nil {
		b.t.Fatal(err)
	}
	if len(paper) < 10_000 {
		b.t.Errorf("the print is %d bytes", len(paper))
	}
	if dir := os.Getenv("ROLLCALL_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "report-"+name+".pdf"), paper, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
}

// The page asks nobody for anything, and what a product answered cannot make it.
func TestHTMLNeedsNoNetworkAndTrustsNobody(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 64)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	t.Cleanup(server.Close)
	b := newTab(t)
	b.does("opening", chromedp.Navigate(page(t, hostile(server.URL))), chromedp.WaitVisible(chromedp.CSS("#controls")))
	b.says(`document.querySelectorAll('details').forEach(e => e.open = true)`)
	b.shot("hostile")
	b.expect(`window.owned`, "undefined")
	b.expect(`document.querySelectorAll('main img, main script, main iframe, a[href^="javascript"]').length`, "0")
	b.expect(shown, "1")
	b.says(`(() => { const i = new Image(); i.src = '` + server.URL + `/beacon'; document.body.append(i); return fetch('` + server.URL + `/fetch').catch(() => {}) })()`)
	b.says(`new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))`)
	select {
	case path := <-asked:
		t.Errorf("the page asked for %s", path)
	default:
	}
}
