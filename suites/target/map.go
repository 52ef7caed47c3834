package target

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall.example/suites/target/strict"
)

// MapConfig is a probe that needs nothing new at the product: it asks the product's
// own API and says, in expressions, what of an answer is what. See [ProbeConfig].
type MapConfig struct {
	// Auth is sent with every request, and to no other hosts than those that stand
	// in the addresses below.
	Auth *Auth `json:"auth,omitempty" yaml:"auth"`
	// Look says where the lists of a [View] come from. One that is left out is not
	// observed.
	Look MapLook `json:"look" yaml:"look" read:"required"`
	// Arrange says how to do what an administrator would; all of it is optional.
	Arrange MapArrange `json:"arrange,omitzero" yaml:"arrange"`
}

// MapLook holds a way to each list of a [View].
type MapLook struct {
	Records     *MapList `json:"records,omitempty" yaml:"records"`
	Accounts    *MapList `json:"accounts,omitempty" yaml:"accounts"`
	Memberships *MapList `json:"memberships,omitempty" yaml:"memberships"`
	Seats       *MapList `json:"seats,omitempty" yaml:"seats"`
	Sessions    *MapList `json:"sessions,omitempty" yaml:"sessions"`
	Tokens      *MapList `json:"tokens,omitempty" yaml:"tokens"`
}

// MapList is where one list comes from. All but the address are CEL expressions.
type MapList struct {
	// Get is the address, with {email}, {user_name}, {name_id}, {external_id},
	// {record_id}, {account_id} or {organization} where those belong, escaped. Each
	// identifier of that kind is asked for in turn. 404 means that there is none.
	Get string `json:"get,omitempty" yaml:"get"`
	// Post is Get for an API that is asked with POST, as GraphQL; Body is then what is
	// sent, as JSON.
	Post string `json:"post,omitempty" yaml:"post"`
	Body string `json:"body,omitempty" yaml:"body"`
	// Items is the list in an answer; the whole body where it is empty.
	Items string `json:"items,omitempty" yaml:"items"`
	// Next is the address of the next page, and empty or null on the last one.
	// Without it the answer's Link header says (RFC 8288).
	Next string `json:"next,omitempty" yaml:"next"`
	// Where says which items count.
	Where string `json:"where,omitempty" yaml:"where"`
	// Each says what the fields of an entry are, by their names in the contract.
	Each map[string]string `json:"each,omitempty" yaml:"each"`
}

// MapArrange holds a way to each thing that an [Arranger] does, and a [Disbander].
type MapArrange struct {
	Role   *MapDeed `json:"role,omitempty" yaml:"role"`
	Team   *MapDeed `json:"team,omitempty" yaml:"team"`
	Join   *MapDeed `json:"join,omitempty" yaml:"join"`
	Leave  *MapDeed `json:"leave,omitempty" yaml:"leave"`
	Remove *MapDeed `json:"remove,omitempty" yaml:"remove"`
	Token  *MapDeed `json:"token,omitempty" yaml:"token"`
	// Disband takes a team away again, so that a run leaves none behind. 404 means that
	// it is gone already.
	Disband *MapDeed `json:"disband,omitempty" yaml:"disband"`
}

// MapDeed is one request that changes something: exactly one address, which may
// have {organization}, {account_id}, {membership_id}, {team}, {role}, {by} and
// {name} in it as far as the deed knows them. An answer of 2xx means done; 409, 422
// and what stands in Refused, that the product would not; anything else, that the
// probe is broken.
type MapDeed struct {
	Post    string `json:"post,omitempty" yaml:"post"`
	Put     string `json:"put,omitempty" yaml:"put"`
	Patch   string `json:"patch,omitempty" yaml:"patch"`
	Delete  string `json:"delete,omitempty" yaml:"delete"`
	Body    string `json:"body,omitempty" yaml:"body"`       // CEL: what is sent, as JSON
	Refused []int  `json:"refused,omitempty" yaml:"refused"` // further statuses by which the product refuses
	ID      string `json:"id,omitempty" yaml:"id"`           // CEL: the id of the team made
	Slug    string `json:"slug,omitempty" yaml:"slug"`       // CEL: the short name of the team made
	Secret  string `json:"secret,omitempty" yaml:"secret"`   // CEL: the secret of the token issued
}

