package scim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// CursorLifetime is how long a cursor can be used (RFC 9865); discovery gives it as
// cursorTimeout.
const CursorLifetime = time.Hour

// position is a place in a list from which it goes on: behind the last resource that
// the client has seen. It stays true while others come and go, since it says where
// that resource stands and not how many are before it.
type position struct {
	place  int64 // of the resource in the list of its connection; 0: before the first
	value  any   // what the list is sorted by, as the resource has it; nil: nothing
	issued time.Time
}

// cursors writes and reads the cursors of one list. A cursor is a position with a code
// that holds for this connection, type of resource, filter and order alone. The code
// keeps a client from going on in another list by mistake. It guards nothing: what is
// shown follows from the request, and a cursor only says from where.
type cursors struct {
	key []byte
	now time.Time
}

func (s *Server) cursorsOf(x *exchange) cursors {
	list := strings.Join([]string{x.provider, x.path[0], x.query.Get("filter"), x.query.Get("sortBy"), x.query.Get("sortOrder")}, "\x00")
	return cursors{[]byte(list), x.caller.Organization.Now(s.clock())}
}

// codeLength is how many bytes of a cursor are its code.
const codeLength = 12

func (c cursors) code(position []byte) []byte {
	mac := hmac.New(sha256.New, c.key)
	mac.Write(position)
	return mac.Sum(nil)[:codeLength]
}

// write puts a position into a cursor; nil, where the list ends, into none.
func (c cursors) write(p *position) (string, error) {
	if p == nil {
		return "", nil
	}
	content, err := json.Marshal([]any{p.place, c.now.Unix(), p.value})
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(c.code(content), content...)), nil
}

// read takes a cursor for its position. The empty one stands before the first resource.
func (c cursors) read(cursor string) (position, error) {
	if cursor == "" {
		return position{}, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) < codeLength || !hmac.Equal(raw[:codeLength], c.code(raw[codeLength:])) {
		return position{}, bad(InvalidCursor, "cursor is none that this list gave")
	}
	var p position
	var issued int64
	decoder := json.NewDecoder(bytes.NewReader(raw[codeLength:]))
	decoder.UseNumber()
	if err := decoder.Decode(&[]any{&p.place, &issued, &p.value}); err != nil || p.place < 0 {
		return position{}, bad(InvalidCursor, "cursor is none that this list gave")
	}
	if p.issued = time.Unix(issued, 0); c.now.Sub(p.issued) > CursorLifetime {
		return position{}, bad(ExpiredCursor, "the cursor has expired: begin again with an empty one")
	}
	return p, nil
}

// pageOf reads which page a client wants: by cursor where it sends one, else by index.
func (s *Server) pageOf(x *exchange) (page, error) {
	if !x.query.Has("cursor") {
		return pageOf(x.query)
	}
	if x.query.Has("startIndex") {
		return page{}, bad(InvalidValue, "startIndex and cursor exclude each other")
	}
	count, err := whole(x.query, "count", DefaultCount)
	if err != nil || count < 0 {
		return page{}, bad(InvalidCount, "count must be a whole number from 0")
	}
	after, err := s.cursorsOf(x).read(x.query.Get("cursor"))
	return page{start: 1, count: min(count, MaxCount), after: &after}, err
}

// pageBehind is a page by cursor of what the store can judge alone. find lists what comes
// behind a place, and from the first on counts what there is in all.
func pageBehind[T any](p page, place func(T) int64, find func(after int64, limit int) ([]T, int, error)) (items []T, total int, next *position, err error) {
	if items, total, err = find(p.after.place, p.count+1); err != nil {
		return nil, 0, nil, err
	}
	if p.after.place > 0 {
		if _, total, err = find(0, 0); err != nil {
			return nil, 0, nil, err
		}
	}
	if len(items) > p.count {
		items, next = items[:p.count], p.after
		if p.count > 0 {
			next = &position{place: place(items[p.count-1])}
		}
	}
	return items, total, next, nil
}

// paged answers with a page of a list, which goes on at next; nil: nowhere.
func (s *Server) paged(x *exchange, p page, total int, resources []shown, next *position) (reply, error) {
	if p.after == nil {
		return reply{http.StatusOK, nil, listed{total, p.start, resources}}, nil
	}
	cursor, err := s.cursorsOf(x).write(next)
	return reply{http.StatusOK, nil, turned{total, resources, cursor}}, err
}

// withoutCursor is for lists that are paged by index alone.
func withoutCursor(query url.Values) error {
	if query.Has("cursor") {
		return bad(InvalidCursor, "a search over all types of resources is paged by startIndex, not by cursor")
	}
	return nil
}
