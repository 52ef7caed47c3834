package simulator

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"strings"

	"rollcall.example/simulator/journal"
)

// A page that sends the browser on by a form is small and plain, so its tags can
// be picked out without a parser for all of HTML.
var (
	formTag   = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	inputTag  = regexp.MustCompile(`(?is)<input\b([^>]*)>`)
	attribute = regexp.MustCompile(`(?is)([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
)

// requestForm finds the form that brings an AuthnRequest to the address by POST
// (SAML 2.0 bindings §3.5.4).
func requestForm(page, address string) (url.Values, bool) {
	for _, form := range formTag.FindAllStringSubmatch(page, -1) {
		if tagAttributes(form[1])["action"] != address {
			continue
		}
		fields := url.Values{}
		for _, input := range inputTag.FindAllStringSubmatch(form[2], -1) {
			if attributes := tagAttributes(input[1]); attributes["name"] != "" {
				fields.Add(attributes["name"], attributes["value"])
			}
		}
		if fields.Has("SAMLRequest") {
			return fields, true
		}
	}
	return nil, false
}

func tagAttributes(text string) map[string]string {
	found := map[string]string{}
	for _, parts := range attribute.FindAllStringSubmatch(text, -1) {
		found[strings.ToLower(parts[1])] = html.UnescapeString(parts[2] + parts[3] + parts[4])
	}
	return found
}

// about marks what follows as being about the person.
func (b *Browser) about(ctx context.Context, person *Person) context.Context {
	return journal.About(ctx, person.Email())
}
