package strict_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/target/strict"
)

type inner struct {
	Name   string `yaml:"name" read:"required"`
	Secret string `yaml:"secret" read:"secret"`
}

type outer struct {
	Text   string            `yaml:"text"`
	Count  int               `yaml:"count"`
	Share  float64           `yaml:"share"`
	On     bool              `yaml:"on"`
	Long   time.Duration     `yaml:"long"`
	Any    any               `yaml:"any"`
	Words  []string          `yaml:"words" read:"words=colours"`
	Inner  inner             `yaml:"inner"`
	Other  *inner            `yaml:"other"`
	Many   []inner           `yaml:"many"`
	Named  map[string]inner  `yaml:"named"`
	Keys   map[string]string `yaml:"keys" read:"secret"`
	Place  string            `yaml:"place" read:"place"`
	Both   string            `yaml:"both" read:"sourced"`
	Self   self              `yaml:"self"`
	Hidden string            `yaml:"-"`
	Silent string
}

// self reads itself.
type self struct{ said string }

func (s *self) ReadYAML(n strict.Node) {
	text, ok := n.Text()
	if !ok {
		n.Wrong("say it in words", "%s is %s", n.Key(), n.Is())
	}
	s.said = text
}

func read(t *testing.T, text string, check func(any) error) (outer, error) {
	t.Helper()
	var o outer
	err := strict.Read(context.Background(), []byte(text), strict.Options{
		File: "f.yaml", Dir: "/dir", Words: map[string][]string{"colours": {"red", "green"}}, Check: check,
	}, &o)
	return o, err
}

