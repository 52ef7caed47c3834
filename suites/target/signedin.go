package target

import (
	"errors"
	"fmt"
	"strings"
)

// SignedIn is how one tells whether a browser is signed in to the product, and as
// whom. Exactly one of its fields is set. Only WhoAmI, and Text with {email} in it,
// tell who; the others tell in from out.
type SignedIn struct {
	WhoAmI   *ByWhoAmI   `json:"whoami,omitempty" yaml:"whoami,omitempty"`
	Status   *ByStatus   `json:"status,omitempty" yaml:"status,omitempty"`
	Redirect *ByRedirect `json:"redirect,omitempty" yaml:"redirect,omitempty"`
	Cookie   *ByCookie   `json:"cookie,omitempty" yaml:"cookie,omitempty"`
	Text     *ByText     `json:"text,omitempty" yaml:"text,omitempty"`
}

// ByWhoAmI asks an address that says who is there. The others are CEL expressions
// over its answer: status (a number), header (a map of lower-case names to values)
// and body (what JSON it is, or else its text). An expression that finds nothing
// in the answer yields nobody, or nothing.
type ByWhoAmI struct {
	URL   string `json:"url" yaml:"url"`
	Email string `json:"email,omitempty" yaml:"email,omitempty"` // a text; body.email where empty
	Role  string `json:"role,omitempty" yaml:"role,omitempty"`   // a text
	Teams string `json:"teams,omitempty" yaml:"teams,omitempty"` // a list of texts, the ids of teams
}

// ByStatus takes for signed in whom the address answers with this status. Redirects
// are not followed: to a stranger, many products answer one.
type ByStatus struct {
	URL string `json:"url" yaml:"url"`
	In  int    `json:"in,omitempty" yaml:"in,omitempty"` // 200 where zero
}

// ByRedirect takes for signed in whose browser comes out at To when it opens URL.
type ByRedirect struct {
	// To is a path, at the place of the assertion consumer service, or a whole
	// address; a * at its end stands for anything. A query does not count.
	To string `json:"to" yaml:"to"`
	// URL is what to open. Empty is To itself: who is not sent away from it is in.
	URL string `json:"url,omitempty" yaml:"url,omitempty"`
}

// ByCookie takes for signed in whose browser holds a cookie of this name after the
// sign-in. A cookie outlives the session that it was for, so it cannot be asked
// later whether somebody is still in.
type ByCookie struct {
	Name string `json:"name" yaml:"name"`
}

// ByText takes for signed in who sees this text on the page, tags aside. Where it
// holds {email}, what the page says in that place is who is in.
type ByText struct {
	Contains string `json:"contains" yaml:"contains"`
	URL      string `json:"url" yaml:"url"`
}

// emailMark stands in a ByText for the address of whoever is in.
const emailMark = "{email}"

// NamesWho says whether one learns who is in, besides that somebody is.
func (s *SignedIn) NamesWho() bool {
	return s != nil && (s.WhoAmI != nil || s.Text != nil && strings.Contains(s.Text.Contains, emailMark))
}

// NamesRole says whether one also learns the role and the teams of who is in.
func (s *SignedIn) NamesRole() bool {
	return s != nil && s.WhoAmI != nil && s.WhoAmI.Role != "" && s.WhoAmI.Teams != ""
}

// Lasts says whether one can ask again, later, whether somebody is still in.
func (s *SignedIn) Lasts() bool { return s != nil && s.Cookie == nil }

// Oracle is how one tells who is signed in to this tenant: as the target says, or
// at the door that is there for it. It is nil where nothing tells.
func (c Connection) Oracle() *SignedIn {
	switch {
	case c.SAML.SignedIn != nil:
		return c.SAML.SignedIn
	case c.Doors.WhoAmI != "":
		return &SignedIn{WhoAmI: ordinaryDoor(c.Doors.WhoAmI)}
	}
	return nil
}

// ordinaryDoor is an address that answers as [Doors] says.
func ordinaryDoor(address string) *ByWhoAmI {
	return &ByWhoAmI{URL: address, Role: "body.role", Teams: "body.teams.map(t, t.id)"}
}

// check says what is wrong with it, in terms of the target file.
func (s *SignedIn) check() error {
	if s == nil {
		return nil
	}
	var ways []func() error
	if s.WhoAmI != nil {
		ways = append(ways, s.WhoAmI.check)
	}
	if s.Status != nil {
		ways = append(ways, s.Status.check)
	}
	if s.Redirect != nil {
		ways = append(ways, s.Redirect.check)
	}
	if s.Cookie != nil {
		ways = append(ways, s.Cookie.check)
	}
	if s.Text != nil {
		ways = append(ways, s.Text.check)
	}
	if len(ways) != 1 {
		return fmt.Errorf("target: signed_in has %d ways of telling who is in; it takes exactly one of whoami, status, redirect, cookie and text", len(ways))
	}
	if err := ways[0](); err != nil {
		return fmt.Errorf("target: signed_in: %w", err)
	}
	return nil
}

func (w *ByWhoAmI) check() error {
	if err := wantAddress("whoami", w.URL); err != nil {
		return err
	}
	_, err := w.questions()
	return err
}

func (s *ByStatus) check() error {
	if s.In != 0 && (s.In < 200 || s.In > 599) {
		return fmt.Errorf("status: in is %d, which is no HTTP status that an answer ends with", s.In)
	}
	return wantAddress("status", s.URL)
}

func (r *ByRedirect) check() error {
	if r.To == "" || !strings.HasPrefix(r.To, "/") && checkAddress(r.To) != nil {
		return fmt.Errorf("redirect: to is %q, and should be a path that begins with / or a whole address", r.To)
	}
	if r.URL == "" && strings.HasSuffix(r.To, "*") {
		return errors.New("redirect: it has no url to open, and to ends with *")
	}
	return checkAddress(r.URL)
}

func (c *ByCookie) check() error {
	if c.Name == "" || strings.ContainsAny(c.Name, " ;=,\t") {
		return fmt.Errorf("cookie: %q is not the name of a cookie", c.Name)
	}
	return nil
}

func (t *ByText) check() error {
	if strings.TrimSpace(strings.ReplaceAll(t.Contains, emailMark, "")) == "" {
		return fmt.Errorf("text: contains is %q, and needs words that only somebody who is signed in sees", t.Contains)
	}
	if strings.Count(t.Contains, emailMark) > 1 {
		return errors.New("text: contains names {email} more than once")
	}
	return wantAddress("text", t.URL)
}

func wantAddress(way, address string) error {
	if address == "" {
		return fmt.Errorf("%s: it has no url to open", way)
	}
	return checkAddress(address)
}
