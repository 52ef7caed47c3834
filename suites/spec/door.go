package spec

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Key is what somebody has in hand at a door of the product: the browser of a
// [Visit] with its cookies, or an API [Token].
type Key interface {
	knock(ctx context.Context, wire http.RoundTripper, address string) (status int, body []byte, err error)
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
}

// Answered is the door's name and the HTTP status that it answered.
func (a Answer) Answered() (door string, status int) { return a.Door, a.Status }

// WhoAmI asks the product who the holder of the key is.
func (p *Product) WhoAmI(ctx context.Context, key Key) Answer {
	answer, body := p.knock(ctx, "who am I", p.connection.Doors.WhoAmI, key)
	var said struct {
		Email string `json:"email"`
		Role  string `json:"role"`
		Teams []struct {
			ID string `json:"id"`
		} `json:"teams"`
	}
	if answer.Status == http.StatusOK && json.Unmarshal(body, &said) == nil {
		answer.Email, answer.Role = said.Email, said.Role
		for _, team := range said.Teams {
			answer.Teams = append(answer.Teams, team.ID)
		}
	}
	return answer
}

// AdminDoor tries an address that only admins may open.
func (p *Product) AdminDoor(ctx context.Context, key Key) Answer {
	answer, _ := p.knock(ctx, "an admin's page", p.connection.Doors.Admin, key)
	return answer
}

// SettingsDoor tries the settings of the provider, base URL and token included.
func (p *Product) SettingsDoor(ctx context.Context, key Key) (Answer, string) {
	answer, body := p.knock(ctx, "the provider's settings", p.connection.Doors.Settings, key)
	return answer, string(body)
}

// TeamDoor tries the page of a team, which is for its members.
func (p *Product) TeamDoor(ctx context.Context, key Key, team string) Answer {
	address := strings.ReplaceAll(p.connection.Doors.Team, "{team}", url.PathEscape(team))
	answer, _ := p.knock(ctx, "the team's page", address, key)
	return answer
}

func (p *Product) knock(ctx context.Context, door, address string, key Key) (Answer, []byte) {
	status, body, err := key.knock(ctx, p.live.Transport(), address)
	broken(err, 2)
	return Answer{Door: door, Status: status}, body
}

func (v Visit) knock(ctx context.Context, _ http.RoundTripper, address string) (int, []byte, error) {
	status, body, err := v.browser.Get(ctx, address)
	return status, []byte(body), err
}

func (t Token) knock(ctx context.Context, wire http.RoundTripper, address string) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+string(t))
	answer, err := wire.RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, body, err
}
