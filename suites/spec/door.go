package spec

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/suites/target"
)

// Key is what somebody has in hand at a door of the product: the browser of a
// [Visit] with its cookies, or an API [Token].
type Key interface {
	knock(ctx context.Context, wire http.RoundTripper, address string) (status int, header http.Header, body string, err error)
}

// Token is the secret of an API token.
type Token string

// Answer is what came back from a door.
type Answer struct {
	Door   string
	Status int
	Email  string // who the product thinks is there; only WhoAmI says
	Role   string
	Teams  []string // ids
	in     *bool    // whether somebody is in, where something else than the status tells
}

// Answered is the door's name and the HTTP status that it answered.
func (a Answer) Answered() (door string, status int) { return a.Door, a.Status }

// Lets says whether the door let its visitor in, where something else than its
// status tells; told is false where it does not.
func (a Answer) Lets() (in, told bool) {
	if a.in == nil {
		return false, false
	}
	return *a.in, true
}

// WhoAmI asks the product who the holder of the key is.
func (p *Product) WhoAmI(ctx context.Context, key Key) Answer {
	p.settle(ctx)
	var seen target.Presence
	var err error
	if visit, ok := key.(Visit); ok {
		seen, err = p.whoIsStillIn(ctx, visit)
	} else {
		seen, err = p.whoHolds(ctx, key)
	}
	broken(err, 1)
	if seen.Stuck != "" {
		conclude(EntryUntestable, seen.Unclear(), 1)
	}
	answer := Answer{Door: "who am I", Status: seen.Status, Email: seen.Email, Role: seen.Role, Teams: seen.Teams}
	if p.connection.SAML.SignedIn != nil && seen.Unclear() == "" {
		answer.in = &seen.In
	}
	return answer
}

func (p *Product) whoIsStillIn(ctx context.Context, v Visit) (target.Presence, error) {
	if !p.connection.Oracle().Lasts() {
		conclude(EntryUnobserved, "nothing tells whether somebody is still in: saml.signed_in only tells it right after a sign-in", 2)
	}
	return p.connection.WhoIsIn(ctx, v.browser)
}

func (p *Product) whoHolds(ctx context.Context, key Key) (target.Presence, error) {
	door := p.connection.WhoAmIDoor()
	if door == nil {
		conclude(EntryUnobserved, "nothing tells whose an API token is: the target has no whoami address", 2)
	}
	status, header, body, err := key.knock(ctx, p.live.Transport(), door.URL)
	if err != nil {
		return target.Presence{}, err
	}
	return door.Read(status, header, body)
}

// AdminDoor tries an address that only admins may open.
func (p *Product) AdminDoor(ctx context.Context, key Key) Answer {
	p.settle(ctx)
	answer, _ := p.knock(ctx, "an admin's page", p.connection.Doors.Admin, key)
	return answer
}

// SettingsDoor tries the settings of the provider, base URL and token included.
func (p *Product) SettingsDoor(ctx context.Context, key Key) (Answer, string) {
	p.settle(ctx)
	answer, body := p.knock(ctx, "the provider's settings", p.connection.Doors.Settings, key)
	return answer, body
}

// TeamDoor tries the page of a team, which is for its members.
func (p *Product) TeamDoor(ctx context.Context, key Key, team string) Answer {
	address := strings.ReplaceAll(p.connection.Doors.Team, "{team}", url.PathEscape(team))
	p.settle(ctx)
	answer, _ := p.knock(ctx, "the team's page", address, key)
	return answer
}

func (p *Product) knock(ctx context.Context, door, address string, key Key) (Answer, string) {
	status, _, body, err := key.knock(ctx, p.live.Transport(), address)
	broken(err, 2)
	return Answer{Door: door, Status: status}, body
}

func (v Visit) knock(ctx context.Context, _ http.RoundTripper, address string) (int, http.Header, string, error) {
	page, err := v.browser.Open(ctx, address)
	return page.Status, page.Header, page.Body, err
}

func (t Token) knock(ctx context.Context, wire http.RoundTripper, address string) (int, http.Header, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, "", err
	}
	request.Header.Set("Authorization", "Bearer "+string(t))
	answer, err := wire.RoundTrip(request)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, answer.Header, string(body), err
}
