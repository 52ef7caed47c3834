package entra

import (
	"encoding/json"
	"testing"
)

func TestRequestsAreThoseThatAreDocumented(t *testing.T) {
	t.Parallel()
	several := []Change{
		Changed("displayName", "Ben"), Changed(`emails[type eq "work"].value`, "ben@rollcall.test"),
		Changed("name.givenName", "Ben"), Changed(Enterprise+":employeeNumber", "7"),
	}
	for name, test := range map[string]struct {
		said []Operation
		want string
	}{
		"disable, legacy":      {Legacy.Enable(false), `[{"op":"Replace","path":"active","value":"False"}]`},
		"disable, modern":      {Modern.Enable(false), `[{"op":"replace","path":"active","value":false}]`},
		"enable, legacy":       {Legacy.Enable(true), `[{"op":"Replace","path":"active","value":"True"}]`},
		"one value, legacy":    {Legacy.Update(Added("nickName", "Ben")), `[{"op":"Add","path":"nickName","value":"Ben"}]`},
		"one value, modern":    {Modern.Update(Added("nickName", "Ben")), `[{"op":"add","path":"nickName","value":"Ben"}]`},
		"one gone, legacy":     {Legacy.Update(Gone("nickName")), `[{"op":"Remove","path":"nickName"}]`},
		"several, legacy":      {Legacy.Update(several...), `[{"op":"Replace","path":"displayName","value":"Ben"},{"op":"Replace","path":"emails[type eq \"work\"].value","value":"ben@rollcall.test"},{"op":"Replace","path":"name.givenName","value":"Ben"},{"op":"Replace","path":"` + Enterprise + `:employeeNumber","value":"7"}]`},
		"several, modern":      {Modern.Update(several...), `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"ben@rollcall.test"},{"op":"replace","value":{"displayName":"Ben","name.givenName":"Ben","` + Enterprise + `:employeeNumber":"7"}}]`},
		"join, legacy":         {Legacy.Join("a"), `[{"op":"Add","path":"members","value":[{"$ref":null,"value":"a"}]}]`},
		"join, modern":         {Modern.Join("a", "b"), `[{"op":"add","path":"members","value":[{"value":"a"},{"value":"b"}]}]`},
		"leave, legacy":        {Legacy.Leave("a"), `[{"op":"Remove","path":"members","value":[{"$ref":null,"value":"a"}]}]`},
		"leave, modern":        {Modern.Leave("a", "b"), `[{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"b\"]"}]`},
		"several gone, modern": {Modern.Update(Gone("title"), Gone("nickName")), `[{"op":"remove","path":"title"},{"op":"remove","path":"nickName"}]`},
	} {
		got, err := json.Marshal(test.said)
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, string(got), test.want) {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	again := func(text string) string {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		written, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(written)
	}
	return again(a) == again(b)
}

func TestQueries(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		Match("userName", `a"b`):                      `filter=userName+eq+%22a%5C%22b%22`,
		Match("userName", "a", "externalId", "b & c"): `filter=userName+eq+%22a%22+and+externalId+eq+%22b+%26+c%22`,
		MatchGroup("Rebels"):                          `excludedAttributes=members&filter=displayName+eq+%22Rebels%22`,
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
