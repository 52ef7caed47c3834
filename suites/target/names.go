package target

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// maxName bounds what is taken for a name, in bytes: an address has at most 320.
const maxName = 320

// namesInUser lists the names of the run's people that a SCIM body gives somebody,
// wherever it does: as userName, in emails, or as what a PATCH puts in their place.
func (t Tag) namesInUser(body []byte) []string {
	var tree any
	if json.Unmarshal(body, &tree) != nil {
		return t.namesInText(strings.ReplaceAll(string(body), "=", " "))
	}
	var names []string
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			for key, value := range node {
				if !describes[strings.ToLower(key)] {
					walk(value)
				}
			}
		case []any:
			for _, one := range node {
				walk(one)
			}
		case string:
			names = append(names, t.namesInText(node)...)
		}
	}
	walk(tree)
	slices.Sort(names)
	return slices.Compact(names)
}

// describes are the attributes of a user, in lower case, by which nobody is known.
var describes = map[string]bool{
	"schemas": true, "id": true, "externalid": true, "name": true, "displayname": true, "nickname": true, "meta": true,
}

// namesInResponse lists the names of the run's people that a posted SAML response
// gives to whoever signs in. The form value is base64; a response that cannot be
// read, or whose assertion is encrypted, names nobody.
func (t Tag) namesInResponse(form url.Values) []string {
	text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(form.Get("SAMLResponse")), ""))
	if err != nil {
		return nil
	}
	// A comment within a name breaks it off for one reader and not for another.
	whole, broken := comment.ReplaceAllString(string(text), ""), string(text)
	names := append(t.namesInText(markup.ReplaceAllString(whole, " ")), t.namesInText(markup.ReplaceAllString(broken, " "))...)
	slices.Sort(names)
	return slices.Compact(names)
}

// isNonsense says whether the form has a SAML response that is no document at all.
func isNonsense(form url.Values) bool {
	text, err := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
	return err == nil && len(text) > 0 && !bytes.ContainsAny(text, "<\x00")
}

var (
	comment  = regexp.MustCompile(`(?s)<!--.*?-->`)
	markup   = regexp.MustCompile(`<[^>]*>`)
	unlikely = regexp.MustCompile(`[\s<>"'(),;&\x00-\x1f]+`)
)

// namesInText lists the words of a text that have the tag in them, in lower case.
// An identifier of something on the web is no name of a person.
func (t Tag) namesInText(text string) []string {
	var names []string
	for _, word := range unlikely.Split(html.UnescapeString(text), -1) {
		if t.Marks(word) && len(word) <= maxName && !strings.ContainsAny(word, ":/=?") {
			names = append(names, strings.ToLower(word))
		}
	}
	return names
}
