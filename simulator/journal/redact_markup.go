package journal

import (
	"regexp"
	"strings"
)

var (
	// field is a tag that can carry a value for its name.
	field      = regexp.MustCompile(`(?is)<(?:input|meta|button|option|param)\b[^>]*>`)
	fieldName  = regexp.MustCompile(`(?is)\b(?:name|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
	fieldValue = regexp.MustCompile(`(?is)(\b(?:value|content)\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
	// area is an element whose value is its text.
	area = regexp.MustCompile(`(?is)(<textarea\b[^>]*>)(.*?)(</textarea|$)`)
	// element is an XML element with a secret's name.
	element = regexp.MustCompile(`(?is)(<(?:[\w-]+:)?[\w-]*(?:` + secretWords + `)(?:\s[^<>]*)?>)([^<]+)`)
	// part is a field of a multipart form.
	part = regexp.MustCompile(`(?is)(\bname="([^"]*)"[^\r\n]*\r?\n(?:[\w-]+:[^\r\n]*\r?\n)*\r?\n)(.*?)(\r?\n--|$)`)
	// samlXML is a SAML message in the clear, from its first tag to the end of the
	// text or of its last element; its brackets may be escaped for HTML or JSON.
	samlXML  = regexp.MustCompile(`(?is)(?:<|&lt;|\\u003c)(?:[\w-]+:)?(?:Response|Assertion|EncryptedAssertion|AuthnRequest|LogoutRequest|LogoutResponse|ArtifactResponse)(?:\s|>|&gt;|\\u003e|/).*(?:Response|Assertion|AuthnRequest|LogoutRequest)\s*(?:>|&gt;|\\u003e)`)
	samlOpen = regexp.MustCompile(`(?is)(?:<|&lt;|\\u003c)(?:[\w-]+:)?(?:Response|Assertion|EncryptedAssertion|AuthnRequest)\s.*$`)
)

// samlNamespace is in every SAML message, and in little else.
const samlNamespace = "urn:oasis:names:tc:SAML:2.0:"

// redactMarkup blanks what pages, XML documents and multipart forms carry.
func redactMarkup(text string) string {
	if strings.Contains(text, samlNamespace) {
		whole := func(match string) string { return digest("SAML", match) }
		text = samlXML.ReplaceAllStringFunc(text, whole)
		text = samlOpen.ReplaceAllStringFunc(text, whole)
	}
	text = part.ReplaceAllStringFunc(text, func(match string) string {
		parts := part.FindStringSubmatch(match)
		return parts[1] + redactField(parts[2], parts[3]) + parts[4]
	})
	if !strings.Contains(text, "<") {
		return text
	}
	text = field.ReplaceAllStringFunc(text, redactTag)
	text = area.ReplaceAllStringFunc(text, func(match string) string {
		parts := area.FindStringSubmatch(match)
		return parts[1] + redactField(nameOf(parts[1]), parts[2]) + parts[3]
	})
	return element.ReplaceAllStringFunc(text, func(match string) string {
		parts := element.FindStringSubmatch(match)
		if strings.TrimSpace(parts[2]) == "" || isBlanked(parts[2]) {
			return match
		}
		return parts[1] + blank
	})
}

func redactTag(tag string) string {
	name := nameOf(tag)
	return fieldValue.ReplaceAllStringFunc(tag, func(match string) string {
		parts := fieldValue.FindStringSubmatch(match)
		value := parts[2] + parts[3] + parts[4]
		if shown := redactField(name, value); shown != value {
			return parts[1] + `"` + shown + `"`
		}
		return match
	})
}

func nameOf(tag string) string {
	parts := fieldName.FindStringSubmatch(tag)
	if parts == nil {
		return ""
	}
	return parts[1] + parts[2] + parts[3]
}

// redactField returns what may be shown of the value of a form's field.
func redactField(name, value string) string {
	switch {
	case value == "" || isBlanked(value):
		return value
	case samlName.MatchString(name):
		return digest(name, value)
	case pairName.MatchString(name):
		return blank
	}
	return value
}
