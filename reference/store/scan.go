package store

import (
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// row is what can be scanned.
type row interface{ Scan(into ...any) error }

// cells are the values of one row as a driver gives them.
type cells []driver.Value

// Scan puts each cell into what its place in into points at: a string, a number, a
// boolean, a type made of one of these, or a [sql.Scanner].
func (c cells) Scan(into ...any) error {
	if len(into) != len(c) {
		return fmt.Errorf("%d values were asked of a row of %d", len(into), len(c))
	}
	for i, cell := range c {
		if err := assign(into[i], cell); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func assign(into any, cell driver.Value) error {
	var fits bool
	switch into := into.(type) {
	case *string:
		*into, fits = cell.(string)
	case *int64:
		*into, fits = cell.(int64)
	case sql.Scanner:
		return into.Scan(cell)
	default:
		fits = assignKind(reflect.ValueOf(into).Elem(), cell)
	}
	if !fits {
		return fmt.Errorf("a %T cannot be read as %T", cell, into)
	}
	return nil
}

// assignKind is assign for a type by what it is made of.
func assignKind(into reflect.Value, cell driver.Value) bool {
	switch cell := cell.(type) {
	case string:
		if into.Kind() == reflect.String {
			into.SetString(cell)
			return true
		}
	case int64:
		switch into.Kind() {
		case reflect.Int, reflect.Int64:
			into.SetInt(cell)
			return !into.OverflowInt(cell)
		case reflect.Bool:
			into.SetBool(cell == 1)
			return cell == 0 || cell == 1
		}
	}
	return false
}

// at is a moment as it is kept: microseconds since 1970 UTC.
func at(t time.Time) int64 { return t.UnixMicro() }

// atOrNever is [at], and NULL for the zero time.
func atOrNever(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return at(t)
}

// moment reads what [at] and [atOrNever] wrote.
type moment struct{ into *time.Time }

// Scan implements [sql.Scanner].
func (m moment) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*m.into = time.Time{}
	case int64:
		*m.into = time.UnixMicro(value).UTC()
	default:
		return fmt.Errorf("a moment cannot be read from %T", value)
	}
	return nil
}

// bit is a boolean as it is kept: 1 or 0.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// reference is an id of something that need not be there: NULL when empty.
func reference(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// referred reads what [reference] wrote.
type referred struct{ into *string }

// Scan implements [sql.Scanner].
func (r referred) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*r.into = ""
	case string:
		*r.into = value
	case []byte:
		*r.into = string(value)
	default:
		return fmt.Errorf("an id cannot be read from %T", value)
	}
	return nil
}

// packed is a list as it is kept: JSON. An empty list comes back nil. Strings,
// e-mails and bytes cannot fail to encode.
func packed[T any](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(fmt.Sprintf("store: a list of %T does not encode: %v", list, err))
	}
	return string(text)
}

// unpacked reads what [packed] wrote.
type unpacked[T any] struct{ into *[]T }

// Scan implements [sql.Scanner].
func (u unpacked[T]) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("a list cannot be read from %T", value)
	}
	*u.into = nil
	if text == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(text), u.into)
}

// packedObject is a JSON object as it is kept; empty for one without members.
func packedObject(object map[string]any) string {
	if len(object) == 0 {
		return ""
	}
	text, err := json.Marshal(object)
	if err != nil {
		panic(fmt.Sprintf("store: an object does not encode: %v", err)) // it was JSON before
	}
	return string(text)
}

// unpackedObject reads what [packedObject] wrote. Numbers stay as they were written.
type unpackedObject struct{ into *map[string]any }

// Scan implements [sql.Scanner].
func (u unpackedObject) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("an object cannot be read from %T", value)
	}
	*u.into = nil
	if text == "" {
		return nil
	}
	if !strings.ContainsAny(text, "0123456789") { // no number at all
		return json.Unmarshal([]byte(text), u.into)
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(u.into)
}

// digest is what is kept of a secret.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
