package scim

import (
	"errors"
	"math"
	"net/url"
	"strconv"
)

// How long a page of a list is.
const (
	DefaultCount = 100 // when the client does not say
	MaxCount     = 200 // whatever the client says; discovery gives it as maxResults
)

// page is the part of a list that a client asks for (RFC 7644 section 3.4.2.4).
type page struct {
	start int // from 1
	count int
	after *position // where a page by cursor begins; nil: a page by index
}

// list is a ListResponse (RFC 7644 section 3.4.2). ItemsPerPage is how many are in
// this page, not how many were asked for.
type list[R any] struct {
	Schemas      []string `json:"schemas"`
	TotalResults int      `json:"totalResults"`
	StartIndex   int      `json:"startIndex"`
	ItemsPerPage int      `json:"itemsPerPage"`
	Resources    []R      `json:"Resources"`
}

func newList[R any](total, start int, resources []R) list[R] {
	if resources == nil {
		resources = []R{}
	}
	return list[R]{[]string{listSchema}, total, start, len(resources), resources}
}

// listed is a page of resources: the [list] of them, written without reflection.
type listed struct {
	total, start int
	resources    []shown
}

func (l listed) appendTo(b []byte) []byte {
	b = appendTotal(b, l.total)
	b = append(b, `,"startIndex":`...)
	b = strconv.AppendInt(b, int64(l.start), 10)
	return appendResources(b, l.resources)
}

// turned is a page by cursor: it has no startIndex, and says where the list goes on.
type turned struct {
	total     int
	resources []shown
	next      string // the cursor of the next page; empty: there is none
}

func (t turned) appendTo(b []byte) []byte {
	b = appendTotal(b, t.total)
	if t.next != "" {
		b = append(b, `,"nextCursor":"`+t.next+`"`...) // of the letters of base64
	}
	return appendResources(b, t.resources)
}

func appendTotal(b []byte, total int) []byte {
	b = append(b, `{"schemas":["`+listSchema+`"],"totalResults":`...)
	return strconv.AppendInt(b, int64(total), 10)
}

func appendResources(b []byte, resources []shown) []byte {
	b = append(b, `,"itemsPerPage":`...)
	b = strconv.AppendInt(b, int64(len(resources)), 10)
	b = append(b, `,"Resources":[`...)
	for _, resource := range resources {
		b = resource.appendTo(appendComma(b))
	}
	return append(b, "]}"...)
}

// pageOf reads startIndex and count. Values out of range are brought into it.
func pageOf(query url.Values) (page, error) {
	start, err := whole(query, "startIndex", 1)
	if err != nil {
		return page{}, err
	}
	count, err := whole(query, "count", DefaultCount)
	return page{start: max(start, 1), count: min(max(count, 0), MaxCount)}, err
}

// whole reads an integer of any size; one that is too large to count to becomes
// the largest that is not.
func whole(query url.Values, name string, otherwise int) (int, error) {
	if !query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(query.Get(name), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, bad(InvalidValue, "%s must be a whole number", name)
	}
	return int(min(max(n, math.MinInt32), math.MaxInt32)), nil
}
