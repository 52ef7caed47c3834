package load_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"rollcall.example/fixtures/machine/chromium"
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
	file := filepath.Join(t.TempDir(), "load.html")
	if err := os.WriteFile(file, []byte(pageOf(t, sample())), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, look := range map[string]struct {
		flags  []chromedp.ExecAllocatorOption
		ground string
	}{
		"light": {nil, "rgb(247, 247, 245)"},
		"dark":  {[]chromedp.ExecAllocatorOption{chromium.Dark}, "rgb(21, 23, 26)"},
	} {
		t.Run(name, func(t *testing.T) {
			b := chromium.Open(t, look.flags...)
			for size, width := range map[string]int64{"wide": 1280, "phone": 390} {
				b.Does("opening "+size, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+file))
				b.Fits()
				for script, want := range map[string]string{
					`getComputedStyle(document.documentElement).backgroundColor`:                                 look.ground,
					`performance.getEntriesByType('resource').length`:                                            "0",
					`[...document.querySelectorAll('rect')].every(r => r.getBoundingClientRect().height > 0)`:    "true",
					`[...document.querySelectorAll('figure')].every(f => f.getBoundingClientRect().width > 200)`: "true",
				} {
					if got := b.Says(script); got != want {
						t.Errorf("%s: %s is %q, want %q", size, script, got, want)
					}
				}
				b.Shot("load-" + name + "-" + size)
			}
			b.Print("load-" + name)
		})
	}
}
