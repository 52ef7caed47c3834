package target

import (
	"errors"
	"net/http"
	"strings"

	"rollcall.example/suites/target/strict"
)

// ProbeConfig says which probe the target has: exactly one of its fields is set. It is
// the section probe of a target file.
//
// A probe is a small window through which the suite sees what a product made of its
// people: who has an account, a membership, a seat, and who is signed in. Without one
// most of what matters is unobserved. There are four ways to have one; whichever it
// is, `rollcall probe check --target FILE` tests whether it can be believed.
//
// # An address
//
// The product serves the probe contract, which `rollcall probe contract` prints as an
// OpenAPI document, in a test installation and to whoever holds the token. It takes
// about an hour. [ProbeAddress] says where:
//
//	probe:
//	  http:
//	    url: https://acme.test/rollcall
//	    auth: {bearer: {env: ACME_PROBE_TOKEN}}
//
// # A command
//
// The same contract without a server. For each request the command is started anew;
// it reads one JSON object from its standard input and writes one to its standard
// output. [ExecConfig] says which command:
//
//	probe:
//	  exec:
//	    command: [python3, probe.py]
//	    env: [PATH, HOME, ACME_URL, ACME_ADMIN_TOKEN]
//	    timeout: 10s
//
// What it reads is {"version": 1, "method": "POST", "path": "/look", "body": {…}},
// with the methods, paths and bodies of the contract; "/" is the probe itself. What it
// writes is {"status": 200, "body": {…}}, with the contract's statuses. It ends with 0,
// whatever it answers. When it ends with something else, the first line of its standard
// error is what people read. It runs in the directory of the target file. This one shows accounts and memberships:
//
//	import json, os, sys, urllib.parse, urllib.request
//
//	def api(path):
//	    request = urllib.request.Request(os.environ["ACME_URL"] + path)
//	    request.add_header("Authorization", "Bearer " + os.environ["ACME_ADMIN_TOKEN"])
//	    with urllib.request.urlopen(request) as answer:
//	        return json.load(answer)
//
//	def look(who):
//	    accounts, memberships = {}, []
//	    for email in who["emails"] or []:
//	        for user in api("/api/users?email=" + urllib.parse.quote(email))["users"]:
//	            accounts[str(user["id"])] = {"id": str(user["id"]), "email": user["email"], "name": user["full_name"]}
//	    for member in api("/api/members?per_page=1000")["members"]:
//	        id = str(member["user"]["id"])
//	        if id in accounts or id in (who["account_ids"] or []):
//	            accounts.setdefault(id, {"id": id, "email": member["user"]["email"]})
//	            role = "admin" if member["is_admin"] else "member"
//	            memberships.append({"id": member["id"], "account_id": id, "role": role})
//	    return {"accounts": list(accounts.values()), "memberships": memberships}
//
//	asked = json.load(sys.stdin)
//	if asked["path"] == "/":
//	    answer = 200, {"version": 1, "features": ["look.accounts", "look.memberships"]}
//	elif asked["path"] == "/look":
//	    answer = 200, look(asked["body"]["identifiers"])
//	else:
//	    answer = 404, {"error": "this probe does not have " + asked["path"]}
//	json.dump({"status": answer[0], "body": answer[1]}, sys.stdout)
//
// # A mapping
//
// Nothing new at the product at all: addresses of its own API, and expressions in CEL
// (https://cel.dev) that say what of an answer is what. [MapConfig] has every key:
//
//	probe:
//	  map:
//	    auth: {bearer: {env: ACME_ADMIN_TOKEN}}
//	    look:
//	      records:
//	        get: https://acme.test/api/directory?email={email}
//	        items: body.entries
//	        each:
//	          id: item.id
//	          user_name: item.user_name
//	          email: item.email
//	          active: item.active
//	          account_id: "item.user_id == null ? '' : string(item.user_id)"
//	      accounts:
//	        get: https://acme.test/api/users?email={email}
//	        items: body.users
//	        each: {id: item.id, email: item.email, name: item.full_name}
//	      memberships:
//	        get: https://acme.test/api/members
//	        items: body.members
//	        next: "body.next_page == null ? '' : with(url, 'page', string(body.next_page))"
//	        where: string(item.user.id) in account_ids
//	        each:
//	          id: item.id
//	          account_id: item.user.id
//	          role: "item.is_admin ? 'admin' : 'member'"
//	          teams: "item.teams.map(t, {'id': t.id, 'slug': t.slug, 'role': t.lead ? 'maintainer' : 'member'})"
//	      seats:
//	        get: https://acme.test/api/members
//	        items: body.members
//	        next: "body.next_page == null ? '' : with(url, 'page', string(body.next_page))"
//	        where: string(item.user.id) in account_ids && item.billed
//	        each: {id: item.id, account_id: item.user.id, started: item.created_at}
//	    arrange:
//	      role:
//	        patch: https://acme.test/api/members/{membership_id}
//	        body: "{'is_admin': role == 'admin'}"
//	      remove: {delete: "https://acme.test/api/members/{membership_id}", refused: [403]}
//
// An address is asked once for each identifier of the kind in braces; what is found is
// put together by id, and 404 means that there is none. An address without braces
// shows everybody and needs a where. What the accounts or the records bring to light
// is known to the other lists as account_ids and record_ids, and in an address as
// {account_id} and {record_id}.
//
// Expressions know body, header (by names in lower case), status, url and page of the
// answer; item, in where and each; of the person emails, user_names, name_ids,
// external_ids, record_ids and account_ids; and, by the name in braces, what the
// address was asked with. An optional field is item.?name; with(url, name, value)
// sets a parameter of an address; the extensions of CEL for texts are there. Times
// are RFC 3339, or timestamp(…) of a number of seconds. An id that is a number becomes
// a text, and is compared as one: string(item.user.id) in account_ids. A list that is
// not mapped is not observed: the records neither, which without a probe SCIM shows.
// Seats that have ended are worth showing, each with its end; without them nobody can
// tell that who comes back has a new one.
//
// # In Go
//
// A suite of a vendor's own implements [Probe], and as much as it likes of [Arranger]
// and [Organizer]. See the example.
type ProbeConfig struct {
	HTTP *ProbeAddress `json:"http,omitempty" yaml:"http"` // speaks the contract
	Exec *ExecConfig   `json:"exec,omitempty" yaml:"exec"` // a command that speaks it
	Map  *MapConfig    `json:"map,omitempty" yaml:"map"`   // the product's own API, and expressions over it
	// Go is a probe in this program, for a vendor's own suite. It cannot go to
	// another process, so such a run has one.
	Go Probe `json:"-" yaml:"-"`
}

