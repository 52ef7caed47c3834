package target

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall.example/simulator/provision"
)

// maxPages is how many pages of one list are read.
const maxPages = 1000

// pages asks for a list, page after page, and hands over every item. A 404 means
// that there is none.
func (p *MapProbe) pages(ctx context.Context, m *mapped, asked map[string]any, each func(item any) error) error {
	address := m.address.fill(asked)
	first := address
	for page, seen := 1, map[string]bool{}; address != ""; page++ {
		switch {
		case seen[address]:
			return fmt.Errorf("probe: %s: the pages go in a circle: %s comes again", m.key, p.blank(address))
		case page > maxPages:
			return fmt.Errorf("probe: %s: there are more than %d pages", m.key, maxPages)
		}
		seen[address] = true
		answer, err := p.ask(ctx, m.method, address, m.body, asked)
		if err != nil {
			return fmt.Errorf("probe: %s: %w", m.key, err)
		}
		if answer.status == http.StatusNotFound {
			return nil
		}
		if err := answer.read(); err != nil {
			return fmt.Errorf("probe: %s: %w", m.key, err)
		}
		answer.describe(asked, page)
		if err := m.eachItem(ctx, asked, answer.body, each); err != nil {
			return err
		}
		next, err := m.following(ctx, asked, answer)
		if err != nil {
			return err
		}
		if address, err = p.resolve(first, address, next); err != nil {
			return fmt.Errorf("probe: %s.next: %w", m.key, err)
		}
	}
	return nil
}

// eachItem finds the list in an answer.
func (m *mapped) eachItem(ctx context.Context, given map[string]any, body any, each func(any) error) error {
	value, hint := body, `say where the list is, as items: body.users`
	if m.items != nil {
		var err error
		if value, err = m.items.value(ctx, given, body); err != nil {
			return fmt.Errorf("probe: %w", err)
		}
		hint = "a list belongs here"
	}
	list, ok := value.([]any)
	if !ok {
		return fmt.Errorf("probe: %s.items: it came to %s: %s", m.key, shapeOf(value), hint)
	}
	for _, item := range list {
		if err := each(item); err != nil {
			return fmt.Errorf("probe: %w", err)
		}
	}
	return nil
}

// following is the address of the next page, as the answer spells it; empty for none.
func (m *mapped) following(ctx context.Context, given map[string]any, answer apiAnswer) (string, error) {
	if m.next == nil {
		return linked(answer.header, "next"), nil
	}
	value, err := m.next.value(ctx, given, answer.body)
	if err != nil {
		return "", fmt.Errorf("probe: %w", err)
	}
	next, ok := value.(string)
	if !ok && value != nil {
		return "", fmt.Errorf("probe: %w", m.next.failed("it came to "+shapeOf(value)+", and an address belongs here, or nothing"))
	}
	return next, nil
}

// resolve makes an address of what a page says of the next one, in relation to the
// page. It has to be at the same host: the credentials are for that one.
func (p *MapProbe) resolve(first, page, next string) (string, error) {
	if next == "" {
		return "", nil
	}
	from, err := url.Parse(page)
	if err != nil {
		return "", err
	}
	to, err := from.Parse(next)
	if err != nil {
		return "", errors.New("what it came to is no address")
	}
	if asked, err := url.Parse(first); err != nil || origin(to) != origin(asked) {
		return "", fmt.Errorf("the next page is said to be at %s, and the credentials are not for that host", origin(to))
	}
	to.Fragment = ""
	return to.String(), nil
}

// linked finds the address of a relation in Link headers (RFC 8288 section 3).
func linked(header http.Header, relation string) string {
	for _, link := range strings.Split(strings.Join(header.Values("Link"), ","), ",") {
		address, parameters, ok := strings.Cut(link, ">")
		address, begun := strings.CutPrefix(strings.TrimSpace(address), "<")
		if !ok || !begun {
			continue
		}
		for _, parameter := range strings.Split(parameters, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
			if strings.EqualFold(name, "rel") && slices.Contains(strings.Fields(strings.ToLower(strings.Trim(value, `"`))), relation) {
				return address
			}
		}
	}
	return ""
}

// apiAnswer is what the product's API answered.
type apiAnswer struct {
	at      string // method and address, for errors
	address string
	status  int
	header  http.Header
	raw     []byte
	body    any                 // raw, after read
	blank   func(string) string // takes secrets out
}

// ask sends one request to the product's API.
func (p *MapProbe) ask(ctx context.Context, method, address string, body *mapExpression, given map[string]any) (apiAnswer, error) {
	var content io.Reader = http.NoBody
	if body != nil {
		value, err := body.value(ctx, given, nil)
		if err != nil {
			return apiAnswer{}, err
		}
		text, err := json.Marshal(value)
		if err != nil {
			return apiAnswer{}, err
		}
		content = bytes.NewReader(text)
	}
	at := method + " " + p.blank(address)
	request, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return apiAnswer{}, fmt.Errorf("%s: %w", at, provision.WithoutURL(err))
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return apiAnswer{}, fmt.Errorf("%s: %w", at, provision.WithoutURL(err))
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return apiAnswer{}, fmt.Errorf("%s: the answer broke off: %w", at, err)
	case len(text) > maxAnswer:
		return apiAnswer{}, fmt.Errorf("%s answered more than %d MiB", at, maxAnswer>>20)
	}
	return apiAnswer{at: at, address: address, status: answer.StatusCode, header: answer.Header, raw: text, blank: p.blank}, nil
}

// read takes the answer for JSON with good news.
func (a *apiAnswer) read() error {
	if a.status < 200 || a.status > 299 {
		return a.refused()
	}
	body, err := decodeWhole(a.raw)
	if err != nil {
		return fmt.Errorf("%s did not answer JSON: %s", a.at, a.said())
	}
	a.body = body
	return nil
}

// refused is the error of an answer that brings no good news.
func (a *apiAnswer) refused() error {
	if to, err := url.Parse(a.header.Get("Location")); err == nil && a.status/100 == 3 && to.Host != "" {
		return fmt.Errorf("%s answered %d, a redirect to %s: are the credentials right?", a.at, a.status, origin(to))
	}
	return &StatusError{a.at, a.status, a.said()}
}

// said is the beginning of the body, without secrets.
func (a *apiAnswer) said() string { return firstOf(a.blank(string(a.raw))) }

// describe lets expressions see the answer.
func (a *apiAnswer) describe(given map[string]any, page int) {
	header := map[string]string{}
	for name, values := range a.header {
		header[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	given["body"], given["header"], given["status"], given["url"], given["page"] = a.body, header, int64(a.status), a.address, int64(page)
}

// decodeWhole reads JSON with whole numbers as int64, so that an id that is a number
// keeps all of its digits.
func decodeWhole(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return numbered(value), nil
}

func numbered(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		broken, _ := v.Float64()
		return broken
	case []any:
		for i := range v {
			v[i] = numbered(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = numbered(v[name])
		}
	}
	return value
}
