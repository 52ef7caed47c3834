package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// How much of the wire the console shows: the last exchanges, and of each body its
// beginning. The JSON report has all of it.
const (
	shownExchanges = 4
	shownBody      = 240
)

// exchanges prints what went over the wire, shortened.
func (p *printer) exchanges(all []Exchange, indent string) {
	if len(all) == 0 {
		return
	}
	p.line("%s%s", indent, p.style.faint("exchange:"))
	indent += "  "
	all = slices.CompactFunc(slices.Clone(all), sameAgain)
	if skipped := len(all) - shownExchanges; skipped > 0 {
		p.line("%s%s", indent, p.style.faint(fmt.Sprintf("… %s before; the JSON report has all of them", plural(skipped, "exchange"))))
		all = all[skipped:]
	}
	for _, e := range all {
		p.line("%s%s %s %s", indent, e.Method, harmless(e.URL), p.style.bold("→ "+harmless(answered(e))))
		if body := shortened(e.Body); body != "" {
			p.line("%s  %s %s", indent, p.style.faint(">"), body)
		}
		if body := shortened(e.Answer); body != "" {
			p.line("%s  %s %s", indent, p.style.faint("<"), body)
		}
	}
}

// sameAgain says whether an exchange only repeats the one before it, as Okta does
// with a look-up that was answered with nonsense.
func sameAgain(a, b Exchange) bool {
	return a.Method == b.Method && a.URL == b.URL && a.Body == b.Body && a.Status == b.Status && a.Answer == b.Answer
}

func answered(e Exchange) string {
	if e.Error != "" {
		return e.Error
	}
	return fmt.Sprint(e.Status)
}

// shortened puts a body on one line and cuts it.
func shortened(body string) string {
	body = harmless(strings.Join(strings.Fields(body), " "))
	if utf8.RuneCountInString(body) <= shownBody {
		return body
	}
	return string([]rune(body)[:shownBody]) + " …"
}