// ConfigError is a mistake in what a target says of its probe.
type ConfigError struct {
	Key     string // the path to it in the target file, as probe.exec.command
	Message string
}

func (c *ConfigError) Error() string { return "target: " + c.Key + ": " + c.Message }

// Check says what is wrong with the configuration, as a *[ConfigError], before
// anything is started.
func (p ProbeConfig) Check() error {
	set := 0
	for _, kind := range []bool{p.HTTP != nil, p.Exec != nil, p.Map != nil, p.Go != nil} {
		if kind {
			set++
		}
	}
	switch {
	case set == 0:
		return &ConfigError{"probe", "it says nothing of where the probe is: add http, exec or map"}
	case set > 1:
		return &ConfigError{"probe", "there can be one probe only: http, exec or map"}
	case p.Exec != nil:
		return p.Exec.wrong()
	case p.Map != nil:
		_, err := NewMapProbe(*p.Map, http.DefaultClient)
		return err
	case p.HTTP != nil && p.HTTP.URL == "":
		return &ConfigError{"probe.http.url", "the probe has no address"}
	case p.HTTP != nil:
		return checkAddress(p.HTTP.URL)
	}
	return nil
}

// check says it to whoever reads the target file, with its place there.
func (p *ProbeConfig) check() error {
	var wrong *ConfigError
	if err := p.Check(); !errors.As(err, &wrong) {
		return err
	}
	if key, ok := strings.CutPrefix(wrong.Key, "probe."); ok {
		return strict.At(key, errors.New(wrong.Message))
	}
	return errors.New(wrong.Message)
}

// Redacted returns the configuration without its secrets.
func (p ProbeConfig) Redacted() ProbeConfig {
	if p.HTTP != nil {
		p.HTTP = &ProbeAddress{URL: p.HTTP.URL}
	}
	if p.Map != nil {
		bare := *p.Map
		bare.Auth = nil
		p.Map = &bare
	}
	return p
}

// ProbeAddress is where an HTTP probe answers.
type ProbeAddress struct {
	URL   string `json:"url" yaml:"url" read:"url,required"`
	Token string `json:"token,omitempty" read:"secret"` // bearer token
	Auth  *Auth  `json:"auth,omitempty" yaml:"auth"`    // other credentials, in place of a token
}

// String says where the probe is, without a secret.
func (p ProbeConfig) String() string {
	switch {
	case p.Go != nil:
		return "in this program"
	case p.HTTP != nil:
		return p.HTTP.URL
	case p.Exec != nil && len(p.Exec.Command) > 0:
		return "the command " + p.Exec.Command[0]
	case p.Map != nil:
		return "a mapping of the product's own API"
	}
	return "none"
}
