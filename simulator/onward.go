package simulator

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// A page that sends the browser on is small and plain, so its tags can be picked out
// without a parser for all of HTML.
var (
	unread    = regexp.MustCompile(`(?is)<!--.*?-->|<noscript\b.*?</noscript>`)
	formTag   = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	inputTag  = regexp.MustCompile(`(?is)<(input|select|textarea)\b([^>]*)>`)
	metaTag   = regexp.MustCompile(`(?is)<meta\b([^>]*)>`)
	attribute = regexp.MustCompile(`(?is)([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
	refresh   = regexp.MustCompile(`(?is)^\s*(\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?['"]?([^'"]+)`)
	submits   = regexp.MustCompile(`(?i)\.submit\s*\(`)
)

// soon is the longest delay, in seconds, of a refresh that leads on. A page that
// renews itself every other minute does not.
const soon = 10

// onward is where a page leads by itself, without a redirect: by a form that carries
// a message to Okta (SAML 2.0 bindings §3.5.4) or posts itself, or by a
// refresh. It is nil where the page waits for somebody to do something.
func onward(p page, atOkta func(step) bool) *step {
	if p.status/100 != 2 || !strings.Contains(p.header.Get("Content-Type"), "html") || !leads(p.body) {
		return nil
	}
	text := unread.ReplaceAllString(p.body, "")
	forms := formsOf(text, p.address)
	for _, f := range forms {
		if next := f.step(p.address); (f.fields.Has("SAMLRequest") || f.fields.Has("SAMLResponse")) && atOkta(next) {
			return &next
		}
	}
	if submits.MatchString(text) {
		for _, f := range forms {
			if f.silent {
				next := f.step(p.address)
				return &next
			}
		}
	}
	return refreshOf(text, p.address)
}

// leads says whether a page may lead on: most do not, and are not looked at closer.
func leads(body string) bool {
	small := strings.ToLower(body)
	return strings.Contains(small, "samlre") || strings.Contains(small, "http-equiv") || strings.Contains(small, ".submit")
}

// webForm is a form on a page.
type webForm struct {
	action string // a whole address
	method string
	fields url.Values
	silent bool // nothing in it waits for somebody's input
}

// step is what submitting the form asks for.
func (f webForm) step(from string) step {
	next := step{method: f.method, address: f.action, form: f.fields, initiator: originOf(from)}
	if f.method == http.MethodGet {
		bare, _, _ := strings.Cut(f.action, "?")
		next.address, next.form = bare+"?"+f.fields.Encode(), nil
	}
	return next
}

func formsOf(text, address string) []webForm {
	var forms []webForm
	for _, parts := range formTag.FindAllStringSubmatch(text, -1) {
		attributes := tagAttributes(parts[1])
		action, ok := resolved(address, attributes["action"])
		if !ok {
			continue
		}
		f := webForm{action: action, method: http.MethodGet, fields: url.Values{}, silent: true}
		if strings.EqualFold(attributes["method"], http.MethodPost) {
			f.method = http.MethodPost
		}
		for _, input := range inputTag.FindAllStringSubmatch(parts[2], -1) {
			f.add(strings.ToLower(input[1]), tagAttributes(input[2]))
		}
		forms = append(forms, f)
	}
	return forms
}

// add takes up a control. A button goes along only when somebody presses it.
func (f *webForm) add(tag string, attributes map[string]string) {
	kind := strings.ToLower(attributes["type"])
	switch {
	case tag == "input" && (kind == "submit" || kind == "button" || kind == "image" || kind == "reset"):
		return
	case tag != "input" || kind != "hidden" && !strings.HasPrefix(attributes["name"], "SAML") && attributes["name"] != "RelayState":
		f.silent = false
	}
	if attributes["name"] != "" {
		f.fields.Add(attributes["name"], attributes["value"])
	}
}

// refreshOf is where a refresh leads that leads elsewhere, and soon.
func refreshOf(text, address string) *step {
	for _, meta := range metaTag.FindAllStringSubmatch(text, -1) {
		attributes := tagAttributes(meta[1])
		parts := refresh.FindStringSubmatch(attributes["content"])
		if !strings.EqualFold(attributes["http-equiv"], "refresh") || parts == nil {
			continue
		}
		delay, err := strconv.Atoi(parts[1])
		target, ok := resolved(address, strings.TrimSpace(parts[2]))
		if err == nil && ok && delay <= soon && target != address {
			return &step{method: http.MethodGet, address: target, initiator: originOf(address)}
		}
	}
	return nil
}

// resolved completes an address by that of the page that it stands on. Only the web
// is followed.
func resolved(page, reference string) (string, bool) {
	base, err := url.Parse(page)
	if err != nil {
		return "", false
	}
	target, err := base.Parse(reference)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" {
		return "", false
	}
	target.Fragment = ""
	return target.String(), true
}

func originOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return ""
	}
	return parsed.Scheme + "://" + parsed.Host
}

func tagAttributes(text string) map[string]string {
	found := map[string]string{}
	for _, parts := range attribute.FindAllStringSubmatch(text, -1) {
		found[strings.ToLower(parts[1])] = html.UnescapeString(parts[2] + parts[3] + parts[4])
	}
	return found
}
