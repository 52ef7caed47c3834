package journal

import (
	"maps"
	"slices"
	"strings"
)

// Curl returns a shell line that sends the request again. Credentials stand as
// $TOKEN and cookie values as $COOKIE, to be set in the shell; a body that was
// redacted or cut is sent as it is shown.
func (e Exchange) Curl() string {
	line := []string{"curl -sS -i -X " + e.Request.Method}
	for _, name := range slices.Sorted(maps.Keys(e.Request.Header)) {
		if name == "Content-Length" || name == "Connection" || name == "Accept-Encoding" {
			continue
		}
		for _, value := range e.Request.Header[name] {
			line = append(line, "-H "+shellHeader(name, value))
		}
	}
	if e.Request.Body != "" {
		line = append(line, "--data-raw "+quote(e.Request.Body))
	}
	line = append(line, quote(e.Request.URL))
	return strings.Join(line, " ")
}

// shellHeader quotes a header so that the shell fills in what was blanked.
func shellHeader(name, value string) string {
	if !strings.Contains(value, blank) {
		return quote(name + ": " + value)
	}
	variable := "'\"$TOKEN\"'"
	if name == "Cookie" {
		variable = "'\"$COOKIE\"'"
	}
	return strings.ReplaceAll(quote(name+": "+value), blank, variable)
}

func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
