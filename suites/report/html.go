package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"sort"
	"sync"
)

//go:embed html/report.html
var htmlTemplate string

//go:embed html/report.css
var htmlStyle string

//go:embed html/report.js
var htmlScript string

// htmlPage is the page; what it is filled with is a [pageView].
var htmlPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Parse(htmlTemplate))
})

// maxHTML is how large a page may grow before it shows less of the wire.
const maxHTML = 4_900_000

// allowance says how much of the wire a page shows.
type allowance struct {
	exchanges int // of one spec, the last ones
	body      int // bytes of one body
	claim     int // bytes of what was expected and of what was there
}

// allowances are how much a page may show, from all that a person would ever read
// to nothing of the wire. The first with which the page is small enough is taken: a
// product that fails a thousand specs gets less for each.
var allowances = []allowance{
	{400, 16 << 10, 16 << 10},
	{40, 4 << 10, 8 << 10},
	{20, 3 << 10, 4 << 10},
	{12, 2 << 10, 4 << 10},
	{8, 1500, 2 << 10},
	{6, 1200, 2 << 10},
	{5, 1000, 2 << 10},
	{4, 900, 1 << 10},
	{3, 800, 1 << 10},
	{2, 700, 1 << 10},
	{1, 600, 500},
	{1, 300, 300},
	{0, 0, 200},
}

// HTML writes the report as one page that needs nothing but a browser: it loads
// nothing, and says so to the browser in a content security policy. Everything is
// in it without its script, which only searches, filters and copies. Where the
// evidence of very many failures would make it larger than some 5 MB, it shows the
// last exchanges and the beginnings of bodies, and says how much it left out.
func (r Report) HTML(w io.Writer) error {
	var page string
	var failed error
	render := func(i int) bool {
		var text bytes.Buffer
		if err := htmlPage().Execute(&text, r.view(allowances[i])); err != nil {
			failed = err
			return true
		}
		page = harmless(text.String())
		return len(page) <= maxHTML
	}
	if !render(0) {
		last := len(allowances) - 1
		render(1 + sort.Search(last-1, func(i int) bool { return render(1 + i) }))
	}
	if failed != nil {
		return fmt.Errorf("report: %w", failed)
	}
	if _, err := io.WriteString(w, page); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// contentPolicy forbids everything but the style and the script of the page.
func contentPolicy() string {
	return fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'", hashed(htmlStyle), hashed(htmlScript))
}

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}
