package report

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
)

// callView is an exchange as the page shows it.
type callView struct {
	Method, Path string
	Outcome      string // the status, or why no answer came
	Broken       bool   // no answer came
	Took         string
	Times        int // how often it went the same way, one after the other
	Subject      string
	Request      template.HTML // the command that sends it again
	Copyable     bool          // the command is whole
	Header       template.HTML // lines of the answer's header that are of this answer
	Common       int           // number of the set of lines that many answers have; 0 for none
	Answer       template.HTML
}

// headerView is a set of lines that many answers have.
type headerView struct {
	Number int
	Lines  []string
}

// wireView lays exchanges out, and says once what many of them repeat.
type wireView struct {
	allowed   allowance
	bases     []string       // SCIM base URLs
	frequency map[string]int // of header lines
	sets      map[string]int // numbers of sets of common lines
	order     []string
	earlier   int // exchanges left out
	shortened int // bodies and claims cut
}

func newWireView(r Report, allowed allowance) *wireView {
	w := &wireView{allowed: allowed, frequency: map[string]int{}, sets: map[string]int{}}
	for _, c := range r.Target.Connections {
		if c.SCIM != "" {
			w.bases = append(w.bases, strings.TrimRight(c.SCIM, "/"))
		}
	}
	for _, s := range r.Specs {
		for _, e := range s.Exchanges {
			for _, line := range headerLines(e.AnswerHeader) {
				w.frequency[line]++
			}
		}
	}
	return w
}

// calls lays out the last exchanges and says how many stood before them.
func (w *wireView) calls(all []Exchange) (shown []callView, earlier int) {
	earlier = max(0, len(all)-w.allowed.exchanges)
	w.earlier += earlier
	for i := earlier; i < len(all); i++ {
		if i > earlier && sameAgain(all[i-1], all[i]) {
			shown[len(shown)-1].Times++
			continue
		}
		shown = append(shown, w.call(all[i]))
	}
	return shown, earlier
}

func (w *wireView) call(e Exchange) callView {
	lines, common := w.header(e)
	request, whole := w.request(e)
	return callView{
		Method: e.Method, Path: w.pathOf(e.URL), Outcome: answered(e), Broken: e.Status == 0,
		Took: readable(e.Seconds), Times: 1, Subject: e.Subject,
		Request: request, Copyable: whole,
		Header: plainHTML(strings.Join(lines, "\n")), Common: common, Answer: w.body(e.Answer),
	}
}

// pathOf is the end of an address, without the SCIM base URL or the host that it
// shares with most others; the command shows it whole.
func (w *wireView) pathOf(address string) string {
	for _, base := range w.bases {
		if path, below := strings.CutPrefix(address, base); below && path != "" {
			return path
		}
	}
	_, rest, found := strings.Cut(address, "://")
	slash := strings.IndexByte(rest, '/')
	if !found || slash < 0 {
		return address
	}
	return rest[slash:]
}

// request is the command that sends the exchange's request again, with a body laid
// out for reading. One that is too long to show is cut, and can then not be copied.
func (w *wireView) request(e Exchange) (text template.HTML, whole bool) {
	e.Body = laidOut(e.Body)
	command := e.replay(" \\\n  ")
	if len(e.Body) <= w.allowed.body {
		return plainHTML(command), true
	}
	w.shortened++
	e.Body = cut(e.Body, w.allowed.body)
	return plainHTML(e.replay(" \\\n  ")), false
}

func (w *wireView) body(text string) template.HTML {
	text = laidOut(text)
	if len(text) > w.allowed.body {
		w.shortened++
		text = cut(text, w.allowed.body)
	}
	return plainHTML(text)
}

// claim shortens what was expected or what was there.
func (w *wireView) claim(text string) string {
	if len(text) > w.allowed.claim {
		w.shortened++
	}
	return cut(text, w.allowed.claim)
}

// own are the headers that tell something of one answer and are always shown with it.
var own = []string{
	"Allow", "Content-Location", "Content-Type", "Etag", "Link", "Location", "Retry-After", "Set-Cookie", "Www-Authenticate",
}

// passing are the headers that tell nothing and are never shown.
var passing = []string{"Content-Length", "Date"}

// often is how many answers have to share a line for it to be shown only once.
const often = 4

// header returns the lines that are this answer's own, and the number of the set
// of those that it shares.
func (w *wireView) header(e Exchange) (lines []string, common int) {
	var shared []string
	for _, line := range headerLines(e.AnswerHeader) {
		name, _, _ := strings.Cut(line, ":")
		if w.frequency[line] >= often && !slices.Contains(own, name) {
			shared = append(shared, line)
		} else {
			lines = append(lines, line)
		}
	}
	if len(shared) < 2 {
		return append(lines, shared...), 0
	}
	set := strings.Join(shared, "\n")
	if w.sets[set] == 0 {
		w.order = append(w.order, set)
		w.sets[set] = len(w.order)
	}
	return lines, w.sets[set]
}

// headerLines are the lines of a header, sorted, without those that tell nothing.
func headerLines(header http.Header) []string {
	var lines []string
	for name, values := range header {
		if slices.Contains(passing, name) {
			continue
		}
		for _, value := range values {
			lines = append(lines, OneLine(name+": "+value))
		}
	}
	slices.Sort(lines)
	return lines
}

func (w *wireView) headerViews() []headerView {
	var views []headerView
	for i, set := range w.order {
		views = append(views, headerView{i + 1, strings.Split(set, "\n")})
	}
	return views
}

// cuts says what the page leaves out of the report.
func (w *wireView) cuts() []string {
	var said []string
	if w.earlier > 0 {
		said = append(said, fmt.Sprintf("the first of the exchanges of long specs, %d in all", w.earlier))
	}
	if w.shortened > 0 {
		said = append(said, fmt.Sprintf("the ends of %d long texts", w.shortened))
	}
	return said
}

// plainHTML escapes a text for the inside of an element, and only what has to be
// escaped there: an escaped quote is five times as long, and JSON is full of them.
func plainHTML(text string) template.HTML {
	return template.HTML(elementEscapes.Replace(text))
}

var elementEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
