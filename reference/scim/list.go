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
	b = append(b, `{"schemas":["`+listSchema+`"],"totalResults":`...)
	b = strconv.AppendInt(b, int64(l.total), 10)
	b = append(b, `,"startIndex":`...)
	b = strconv.AppendInt(b, int64(l.start), 10)
	b = append(b, `,"itemsPerPage":`...)
	b = strconv.AppendInt(b, int64(len(l.resources)), 10)
	b = append(b, `,"Resources":[`...)
	for _, resource := range l.resources {
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
