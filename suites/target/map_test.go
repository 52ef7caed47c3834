package target_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rollcall.example/suites/target"
)

// goodMap is a mapping of accounts with which nothing is wrong.
func goodMap() target.MapConfig {
	return target.MapConfig{Look: target.MapLook{Accounts: &target.MapList{
		Get: "https://acme.test/users?email={email}", Items: "body.users", Next: "body.?next", Where: "item.email in emails",
		Each: map[string]string{"id": "item.id", "email": "item.email"},
	}}}
}

func TestWhatIsWrongWithAMapping(t *testing.T) {
	t.Parallel()
	list := func(change func(*target.MapList)) func(*target.MapConfig) {
		return func(c *target.MapConfig) { change(c.Look.Accounts) }
	}
	address := func(text string) func(*target.MapConfig) {
		return list(func(l *target.MapList) { l.Get = text })
	}
	remove := func(deed target.MapDeed) func(*target.MapConfig) {
		return func(c *target.MapConfig) { c.Arrange.Remove = &deed }
	}
	const accounts, removal = "probe.map.look.accounts", "probe.map.arrange.remove"
	for name, c := range map[string]struct {
		change func(*target.MapConfig)
		key    string
		says   string
	}{
		"nothing is mapped":        {func(c *target.MapConfig) { c.Look = target.MapLook{} }, "probe.map.look", "nothing is mapped"},
		"no address":               {address(""), accounts, "it has no address: say get"},
		"two addresses":            {list(func(l *target.MapList) { l.Post = l.Get }), accounts, "it has two addresses"},
		"a GET with a body":        {list(func(l *target.MapList) { l.Body = "{}" }), accounts + ".body", "a GET has no body"},
		"half an address":          {address("/users?email={email}"), accounts + ".get", `"/users?email={email}" is not an http or https address`},
		"another scheme":           {address("ftp://acme.test/{email}"), accounts + ".get", "is not an http or https address"},
		"half a brace":             {address("https://acme.test/{email"), accounts + ".get", "without its other half"},
		"an unknown name":          {address("https://acme.test/{mail}"), accounts + ".get", "there is no {mail} here; there are {organization}, {email}, "},
		"credentials":              {address("https://u:secret@acme.test/{email}"), accounts + ".get", "put them into probe.map.auth"},
		"a fragment":               {address("https://acme.test/#/{email}"), accounts + ".get", "has a fragment"},
		"a host by name":           {address("https://{organization}.acme.test/{email}"), accounts + ".get", "chooses a host"},
		"everybody":                {list(func(l *target.MapList) { l.Get, l.Where = "https://acme.test/{organization}", "" }), accounts, "would show everybody"},
		"two names at once":        {address("https://acme.test/{email}/{user_name}"), accounts, "it asks by {email} and by {user_name} at once"},
		"accounts by account":      {address("https://acme.test/{account_id}"), accounts, "{account_id} is what this list is to find"},
		"accounts by no record":    {address("https://acme.test/{record_id}"), accounts, "{record_id} is looked up among the records"},
		"no such field":            {list(func(l *target.MapList) { l.Each["colour"] = "item.x" }), accounts + ".each.colour", "there is no such field; there are [email id name]"},
		"no id":                    {list(func(l *target.MapList) { delete(l.Each, "id") }), accounts + ".each", "it does not say what id is"},
		"a syntax error":           {list(func(l *target.MapList) { l.Each["id"] = "item." }), accounts + ".each.id", `"item.", column 6: Syntax error`},
		"a slip of the pen":        {list(func(l *target.MapList) { l.Each["id"] = "itm.id" }), accounts + ".each.id", "undeclared reference to 'itm' (did you mean 'item'?)"},
		"an item before its time":  {list(func(l *target.MapList) { l.Items = "item.users" }), accounts + ".items", "undeclared reference to 'item'"},
		"a condition that is text": {list(func(l *target.MapList) { l.Where = "'yes'" }), accounts + ".where", `"'yes'" is a string, and a bool belongs here`},
		"a list that is a number":  {list(func(l *target.MapList) { l.Items = "1 + 1" }), accounts + ".items", `"1 + 1" is a int, and a list(dyn) belongs here`},
		"an id that is a list":     {list(func(l *target.MapList) { l.Each["id"] = "emails" }), accounts + ".each.id", "is a list(string), and a string belongs here"},
		"a deed without address":   {remove(target.MapDeed{}), removal, "it has no address: say post, put, patch or delete"},
		"a deed with two":          {remove(target.MapDeed{Post: "https://acme.test", Put: "https://acme.test"}), removal, "it has two addresses"},
		"a deed without its name":  {remove(target.MapDeed{Delete: "https://acme.test/{email}"}), removal + ".delete", "there is no {email} here; there are {organization}, {account_id}, {membership_id}"},
		"a body before its time":   {remove(target.MapDeed{Post: "https://acme.test", Body: "{'team': team}"}), removal + ".body", "undeclared reference to 'team'"},
		"no membership to look up": {remove(target.MapDeed{Delete: "https://acme.test/{membership_id}"}), removal, "which are not mapped"},
		"a team without an id":     {func(c *target.MapConfig) { c.Arrange.Team = &target.MapDeed{Post: "https://acme.test"} }, "probe.map.arrange.team.id", "as body.id"},
		"a token without a secret": {func(c *target.MapConfig) { c.Arrange.Token = &target.MapDeed{Post: "https://acme.test"} }, "probe.map.arrange.token.secret", "as body.token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := goodMap()
			c.change(&config)
			checked := whole()
			checked.Probe = &target.ProbeConfig{Map: &config}
			err := checked.Check()
			var wrong *target.ConfigError
			if !errors.As(err, &wrong) || wrong.Key != c.key || !strings.Contains(wrong.Message, c.says) {
				t.Fatalf("got %v, want %s: %s", err, c.key, c.says)
			}
			if strings.ContainsAny(err.Error(), "\n\r") || strings.Contains(err.Error(), "secret@") {
				t.Errorf("%q", err)
			}
			if _, err := target.Open(checked); !errors.As(err, &wrong) {
				t.Errorf("it can be opened: %v", err)
			}
		})
	}
}

