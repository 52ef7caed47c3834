package filter_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"rollcall.example/reference/scim/filter"
)

type (
	and   = filter.And
	or    = filter.Or
	not   = filter.Not
	test  = filter.Test
	which = filter.Which
	path  = filter.Path
)

func named(name string) path { return path{Name: name} }

func TestParse(t *testing.T) {
	t.Parallel()
	a, b, c := test{named("a"), filter.Present, nil}, test{named("b"), filter.Present, nil}, test{named("c"), filter.Present, nil}
	for text, want := range map[string]filter.Expr{
		`a pr`:                                a,
		`  a   PR  `:                          a,
		`a pr and b pr and c pr`:              and{and{a, b}, c},
		`a pr or b pr and c pr`:               or{a, and{b, c}},
		`a pr and b pr or c pr`:               or{and{a, b}, c},
		`(a pr or b pr) and c pr`:             and{or{a, b}, c},
		`((a pr))`:                            a,
		`not (a pr) and b pr`:                 and{not{a}, b},
		`not(a pr)`:                           not{a},
		`NOT (a pr OR b pr) AND c pr`:         and{not{or{a, b}}, c},
		`a[b pr]`:                             which{named("a"), b},
		`a[b pr and not (c pr)]`:              which{named("a"), and{b, not{c}}},
		`a[b pr].c pr and c pr`:               and{which{named("a"), and{b, c}}, c},
		`a[b pr or c pr].b eq "x"`:            which{named("a"), and{or{b, c}, test{named("b"), filter.Equal, "x"}}},
		`a[b pr] or c pr`:                     or{which{named("a"), b}, c},
		`a Eq "x"`:                            test{named("a"), filter.Equal, "x"},
		`a eq ""`:                             test{named("a"), filter.Equal, ""},
		`a ne true`:                           test{named("a"), filter.NotEqual, true},
		`a ne false`:                          test{named("a"), filter.NotEqual, false},
		`a eq null`:                           test{named("a"), filter.Equal, nil},
		`a ge -1.5e+3`:                        test{named("a"), filter.GreaterOrEqual, filter.Number("-1.5e+3")},
		`a co "and (\"b\") or \\ \u00fc\n\/"`: test{named("a"), filter.Contains, "and (\"b\") or \\ ü\n/"},
		`a sw "\ud83d\ude80"`:                 test{named("a"), filter.StartsWith, "🚀"},
		`a ew "周"`:                            test{named("a"), filter.EndsWith, "周"},
		`a.b lt "x"`:                          test{path{Name: "a", Sub: "b"}, filter.Less, "x"},
		`a.$ref le "x"`:                       test{path{Name: "a", Sub: "$ref"}, filter.LessOrEqual, "x"},
		`urn:x:core:2.0:User:a.b gt "x"`:      test{path{"urn:x:core:2.0:User", "a", "b"}, filter.Greater, "x"},
		`and pr and or pr`:                    and{test{named("and"), filter.Present, nil}, test{named("or"), filter.Present, nil}},
		`a-b_1 pr`:                            test{named("a-b_1"), filter.Present, nil},
	} {
		got, err := filter.Parse(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %#v, %v\nwant %#v", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, offset := range map[string]int{
		``: 0, `   `: 3, `a`: 1, `a eq`: 4, `a xx "b"`: 2, `a eq"b"`: 4, `a eq b`: 5, `a eq True`: 5, `a eq "b`: 5, `a eq "b\`: 5,
		`a eq "\x"`: 5, `a eq "\ud800"`: 5, `a eq "\u0000"`: 5, `a eq 01`: 5, `a eq -`: 5, `a eq 1.`: 5, `a eq 'b'`: 5,
		`a pr and`: 8, `a pr b pr`: 5, `a prand b pr`: 2, `(a pr)and b pr`: 6, `a pr and(b pr)`: 8, `(a pr`: 5, `a pr)`: 4, `()`: 1,
		`not a pr`: 4, `not (a pr`: 9, `a[b pr`: 6, `a[b pr)`: 6, `a.c[b pr]`: 3, `a[]`: 2, `.a pr`: 0, `a. pr`: 0, `a.b.c pr`: 0, `1a pr`: 0,
		`user:a pr`: 0, `urn: pr`: 0, `:a pr`: 0, `a:b pr`: 0, `$a pr`: 0, "a\tpr": 1, "a pr\n": 4, `a = "b"`: 2, `a pr; b pr`: 4, "a eq \"\x01\"": 6,
		"a eq \"\xff\"": 0, "ä pr": 0,
		strings.Repeat("(", 33) + "a pr": 32, strings.Repeat("not (", 33): 32*5 + 4, strings.Repeat("a", 4097): 4096,
	} {
		expr, err := filter.Parse(text)
		var problem *filter.Error
		switch {
		case !errors.As(err, &problem):
			t.Errorf("%q is read as %#v, %v", text, expr, err)
		case problem.Offset != offset:
			t.Errorf("%q is wrong at %d, want %d: %v", text, problem.Offset, offset, err)
		case strings.TrimSpace(problem.Reason) == "" || strings.Contains(err.Error(), "\n"):
			t.Errorf("%q is refused with %q", text, err)
		}
	}
}

// What is as deep and as long as allowed is read.
func TestParseLimits(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("(", filter.MaxDepth) + "a pr" + strings.Repeat(")", filter.MaxDepth),
		"a pr" + strings.Repeat(" and a pr", (filter.MaxLength-4)/9),
		`a eq "` + strings.Repeat("x", filter.MaxLength-7) + `"`,
	} {
		if _, err := filter.Parse(text); err != nil {
			t.Errorf("%.20s…: %v", text, err)
		}
	}
}

func TestParseTarget(t *testing.T) {
	t.Parallel()
	where := test{named("type"), filter.Equal, "work"}
	for text, want := range map[string]filter.Target{
		`members`:                                     {Path: named("members")},
		`name.familyName`:                             {Path: path{Name: "name", Sub: "familyName"}},
		`addresses[type eq "work"]`:                   {Path: named("addresses"), Where: where},
		`emails[type eq "work"].value`:                {Path: path{Name: "emails", Sub: "value"}, Where: where},
		`emails[type eq "work"].$ref`:                 {Path: path{Name: "emails", Sub: "$ref"}, Where: where},
		`urn:x:2.0:User:emails[type eq "work"].value`: {Path: path{"urn:x:2.0:User", "emails", "value"}, Where: where},
		`urn:x:2.0:User:a.b`:                          {Path: path{"urn:x:2.0:User", "a", "b"}},
	} {
		got, err := filter.ParseTarget(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %#v, %v\nwant %#v", text, got, err, want)
		}
	}
	for _, text := range []string{
		``, ` `, `a b`, `a pr`, `a[`, `a[]`, `a[b pr`, `a[b pr].`, `a[b pr] .c`, `a[b pr]c`, `a[b pr].c.d`, `a[b pr][c pr]`, `a[0]`, `a.b[c pr]`, `(a)`, `"a"`, `a[b pr].c d`,
	} {
		var problem *filter.Error
		if got, err := filter.ParseTarget(text); !errors.As(err, &problem) {
			t.Errorf("%q is read as %#v, %v", text, got, err)
		}
	}
}

// describe knows the attributes of the tests: t (texts), x (exact text), b, d, and
// the lists c (with t, b) and l.
func describe(p path) (filter.Attribute, error) {
	fold := strings.ToLower
	switch strings.ToLower(p.Schema + p.Name + "." + p.Sub) {
	case "t.", "l.":
		return filter.Attribute{Steps: []string{p.Name}, Type: filter.String, Fold: fold}, nil
	case "x.":
		return filter.Attribute{Steps: []string{"x"}, Type: filter.String}, nil
	case "b.":
		return filter.Attribute{Steps: []string{"b"}, Type: filter.Boolean}, nil
	case "d.":
		return filter.Attribute{Steps: []string{"d"}, Type: filter.DateTime}, nil
	case "c.", "s.":
		return filter.Attribute{Steps: []string{p.Name}, Type: filter.Complex}, nil
	case "c.value", "c.t", "s.t":
		return filter.Attribute{Steps: []string{p.Name, p.Sub}, Type: filter.String, Fold: fold}, nil
	case "c.b":
		return filter.Attribute{Steps: []string{"c", "b"}, Type: filter.Boolean}, nil
	}
	return filter.Attribute{}, fmt.Errorf("no attribute %q", p)
}

var subject = map[string]any{
	"t": "Hello", "x": "Exact", "b": true, "d": "2026-01-02T03:04:05.678Z",
	"l": []any{"one", "Two"},
	"c": []any{map[string]any{"value": "v1", "t": "work", "b": true}, map[string]any{"value": "v2", "t": "home"}},
	"s": map[string]any{"t": "inner"},
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`t eq "hello"`: true, `t eq "hell"`: false, `t ne "hello"`: false, `t ne "other"`: true, `t co "ELL"`: true, `t sw "he"`: true, `t sw "el"`: false,
		`t ew "LO"`: true, `t gt "hella"`: true, `t gt "hello"`: false, `t ge "hello"`: true, `t lt "help"`: true, `t le "hell"`: false, `t pr`: true,
		`x eq "Exact"`: true, `x eq "exact"`: false, `x co "exact"`: false,
		`b eq true`: true, `b eq false`: false, `b ne false`: true, `b pr`: true,
		`d eq "2026-01-02T04:04:05.678+01:00"`: true, `d ne "2026-01-02T03:04:05.678Z"`: false, `d gt "2026-01-01T00:00:00Z"`: true, `d le "2026-01-01T00:00:00Z"`: false,
		`l eq "two"`: true, `l eq "three"`: false, `l ne "one"`: true,
		`c.t eq "work"`: true, `c.t eq "other"`: false, `c.b eq true`: true, `c.b eq false`: false, `c.b pr`: true, `c pr`: true, `c eq "V2"`: true, `c co "3"`: false,
		`c[t eq "work" and value eq "v1"]`: true, `c[t eq "home" and value eq "v1"]`: false, `c[not (b pr)]`: true, `c[t eq "work" and not (b pr)]`: false,
		`s.t eq "inner"`: true, `s pr`: true, `s[t eq "inner"]`: true,
		`t eq null`: false, `t ne null`: true, `c.b eq null`: false,
		`b eq true and t eq "x"`: false, `b eq true or t eq "x"`: true, `not (b eq true)`: false, `not (t eq "x") and b pr`: true,
	} {
		if got := match(t, text, subject); got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
}

// What is absent, null or empty satisfies only what asks for that.
func TestMatchNothing(t *testing.T) {
	t.Parallel()
	for _, nothing := range []map[string]any{{}, {"t": nil, "b": nil, "c": nil, "s": nil}, {"t": "", "c": []any{}, "s": map[string]any{}}} {
		for text, want := range map[string]bool{
			`t pr`: false, `t eq null`: true, `t ne "x"`: true, `t eq "x"`: false, `b eq false`: false, `b ne true`: true, `c pr`: false,
			`c.t pr`: false, `c[t pr]`: false, `c[not (t pr)]`: false, `s.t ne "x"`: true, `t lt "x"`: text0(nothing), `not (t pr)`: true,
		} {
			if got := match(t, text, nothing); got != want {
				t.Errorf("%s of %v is %v", text, nothing, got)
			}
		}
	}
}

// text0 says whether there is a text, though an empty one, that sorts before others.
func text0(subject map[string]any) bool { _, there := subject["t"].(string); return there }

func match(t *testing.T, text string, subject map[string]any) bool {
	t.Helper()
	expr, err := filter.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	matches, err := filter.Compile(expr, describe)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return matches(subject)
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`n eq "x"`, `t eq true`, `t eq 5`, `t gt null`, `b eq "true"`, `b gt true`, `b co "t"`, `b eq 1`, `d eq "now"`, `d co "2026-01-02T03:04:05Z"`, `d eq 5`,
		`s eq "x"`, `c.n eq "x"`, `t[value eq "x"]`, `c[n eq "x"]`, `c[t.x eq "x"]`, `c[urn:x:t eq "x"]`, `c[t[t pr]]`, `n pr`, `n[t pr]`,
		`t pr and n pr`, `n pr and t pr`, `t pr or n pr`, `not (n pr)`, `c[t pr and n pr]`,
	} {
		expr, err := filter.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if _, err := filter.Compile(expr, describe); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestPathString(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a", "a.b", "urn:x:2.0:User:a", "urn:x:2.0:User:a.b"} {
		target, err := filter.ParseTarget(text)
		if err != nil || target.String() != text {
			t.Errorf("%s becomes %s, %v", text, target, err)
		}
	}
}

// Whatever is read: no panic, an error of our own or a filter that can be judged,
// and the same answer the second time.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "han@example.com"`, `t eq "a" and (b eq true or not (c[t eq "work" and value sw "x"]))`, `c.t pr`, `d gt "2026-01-01T00:00:00Z"`,
		`urn:x:2.0:User:t co "\ud83d\ude80"`, `((((`, `t eq "`, `a[b[c[d pr]]]`, `x eq -1e5`, "t eq \"\x00\"", `t ne null`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = filter.ParseTarget(text)
		expr, err := filter.Parse(text)
		if err != nil {
			var problem *filter.Error
			if !errors.As(err, &problem) || problem.Offset < 0 || problem.Offset > len(text) {
				t.Fatalf("the error is %#v", err)
			}
			return
		}
		matches, err := filter.Compile(expr, describe)
		if err != nil {
			return
		}
		answer := matches(subject)
		if matches(subject) != answer {
			t.Fatal("the answer changes")
		}
		opposite, err := filter.Compile(filter.Not{Of: expr}, describe)
		if err != nil || opposite(subject) == answer {
			t.Fatalf("\"not\" is not the opposite: %v", err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{
		"simple":  `userName eq "han@example.com"`,
		"complex": `(userName sw "h" or emails[type eq "work" and value co "@example.com"]) and not (active eq false) and name.familyName pr and meta.lastModified gt "2026-01-01T00:00:00Z"`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := filter.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A path that is read says the same again when it is put together.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{`members`, `name.familyName`, `urn:x:2.0:User:emails[type eq "work" and not (value pr)].value`, `a[`, `a].b`, `a.$ref`, `urn::a`, `a[b eq 1.5e3].c`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := filter.ParseTarget(text)
		if err != nil {
			var problem *filter.Error
			if !errors.As(err, &problem) || problem.Offset < 0 || problem.Offset > len(text) {
				t.Fatalf("the error is %#v", err)
			}
			return
		}
		again, err := filter.ParseTarget(target.String())
		if err != nil || again.Path != target.Path {
			t.Fatalf("%q is read as %q, which is read as %q, %v", text, target, again, err)
		}
	})
}
