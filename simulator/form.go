package simulator

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// encodeForm writes a form as [url.Values.Encode] does, which has a field of megabytes
// grow through several times its length.
func encodeForm(form url.Values) string {
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			fields = append(fields, "&", url.QueryEscape(name), "=", url.QueryEscape(value))
		}
	}
	return strings.Join(fields[min(1, len(fields)):], "")
}
