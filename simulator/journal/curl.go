package journal

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Curl returns a shell command that sends the request again, its arguments joined
// by joint: a space, or " \\\n  " for one on each line. What was blanked stands as
// a shell variable that is called as it was: $TOKEN and $COOKIE for credentials,
// $PASSWORD, $SAML_RESPONSE and the like in addresses and bodies. A body that was
// cut is sent as it is shown.
func Curl(request Message, joint string) string {
	line := []string{"curl -sS -i" + how(request), shellText(request.URL)}
	for _, name := range slices.Sorted(maps.Keys(request.Header)) {
		if name == "Content-Length" || name == "Connection" || name == "Accept-Encoding" {
			continue
		}
		for _, value := range request.Header[name] {
			line = append(line, "-H "+shellHeader(name, value))
		}
	}
	if request.Body != "" {
		if request.Header.Get("Content-Type") == "" {
			line = append(line, "-H 'Content-Type:'") // or curl would name one
		}
		line = append(line, "--data-raw "+shellText(request.Body))
	}
	return strings.Join(line, joint)
}

func how(request Message) string {
	switch {
	case request.Method == http.MethodHead:
		return " -I"
	case request.Method == http.MethodGet && request.Body == "":
		return ""
	}
	return " -X " + request.Method
}

// shellHeader quotes a header so that the shell fills in what was blanked.
func shellHeader(name, value string) string {
	text := quote(name + ": " + value)
	switch name {
	case "Authorization", "Proxy-Authorization":
		return strings.ReplaceAll(text, blank, fillIn("TOKEN"))
	case "Cookie":
		return strings.ReplaceAll(text, blank, fillIn("COOKIE"))
	}
	return filled(text)
}

// shellText quotes an address or a body in the same way.
func shellText(text string) string { return filled(quote(text)) }

// stoodFor finds what stands for something, and the name before it.
var stoodFor = regexp.MustCompile(`(?:([\w.-]+)(["\\]*\s*[:=]\s*["\\]*))?(?:\[redacted\]|\[(\w+) [0-9]+ bytes sha256:[0-9a-f]+…\]|\[[0-9]+ bytes that are not text, sha256:[0-9a-f]+\])`)

func filled(text string) string {
	if !strings.Contains(text, blank) && !strings.Contains(text, " bytes ") {
		return text
	}
	return stoodFor.ReplaceAllStringFunc(text, func(match string) string {
		parts := stoodFor.FindStringSubmatch(match)
		name, joint, digested := parts[1], parts[2], parts[3]
		switch {
		case digested != "" && digested != "text":
			return name + joint + fillIn(variable(digested))
		case name != "":
			return name + joint + fillIn(variable(name))
		case strings.Contains(match, "that are not text"):
			return fillIn("BODY")
		}
		return fillIn("SECRET")
	})
}

func fillIn(name string) string { return `'"$` + name + `"'` }

var (
	hump    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	acronym = regexp.MustCompile(`^SAML(.)`)
	unnamed = regexp.MustCompile(`[^A-Za-z0-9]+`)
)

// variable turns a field's name into a shell variable's: SAMLResponse into
// SAML_RESPONSE, client-secret into CLIENT_SECRET.
func variable(name string) string {
	name = acronym.ReplaceAllString(name, "SAML_$1")
	name = hump.ReplaceAllString(name, "${1}_$2")
	name = strings.Trim(unnamed.ReplaceAllString(name, "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "SECRET"
	}
	return strings.ToUpper(name)
}

func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