func TestReading(t *testing.T) {
	t.Setenv("STRICT_SECRET", "hush-hush")
	got, err := read(t, `
text: &t some
count: 3
share: 0.5
on: true
long: 1h30m
any: {a: [1, two]}
words: [red, green]
inner: &i {name: 007, secret: {env: STRICT_SECRET}}
other: *i
many:
  - <<: *i
    name: own
  - {name: *t}
named: {x: {name: true}}
keys: {A: {env: STRICT_SECRET}}
place: a/b
both: {env: STRICT_SECRET}
self: 12
`, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := outer{
		Text: "some", Count: 3, Share: 0.5, On: true, Long: 90 * time.Minute, Any: map[string]any{"a": []any{uint64(1), "two"}},
		Words: []string{"red", "green"}, Inner: inner{"007", "hush-hush"}, Other: &inner{"007", "hush-hush"},
		Many: []inner{{"own", "hush-hush"}, {Name: "some"}}, Named: map[string]inner{"x": {Name: "true"}},
		Keys: map[string]string{"A": "hush-hush"}, Place: "/dir/a/b", Both: "hush-hush", Self: self{"12"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	secrets := strict.Secrets(got)
	slices.Sort(secrets)
	if !slices.Equal(secrets, []string{"hush-hush", "hush-hush", "hush-hush", "hush-hush"}) {
		t.Errorf("secrets: %q", secrets)
	}
}

func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"two at once, in order":  {"count: x\ntxet: y", `f.yaml:1:8: count is "x", and should be a whole number; f.yaml:2:1: there is no key "txet" [did you mean text?]`},
		"merging no map":         {"inner: {<<: [1], name: a}", "f.yaml:1:13: << takes a map in, and this is a list"},
		"what reads itself":      {"self: [1]", "f.yaml:1:7: self is a list [say it in words]"},
		"a key of a map":         {"named: {x: {}}", "f.yaml:1:12: named.x has no key name"},
		"an item of a list":      {"many:\n  - {name: a}\n  - {}", "f.yaml:3:5: many[1] has no key name"},
		"a colour":               {"words: [rde]", `f.yaml:1:9: words[0] cannot be "rde" [did you mean red?]`},
		"no colour at all":       {"words: [purple]", `f.yaml:1:9: words[0] cannot be "purple" [one of: red, green]`},
		"a place":                {"place: ftp://x/y", `f.yaml:1:8: place is "ftp://x/y", and should be an http or https URL [only http and https are spoken here]`},
		"a fragment":             {"place: https://x/y#z", `f.yaml:1:1: place has a fragment (#…) in the URL [leave it out: no server ever sees it]`},
		"an empty text":          {`text: ""`, "f.yaml:1:7: text is empty [leave the key out, or give it a value]"},
		"nothing":                {"text:", "f.yaml:1:1: text has no value [leave the key out, or give it a value]"},
		"a secret of many lines": {"inner:\n  name: a\n  secret: |\n    one\n    two", "f.yaml:3:3: inner.secret stands in the file itself, and is a secret [write where it comes from: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}]"},
		"a secret as a list":     {"inner: {name: a, secret: [b]}", "f.yaml:1:26: inner.secret is a list, and should be where a secret comes from [write where it comes from: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}]"},
	} {
		_, err := read(t, c.text, nil)
		var mistakes strict.Mistakes
		if !errors.As(err, &mistakes) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var all []string
		for _, m := range mistakes {
			said := m.Error()
			if m.Hint() != "" {
				said += " [" + m.Hint() + "]"
			}
			all = append(all, said)
		}
		if got := strings.Join(all, "; "); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
}

// What a check says of a key is told with the place of that key.
func TestChecksHavePlaces(t *testing.T) {
	check := func(value any) error {
		if o, ok := value.(*outer); ok && o.Count == 1 {
			return errors.Join(strict.At("many[0].name", errors.New("too short")), strict.At("many[7].name", errors.New("not there")), errors.New("all of it"))
		}
		return nil
	}
	_, err := read(t, "count: 1\nmany:\n  - name: a\n", check)
	var mistakes strict.Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) != 3 {
		t.Fatal(err)
	}
	var all []string
	for _, m := range mistakes {
		all = append(all, m.Error())
	}
	want := []string{"f.yaml:1:1: the file: all of it", "f.yaml:2:1: many: not there", "f.yaml:3:11: many[0].name: too short"}
	if !slices.Equal(all, want) {
		t.Errorf("%q, want %q", all, want)
	}
	if err.Error() != want[0]+" (and 2 more)" {
		t.Error(err)
	}
}

func TestACaretStandsUnderThePlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mistake strict.Mistake
		want    string
	}{
		{strict.Mistake{Line: 12, Column: 3, Text: "  a: b"}, "  12 |   a: b\n     |   ^"},
		{strict.Mistake{Line: 1, Column: 4, Text: "\tü: b"}, "   1 | \tü: b\n     | \t  ^"},
		{strict.Mistake{Line: 12345, Column: 1, Text: "a"}, "12345 | a\n      | ^"},
		{strict.Mistake{Line: 1, Column: 1}, ""},
	} {
		if got := c.mistake.Excerpt(); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

// Whatever is written, reading ends, does not panic and gives each mistake a place;
// and what looks like a secret is in none of them.
func FuzzRead(f *testing.F) {
	const secret = "hunter2hunter2hunter2hunter2hunter2hunter2"
	for _, seed := range []string{
		"inner: {secret: " + secret + "}", "text: [" + secret, "a: &a [*a]", "<<: *x", "? [a]: b", "many: [{<<: {name: x}}]",
		"self: !!binary " + secret, "long: 9999999h", "count: 0x10", "x: |\n " + secret, "\xff", "a:\r\n  b", strings.Repeat("{a: ", 60),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := read(t, text, nil)
		var mistakes strict.Mistakes
		if err != nil && !errors.As(err, &mistakes) {
			t.Fatalf("%T: %v", err, err)
		}
		for _, m := range mistakes {
			if m.Line < 1 || m.Column < 1 {
				t.Errorf("%+v", m)
			}
			if shown := fmt.Sprint(m.Error(), m.Excerpt(), m.Hint()); strings.Contains(shown, secret) {
				t.Errorf("%s", shown)
			}
		}
	})
}

func TestOutline(t *testing.T) {
	t.Parallel()
	var got []string
	for _, key := range strict.Outline(outer{}) {
		got = append(got, fmt.Sprintf("%s %s %v %v", key.Path, key.Kind, key.Required, key.Secret))
	}
	for _, want := range []string{
		"long duration false false", "many[].name text true false", "named.{}.secret text false true", "keys.{} text false true", "self other false false", "any other false false",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "idden") || strings.Contains(s, "ilent") }) {
		t.Errorf("%q", got)
	}
}