// listNames are the lists of a view, in the order of the contract.
var listNames = []string{"records", "accounts", "memberships", "seats", "sessions", "tokens"}

func (l MapLook) named() map[string]*MapList {
	lists := map[string]*MapList{
		"records": l.Records, "accounts": l.Accounts, "memberships": l.Memberships,
		"seats": l.Seats, "sessions": l.Sessions, "tokens": l.Tokens,
	}
	maps.DeleteFunc(lists, func(_ string, list *MapList) bool { return list == nil })
	return lists
}

func (a MapArrange) named() map[string]*MapDeed {
	deeds := map[string]*MapDeed{
		"role": a.Role, "team": a.Team, "join": a.Join, "leave": a.Leave, "remove": a.Remove, "token": a.Token, "disband": a.Disband,
	}
	maps.DeleteFunc(deeds, func(_ string, deed *MapDeed) bool { return deed == nil })
	return deeds
}

// NewMapProbe returns the probe that the configuration describes, which calls the
// product's API through client, who brings the credentials. Every mistake that can be known without asking the
// product is a *[ConfigError].
func NewMapProbe(config MapConfig, client *http.Client) (*MapProbe, error) {
	asking := *client
	asking.CheckRedirect = stayThere
	p := &MapProbe{client: &asking, secrets: strict.Secrets(config), lists: map[string]*mapped{}, deeds: map[string]*deed{}}
	lists := config.Look.named()
	if len(lists) == 0 {
		return nil, &ConfigError{mapKey + ".look", "nothing is mapped: say at least how to get accounts"}
	}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		list, err := newMapped(name, *lists[name])
		if err != nil {
			return nil, err
		}
		p.lists[name] = list
	}
	if err := p.order(); err != nil {
		return nil, err
	}
	deeds := config.Arrange.named()
	for _, name := range slices.Sorted(maps.Keys(deeds)) {
		deed, err := newDeed(name, *deeds[name])
		if err != nil {
			return nil, err
		}
		if deed.asks["membership_id"] && p.lists["memberships"] == nil {
			return nil, &ConfigError{deed.key, "{membership_id} is looked up among the memberships, which are not mapped"}
		}
		p.deeds[name] = deed
	}
	return p, nil
}

// mapKey is where the mapping stands in a target file.
const mapKey = "probe.map"

// stayThere follows a redirect within the host that was asked and no other, for the
// credentials are for that one; and only where something was read: a page that says
// how to sign in is no sign that something was done.
func stayThere(next *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("it redirects without end")
	}
	if origin(next.URL) != origin(via[0].URL) || via[0].Method != http.MethodGet {
		return http.ErrUseLastResponse
	}
	return nil
}

func origin(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }

// order puts the lists in an order in which each finds what it asks for: one that is
// asked by {account_id} comes after the accounts.
func (p *MapProbe) order() error {
	first := []string{"accounts", "records"}
	if list := p.lists["accounts"]; list != nil && list.kind == "record_id" {
		first = []string{"records", "accounts"}
		if records := p.lists["records"]; records == nil || records.kind == "account_id" {
			return &ConfigError{list.key, "{record_id} is looked up among the records, which " +
				"are not mapped or are looked up by the account themselves"}
		}
	}
	if list := p.lists[first[0]]; list != nil && list.kind == ownIDs[first[0]] {
		return &ConfigError{list.key, fmt.Sprintf("{%s} is what this list is to find: ask by {email} or another identifier", list.kind)}
	}
	for _, name := range append(first, listNames[2:]...) {
		if p.lists[name] != nil {
			p.sequence = append(p.sequence, name)
		}
	}
	return nil
}

// ownIDs are the identifiers that a list brings to light.
var ownIDs = map[string]string{"accounts": "account_id", "records": "record_id"}
