package provision_test

import (
	"encoding/json"
	"slices"
	"testing"

	"rollcall.example/simulator/provision"
)

const shown = `{"schemas":["a"],"UserName":"han","name":{"givenName":"Han"},"n":9007199254740993,"none":null,"empty":[],` +
	`"urn:x:2.0:User":{"department":"Fleet"},"emails":[{"value":"a@x.test","type":"work","display":"A"},{"value":"b@x.test"}]}`

func TestDocumentPaths(t *testing.T) {
	t.Parallel()
	d, err := provision.ParseDocument([]byte(shown))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"userName": "han", "USERNAME": "han", "name.givenName": "Han", "urn:x:2.0:User:department": "Fleet",
		"URN:X:2.0:user:Department": "Fleet", "name.familyName": "", "nothing": "", "userName.x": "", "urn:x:2.0:Us": "",
	} {
		if got := d.Text(path); got != want {
			t.Errorf("%s is %q, not %q", path, got, want)
		}
	}
	for path, want := range map[string]bool{"emails": true, "none": false, "empty": false, "gone": false, "urn:x:2.0:User": true} {
		if d.Has(path) != want {
			t.Errorf("%s: assigned is not %v", path, want)
		}
	}
	if n, _ := d.At("n"); n != json.Number("9007199254740993") {
		t.Errorf("the number became %v", n)
	}
}

func TestNoDocument(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[]", "null", `{"a":1}{}`, "<html>", `{"a":`} {
		if d, err := provision.ParseDocument([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, d)
		}
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"Resources":[{"id":"1"},{"id":"2"}]}`: 2, `{"totalResults":0}`: 0, `{"Resources":null}`: 0,
		`{"Resources":{}}`: -1, `{"Resources":["x"]}`: -1, `[]`: -1,
	} {
		found, err := provision.Answer{Body: []byte(body)}.Documents()
		if want < 0 && err == nil || want >= 0 && (err != nil || len(found) != want) {
			t.Errorf("%s: %v, %v", body, found, err)
		}
	}
}

func TestKeeps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shown, written string
		want           bool
	}{
		{`"a"`, `"a"`, true}, {`"a"`, `"A"`, false}, {`true`, `"true"`, false}, {`true`, `true`, true}, {`1`, `1.0`, true}, {`1`, `2`, false},
		{`"1"`, `1`, false}, {`null`, `null`, true}, {`[]`, `null`, true}, {`"a"`, `null`, false},
		{`"2026-01-05T09:00:00Z"`, `"2026-01-05T10:00:00.000+01:00"`, true}, {`"2026-01-05T09:00:01Z"`, `"2026-01-05T09:00:00Z"`, false},
		{`{"a":1,"b":2}`, `{"A":1}`, true}, {`{"a":1}`, `{"a":1,"b":2}`, false}, {`{"a":1}`, `{"a":1,"b":null}`, true},
		{`[{"v":"b"},{"v":"a","d":"x"}]`, `[{"v":"a"},{"v":"b"}]`, true}, {`[{"v":"a"},{"v":"a"}]`, `[{"v":"a"},{"v":"b"}]`, false},
		{`[{"v":"a"},{"v":"b"}]`, `[{"v":"a"}]`, false}, {`{"v":"a"}`, `[{"v":"a"}]`, false}, {`"x"`, `{}`, false},
	} {
		var s, w any
		read(t, c.shown, &s)
		read(t, c.written, &w)
		s, _ = provision.Plain(s)
		w, _ = provision.Plain(w)
		if got := provision.Keeps(s, w); got != c.want {
			t.Errorf("%s keeps %s: %v", c.shown, c.written, got)
		}
	}
}

func read(t *testing.T, text string, into *any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	before := provision.Document{"id": "1", "active": true, "emails": []any{"a", "b"}, "gone": "x"}
	after := provision.Document{"ID": "1", "active": false, "emails": []any{"b", "a"}, "new": "y"}
	if got := before.Difference(after); !slices.Equal(got, []string{"active", "gone", "new"}) {
		t.Errorf("they differ in %v", got)
	}
	if got := before.Difference(before); len(got) > 0 {
		t.Errorf("it differs from itself in %v", got)
	}
}