func TestAGoodMappingIsGood(t *testing.T) {
	t.Parallel()
	if _, err := target.NewMapProbe(goodMap(), http.DefaultClient); err != nil {
		t.Error(err)
	}
	checked := whole()
	config := goodMap()
	config.Auth = &target.Auth{Bearer: adminToken, Headers: map[string]string{"X-Key": "key-secret-1"}}
	checked.Probe = &target.ProbeConfig{Map: &config}
	live, err := target.Open(checked)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if _, ok := live.Probe().(target.Arranger); !ok {
		t.Errorf("%T cannot arrange", live.Probe())
	}
	if secrets := checked.Secrets(); !slices.Contains(secrets, adminToken) || !slices.Contains(secrets, "key-secret-1") {
		t.Errorf("secrets: %v", secrets)
	}
	if bare := checked.Redacted(); bare.Probe.Map.Auth != nil || bare.Probe.Map.Look.Accounts == nil || config.Auth.Empty() {
		t.Errorf("redacted: %+v", bare.Probe.Map)
	}
}

func TestOneProbeAtATime(t *testing.T) {
	t.Parallel()
	config := goodMap()
	for says, probe := range map[string]target.ProbeConfig{
		"it says nothing of where the probe is: add http, exec or map": {},
		"there can be one probe only: http, exec or map":               {Map: &config, Exec: &target.ExecConfig{Command: []string{"true"}}},
		"probe.http.url: the probe has no address":                     {HTTP: &target.ProbeAddress{}},
		"\"acme.test\" is not an http or https address":                {HTTP: &target.ProbeAddress{URL: "acme.test"}},
		"probe.map.look: nothing is mapped: say at least":              {Map: &target.MapConfig{}},
		"probe.exec.command: no command: say the program a":            {Exec: &target.ExecConfig{}},
	} {
		if err := probe.Check(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
	for said, probe := range map[string]target.ProbeConfig{
		"a mapping of the product's own API": {Map: &config}, "the command ./probe": {Exec: &target.ExecConfig{Command: []string{"./probe", "secret"}}},
		"https://acme.test/probe": {HTTP: &target.ProbeAddress{URL: "https://acme.test/probe", Token: "x"}}, "none": {},
	} {
		if probe.String() != said {
			t.Errorf("%q, want %q", probe.String(), said)
		}
	}
}
