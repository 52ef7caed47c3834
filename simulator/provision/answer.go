package provision

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// Answer is what the product said.
type Answer struct {
	// Status is the HTTP status; 0 where nothing came before the deadline, which is an
	// answer to a job and to nobody else.
	Status int
	Header http.Header
	// Body is the decoded body; it may be empty.
	Body []byte
}

// OK tells whether the status is 2xx.
func (a Answer) OK() bool { return a.Status/100 == 2 }

// Resource returns the body as a JSON object. It fails on anything else, an empty
// body included.
func (a Answer) Resource() (*Object, error) { return ParseObject(a.Body) }

// ID returns the resource's id, empty if there is none.
func (a Answer) ID() string {
	resource, err := a.Resource()
	if err != nil {
		return ""
	}
	return resource.ID()
}

// NoID says why the answer shows no resource with an id; see [Object.NoID].
func (a Answer) NoID() error {
	resource, err := a.Resource()
	if err != nil {
		return err
	}
	return resource.NoID()
}

// UserPath is where the user that the answer shows is, below the base URL. An id is any
// text (RFC 7643 section 3.1), and not every text can stand in a path as it is.
func (a Answer) UserPath() string { return UserPath(a.ID()) }

// Detail returns what a SCIM error says of itself (RFC 7644 §3.12), empty if the
// body is no such thing.
func (a Answer) Detail() string {
	resource, err := a.Resource()
	if err != nil {
		return ""
	}
	return resource.Text("detail")
}

// Reason returns the status as HTTP spells it, as "Not Found", and what Okta says
// where none came in time.
func (a Answer) Reason() string {
	if a.Status == 0 {
		return "Read timed out"
	}
	if text := http.StatusText(a.Status); text != "" {
		return text
	}
	return strconv.Itoa(a.Status)
}

// unreadableList says why a body is no list.
func unreadableList(body []byte) error {
	if _, err := ParseObject(body); err != nil {
		return err
	}
	return errors.New("the list is a JSON object, but its Resources are no array")
}

// List is a page of resources (RFC 7644 §3.4.2).
type List struct {
	TotalResults int
	StartIndex   int
	ItemsPerPage int
	Resources    []*Object
}

// List returns the body as Okta's client reads it: the counters have to be JSON
// numbers, totalResults has to be there.
func (a Answer) List() (List, error) {
	var page struct {
		TotalResults json.RawMessage
		StartIndex   json.RawMessage
		ItemsPerPage json.RawMessage
		Resources    []json.RawMessage
	}
	if err := json.Unmarshal(a.Body, &page); err != nil {
		return List{}, unreadableList(a.Body)
	}
	if len(page.TotalResults) == 0 {
		return List{}, errors.New("the list has no totalResults")
	}
	var list List
	for _, counter := range []struct {
		name string
		raw  json.RawMessage
		into *int
	}{
		{"totalResults", page.TotalResults, &list.TotalResults},
		{"startIndex", page.StartIndex, &list.StartIndex},
		{"itemsPerPage", page.ItemsPerPage, &list.ItemsPerPage},
	} {
		if len(counter.raw) == 0 {
			continue
		}
		if err := json.Unmarshal(counter.raw, counter.into); err != nil || string(counter.raw) == "null" {
			return List{}, fmt.Errorf("the list has %s %s, which is not a number", counter.name, counter.raw)
		}
	}
	for _, raw := range page.Resources {
		resource, err := ParseObject(raw)
		if err != nil {
			return List{}, fmt.Errorf("the list holds something else than resources: %w", err)
		}
		list.Resources = append(list.Resources, resource)
	}
	return list, nil
}
