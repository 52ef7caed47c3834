package load_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rollcall.example/suites/load"
)

func pageOf(t *testing.T, r load.Result) string {
	t.Helper()
	var text bytes.Buffer
	if err := r.HTML(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// The page has all of the table in it, loads nothing, and shows no name as markup.
func TestThePage(t *testing.T) {
	t.Parallel()
	text := pageOf(t, sample())
	for _, want := range []string{
		"Acme CI &lt;b&gt;", "Not passed", "0.59 % of the requests went wrong", "rollcall sweep clears it away", "due.",
		"<code>POST /Users</code>", "provision POST /Users: 420 errors 503", "3 errors timeout", ">78.4 ms<", ">p50<", "10 ms", "7 times",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if found := regexp.MustCompile(`(?i)<script|<link|<img|\bsrc=|url\(|@import|\bstyle="|https?://`).FindString(text); found != "" {
		t.Errorf("the page has %q", found)
	}
	if strings.Count(text, "<figure>") != 4 {
		t.Errorf("%d plots", strings.Count(text, "<figure>"))
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Error("something is drawn nowhere")
	}
	wellFormed(t, text)
}

// wellFormed reads every plot as XML.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	plots := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(text, -1)
	if len(plots) < 2 {
		t.Fatalf("%d plots", len(plots))
	}
	for _, plot := range plots {
		decoder := xml.NewDecoder(strings.NewReader(plot))
		for {
			_, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, plot)
			}
		}
	}
}

// What says little is drawn too: a run that was stopped before anything was answered,
// and one in which everything took as long.
func TestThePageOfLittle(t *testing.T) {
	t.Parallel()
	none := load.Result{Schema: load.Schema, Target: "t", Interrupted: true}
	if text := pageOf(t, none); strings.Contains(text, "<svg") || !strings.Contains(text, `data-tone="mixed"`) {
		t.Error("nothing was measured, and is drawn")
	}
	alike := sample()
	alike.Operations = alike.Operations[:1]
	alike.Operations[0].Histogram = []load.Bar{{1, 20}}
	alike.Throughput.Points = alike.Throughput.Points[:1]
	text := pageOf(t, alike)
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Error("something is drawn nowhere")
	}
	wellFormed(t, text)
}

// In a browser nothing is wider than the screen, the style holds, and nothing is asked
// of anybody.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("ROLLCALL_NO_SKIP") == "1" {
			t.Fatal("chromium is not installed: make setup installs it")
		}
		t.Skip("chromium is not installed: make setup installs it")
	}
	file := filepath.Join(t.TempDir(), "load.html")
	if err := os.WriteFile(file, []byte(pageOf(t, sample())), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, look := range map[string]struct {
		flags  []chromedp.ExecAllocatorOption
		ground string
	}{
		"light": {nil, "rgb(247, 247, 245)"},
		"dark":  {[]chromedp.ExecAllocatorOption{chromedp.Flag("blink-settings", "preferredColorScheme=0")}, "rgb(21, 23, 26)"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := newTab(t, path, look.flags...)
			for size, width := range map[string]int64{"wide": 1280, "phone": 390} {
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+file)); err != nil {
					t.Fatal(err)
				}
				for script, want := range map[string]string{
					`document.documentElement.scrollWidth <= innerWidth`:                                         "true",
					`getComputedStyle(document.documentElement).backgroundColor`:                                 look.ground,
					`performance.getEntriesByType('resource').length`:                                            "0",
					`[...document.querySelectorAll('rect')].every(r => r.getBoundingClientRect().height > 0)`:    "true",
					`[...document.querySelectorAll('figure')].every(f => f.getBoundingClientRect().width > 200)`: "true",
				} {
					got, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+script+")"))
					if err != nil || got != want {
						t.Errorf("%s, %s: %s is %q, want %q (%v)", name, size, script, got, want, err)
					}
				}
				keep(t, name+"-"+size+".png", func() ([]byte, error) { return chromedp.Run(ctx, chromedp.FullScreenshot(100)) })
			}
			keep(t, name+".pdf", func() ([]byte, error) { return chromedp.Run(ctx, chromedp.PrintToPDF()) })
		})
	}
}

func newTab(t *testing.T, browser string, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	allocated, stop := chromedp.NewExecAllocator(t.Context(), append(options, flags...)...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocated)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil { // the first call starts the browser, and must not have the time limit
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// keep keeps what a person may look at in the directory that ROLLCALL_SCREENSHOTS
// names.
func keep(t *testing.T, name string, take func() ([]byte, error)) {
	t.Helper()
	dir := os.Getenv("ROLLCALL_SCREENSHOTS")
	if dir == "" {
		return
	}
	image, err := take()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "load-"+name), image, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
