package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestLaidOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                    "",
		"plain text \n":       "plain text",
		`{"a":1}`:             `{"a":1}`,
		"{ \"a\" : 1.50 }\n":  `{"a":1.50}`,
		`{"b":"ä<&>","a":[]}`: `{"b":"ä<&>","a":[]}`,
		`{"cut": "off`:        `{"cut": "off`,
		`{"z":"` + strings.Repeat("x", 60) + `","a":{"short":true},"a":[1,2.0]}`: "{\n  \"z\": \"" + strings.Repeat("x", 60) + "\",\n  \"a\": {\"short\":true},\n  \"a\": [1,2.0]\n}",
	} {
		if got := laidOut(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	deep := strings.Repeat("[", 200) + `"` + strings.Repeat("x", 100) + `"` + strings.Repeat("]", 200)
	if got := laidOut(deep); strings.Count(got, "\n") > 2*maxDepth+2 {
		t.Errorf("%d lines of a deep value", strings.Count(got, "\n"))
	}
}

func FuzzLaidOut(f *testing.F) {
	f.Add(`{"schemas":["urn:x"],"name":{"givenName":"Han"},"n":1e5}`)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 || !json.Valid([]byte(text)) {
			return
		}
		var before, after bytes.Buffer
		if json.Compact(&before, []byte(text)) != nil || json.Compact(&after, []byte(laidOut(text))) != nil {
			t.Fatalf("%q is no JSON any more: %q", text, laidOut(text))
		}
		var a, b any
		if json.Unmarshal(before.Bytes(), &a) == nil && json.Unmarshal(after.Bytes(), &b) == nil {
			x, _ := json.Marshal(a)
			y, _ := json.Marshal(b)
			if !bytes.Equal(x, y) {
				t.Errorf("%q became %q", text, after.String())
			}
		}
	})
}
