package journal

import (
	"regexp"
	"slices"
	"strings"
)

// Redact blanks what is secret in any text by its name or by its form: members
// of JSON, fields of forms and pages, query values, credentials behind their
// scheme, cookies, JSON Web Tokens, private keys, SAML messages in XML or base64,
// and anything that goes on for hundreds of letters without a break. What a
// secret with neither a name nor a form looks like only [Journal.Secret] can tell.
func Redact(text string) string {
	if text == "" {
		return ""
	}
	small := strings.ToLower(text)
	for _, r := range rules {
		if r.mayApply(small) {
			text = r.apply(text)
		}
	}
	if hasRun(text, unbrokenLength) {
		text = unbroken.ReplaceAllStringFunc(text, func(match string) string { return digest("text", match) })
	}
	return text
}

// Redactor returns a [Redact] that blanks these values too, in any spelling.
func Redactor(values ...string) func(string) string {
	var known secrets
	known.add(values...)
	return func(text string) string {
		return Redact(known.blank(text))
	}
}

// rule is one way to know a secret. The text must hold one of the hints, in small
// letters, for it to find anything: looking for those takes a hundredth of the
// time that a pattern takes.
type rule struct {
	hints []string
	apply func(string) string
}

func (r rule) mayApply(small string) bool {
	return slices.ContainsFunc(r.hints, func(hint string) bool { return strings.Contains(small, hint) })
}

// names are what all of the secretWords begin with, and "ſ", which a pattern takes
// for an s; ToLower makes a k of the Kelvin sign by itself.
var names = []string{"pass", "pwd", "secret", "token", "assertion", "api", "private", "authorization", "credential", "cookie", "jwt", "session", "sid", "ſ"}

var rules = []rule{
	{names, redactJSON},
	{[]string{"<", `name="`, "&lt;", `\u003c`, "ſ"}, redactMarkup},
	{names, redactMembers},
	{[]string{"://"}, func(text string) string { return userInfo.ReplaceAllString(text, "${1}"+blank+"@") }},
	{[]string{"="}, redactQueries},
	{[]string{"%3d"}, redactInnerQueries},
	{[]string{"bearer", "basic", "ssws", "negotiate", "dpop", "ſ"}, func(text string) string { return scheme.ReplaceAllString(text, "${1} "+blank) }},
	{[]string{"cookie:"}, func(text string) string { return cookieLine.ReplaceAllStringFunc(text, redactCookieLine) }},
	{[]string{"eyj"}, func(text string) string { return webToken.ReplaceAllString(text, blank) }},
	{[]string{"-----begin"}, func(text string) string { return privateKey.ReplaceAllString(text, blank) }},
	{[]string{"phnhbw", "pd94bw", "pfjlc3bvbn", "pefzc2vydglvb"}, func(text string) string {
		return samlBase64.ReplaceAllStringFunc(text, func(match string) string { return digest("SAML", match) })
	}},
}

var (
	// queryPair is a pair of a query inside some other text; the joint before it may
	// be escaped for HTML or JSON.
	queryPair = regexp.MustCompile(`(^|[?&;#]|&amp;|&#38;|\\u0026)([\w.%-]+)=([^&?"'\\\s<>#;)]+)`)
	// innerPair is a pair of the query of an address that is a value in another one.
	innerPair = regexp.MustCompile(`(?i)(%3F|%26|%23|%3B)([\w.-]+)%3D((?:[\w.~+/*-]|%2[0-57-9A-F]|%[013-9A-F][0-9A-F])+)`)
	scheme    = regexp.MustCompile(`(?i)\b(bearer|basic|ssws|negotiate|dpop)\s+[A-Za-z0-9._~+/=-]{16,}`)
	// cookieLine is a header as a dump of a message shows it.
	cookieLine = regexp.MustCompile(`(?im)\b(?:set-)?cookie:[^\r\n"'\\]+`)
	webToken   = regexp.MustCompile(`\beyJ[\w-]{13,}(?:\.[\w-]*){0,4}`)
	privateKey = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|$)`)
	// samlBase64 is what "<saml", "<?xml", "<Response" and "<Assertion" look like in base64.
	samlBase64 = regexp.MustCompile(`(?:PHNhbW|PD94bW|PFJlc3Bvbn|PEFzc2VydGlvb)(?:[\w+/=-]|%2[BbFf]|%3[Dd]|%0[AaDd]|\\n|\s){10,}`)
	unbroken   = regexp.MustCompile(`[\w+/=%-]{400,}`)
)

// unbrokenLength is what unbroken asks for.
const unbrokenLength = 400

// hasRun says whether the text goes on for that long with letters of base64 and of
// percent-encoding.
func hasRun(text string, length int) bool {
	run := 0
	for i := range len(text) {
		c := text[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_+/=%-", c) >= 0 {
			if run++; run >= length {
				return true
			}
			continue
		}
		run = 0
	}
	return false
}

func redactQueries(text string) string {
	return queryPair.ReplaceAllStringFunc(text, func(match string) string {
		parts := queryPair.FindStringSubmatch(match)
		return parts[1] + parts[2] + "=" + redactQueryValue(parts[2], parts[3])
	})
}

func redactInnerQueries(text string) string {
	return innerPair.ReplaceAllStringFunc(text, func(match string) string {
		parts := innerPair.FindStringSubmatch(match)
		return parts[1] + parts[2] + "%3D" + redactQueryValue(parts[2], parts[3])
	})
}

func redactQueryValue(name, value string) string {
	plain := unescaped(name)
	switch {
	case isBlanked(value):
		return value
	case samlName.MatchString(plain), strings.EqualFold(plain, "SigAlg"), strings.EqualFold(plain, "Signature"):
		return digest(plain, unescaped(value))
	case pairName.MatchString(plain):
		return blank
	}
	return value
}

func redactCookieLine(line string) string {
	name, value, _ := strings.Cut(line, ":")
	if strings.EqualFold(strings.TrimSpace(name), "Set-Cookie") {
		return name + ":" + redactSetCookie(value)
	}
	return name + ":" + redactCookies(value)
}
