package report

import (
	"bytes"
	"encoding/json"
	"strings"
)

const (
	lineWidth = 64 // what fits on a line stays on it
	maxDepth  = 24 // deeper than this is not laid out
)

// laidOut lays a JSON text out for reading: what fits on a line stays on it, the
// rest is broken at its members. Order, numbers and escapes stay as they were. Any
// other text comes back unchanged but for the white space at its end.
func laidOut(text string) string {
	text = strings.TrimRight(text, " \t\r\n")
	if text == "" || text[0] != '{' && text[0] != '[' || !json.Valid([]byte(text)) {
		return text
	}
	var out strings.Builder
	layOut(&out, []byte(text), "", 0)
	return out.String()
}

// layOut writes one value; width is what stands before it on its line.
func layOut(out *strings.Builder, value []byte, indent string, width int) {
	var tight bytes.Buffer
	if json.Compact(&tight, value) != nil {
		out.Write(value)
		return
	}
	first := tight.Bytes()[0]
	short := len(indent)+width+tight.Len() <= lineWidth
	if short || first != '{' && first != '[' || len(indent) >= 2*maxDepth || tight.Len() == 2 {
		out.Write(tight.Bytes())
		return
	}
	decoder := json.NewDecoder(&tight)
	opening, _ := decoder.Token()
	object := opening == json.Delim('{')
	out.WriteByte(first)
	inner := indent + "  "
	for n := 0; decoder.More(); n++ {
		if n > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n" + inner)
		before := 0
		if object {
			before = writeName(out, decoder)
		}
		var member json.RawMessage
		if decoder.Decode(&member) != nil {
			return
		}
		layOut(out, member, inner, before)
	}
	out.WriteString("\n" + indent + map[bool]string{true: "}", false: "]"}[object])
}

// writeName writes the name of the next member as JSON and returns its width.
func writeName(out *strings.Builder, decoder *json.Decoder) int {
	name, _ := decoder.Token()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(name)
	written := strings.TrimRight(text.String(), "\n") + ": "
	out.WriteString(written)
	return len(written)
}
