package target

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"rollcall.example/simulator"
)

// Presence is what the product shows of who is there.
type Presence struct {
	In     bool
	Email  string   // who; empty for nobody, and where nothing tells more than that somebody is in
	Role   string   // as far as it is shown
	Teams  []string // ids, as far as they are shown
	Status int      // of the answer that it was told by; 0 where none was asked for
	Stuck  string   // why there is no such answer, though the product answered; empty where there is
}

// Unclear says why nobody can tell, where the answer is none: the product failed,
// wants to be left alone for a while, or leads nowhere. It is empty where the answer counts.
func (p Presence) Unclear() string {
	if p.Stuck != "" {
		return "what tells who is in leads nowhere: " + p.Stuck
	}
	if p.Status >= http.StatusInternalServerError || p.Status == http.StatusTooManyRequests {
		return fmt.Sprintf("what tells who is in answered %d %s", p.Status, http.StatusText(p.Status))
	}
	return ""
}

// ErrNoOracle says that the target names nothing that tells who is signed in.
var ErrNoOracle = errors.New("the target names nothing that tells who is signed in (saml.signed_in)")

// WhoIsIn asks the product whom it takes the browser for. An error means that no
// answer came.
func (c Connection) WhoIsIn(ctx context.Context, browser *simulator.Browser) (Presence, error) {
	seen, err := c.whoIsIn(ctx, browser)
	var stuck *simulator.StuckError
	if errors.As(err, &stuck) {
		return Presence{Stuck: stuck.Reason()}, nil
	}
	return seen, err
}

func (c Connection) whoIsIn(ctx context.Context, browser *simulator.Browser) (Presence, error) {
	switch by := c.Oracle(); {
	case by == nil:
		return Presence{}, ErrNoOracle
	case by.WhoAmI != nil:
		page, err := browser.Open(ctx, by.WhoAmI.URL)
		if err != nil {
			return Presence{}, err
		}
		return by.WhoAmI.Read(page.Status, page.Header, page.Body)
	case by.Status != nil:
		return by.Status.ask(ctx, browser)
	case by.Redirect != nil:
		return by.Redirect.ask(ctx, browser, c.SAML.ACS)
	case by.Cookie != nil:
		return by.Cookie.ask(browser, c.SAML)
	default:
		return by.Text.ask(ctx, browser)
	}
}

// WhoAmIDoor is the address that says who is there, to the holder of an API token as
// well as to a browser. It is nil where the target has none.
func (c Connection) WhoAmIDoor() *ByWhoAmI {
	if c.Doors.WhoAmI != "" {
		return ordinaryDoor(c.Doors.WhoAmI)
	}
	if c.SAML.SignedIn != nil {
		return c.SAML.SignedIn.WhoAmI
	}
	return nil
}

func (s *ByStatus) ask(ctx context.Context, browser *simulator.Browser) (Presence, error) {
	page, err := browser.Peek(ctx, s.URL)
	in := s.In
	if in == 0 {
		in = http.StatusOK
	}
	return Presence{In: err == nil && page.Status == in, Status: page.Status}, err
}

func (r *ByRedirect) ask(ctx context.Context, browser *simulator.Browser, acs string) (Presence, error) {
	to, err := against(acs, r.To)
	if err != nil {
		return Presence{}, err
	}
	page, err := browser.Open(ctx, orElse(r.URL, to))
	if err != nil {
		return Presence{}, err
	}
	return Presence{In: page.Status/100 == 2 && leadsTo(page.URL, to), Status: page.Status}, nil
}

// leadsTo compares addresses without their queries; a * at the end of to stands
// for anything.
func leadsTo(address, to string) bool {
	address, _, _ = strings.Cut(address, "?")
	to, _, _ = strings.Cut(to, "?")
	if start, open := strings.CutSuffix(to, "*"); open {
		return strings.HasPrefix(address, start)
	}
	return strings.TrimSuffix(address, "/") == strings.TrimSuffix(to, "/")
}

func (c *ByCookie) ask(browser *simulator.Browser, saml SAML) (Presence, error) {
	for _, address := range []string{saml.ACS, saml.SignIn} {
		if address == "" {
			continue
		}
		root, err := against(address, "/")
		if err != nil {
			return Presence{}, err
		}
		cookies := slices.Concat(browser.Cookies(address), browser.Cookies(root))
		if slices.ContainsFunc(cookies, c.isSet) {
			return Presence{In: true}, nil
		}
	}
	return Presence{}, nil
}

func (c *ByCookie) isSet(cookie *http.Cookie) bool {
	return cookie.Name == c.Name && cookie.Value != ""
}

func (t *ByText) ask(ctx context.Context, browser *simulator.Browser) (Presence, error) {
	page, err := browser.Open(ctx, t.URL)
	if err != nil {
		return Presence{}, err
	}
	seen := Presence{Status: page.Status}
	if page.Status/100 != 2 {
		return seen, nil
	}
	pattern := t.pattern()
	for _, between := range []string{"", " "} {
		if found := pattern.FindStringSubmatch(plain(page.Body, between)); found != nil {
			seen.In = true
			if len(found) > 1 {
				seen.Email = found[1]
			}
			break
		}
	}
	return seen, nil
}

// pattern finds the text, and in it the address of whoever is in.
func (t *ByText) pattern() *regexp.Regexp {
	before, after, names := strings.Cut(strings.Join(strings.Fields(t.Contains), " "), emailMark)
	text := regexp.QuoteMeta(before)
	if names {
		text += `([^\s<>"'(),;:]+@[\w.-]*\w)` + regexp.QuoteMeta(after)
	}
	return regexp.MustCompile(text)
}

var (
	unseenTags = regexp.MustCompile(`(?is)<(script|style)\b.*?</(?:script|style)>|<!--.*?-->`)
	anyTag     = regexp.MustCompile(`<[^<>]*>`)
)

// plain is a page as one reads it: each stretch of white space one space, and in
// the place of each tag whatever is to stand between what it parts. Without a
// parser one cannot know whether a tag parts words.
func plain(page, between string) string {
	page = anyTag.ReplaceAllString(unseenTags.ReplaceAllString(page, " "), between)
	return strings.Join(strings.Fields(html.UnescapeString(page)), " ")
}

// against completes an address by another one.
func against(base, reference string) (string, error) {
	at, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("%q is not an address", base)
	}
	whole, err := at.Parse(reference)
	if err != nil {
		return "", fmt.Errorf("%q is not an address", reference)
	}
	return whole.String(), nil
}
