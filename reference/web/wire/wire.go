// Package wire reads and writes the JSON bodies of the product's own API and of
// the probe. It is strict in what it reads: a body of bounded size and depth, one
// JSON value, no member twice, none that is not known. A caller who misspells a
// field is told so, rather than getting the default without a word.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxBody is the largest body that is read, in bytes.
const MaxBody = 1 << 20

const maxDepth = 32

// Problem is a request that cannot be used, with the status that says why.
type Problem struct {
	Status  int
	Message string
}

func (p *Problem) Error() string { return p.Message }

func problem(status int, format string, args ...any) error {
	return &Problem{status, fmt.Sprintf(format, args...)}
}

// Read decodes the request's JSON body into what the pointer points to. Its
// errors are of type [*Problem].
func Read(w http.ResponseWriter, r *http.Request, into any) error {
	if err := checkType(r.Header.Get("Content-Type")); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return problem(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", MaxBody)
		}
		return problem(http.StatusBadRequest, "the body could not be read")
	}
	return decode(body, into)
}

func checkType(header string) error {
	media, _, err := mime.ParseMediaType(header)
	if err != nil || media != "application/json" {
		return problem(http.StatusUnsupportedMediaType, "the body must be application/json")
	}
	return nil
}

func decode(body []byte, into any) error {
	if err := scan(body); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return problem(http.StatusBadRequest, "the body does not fit: %s", plain(err))
	}
	return nil
}

// plain tells what the decoder found without naming types of this program.
func plain(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		where := wrong.Field
		if where == "" {
			where = "the body"
		}
		return fmt.Sprintf("%s must not be a JSON %s", where, wrong.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// scan checks what the decoder lets pass: that there is one value and no more,
// that it is not deep, that no object has a member twice and that no text holds
// a NUL.
func scan(body []byte) error {
	if !utf8.Valid(body) {
		return problem(http.StatusBadRequest, "the body is not valid UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := scanValue(decoder, 0); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return problem(http.StatusBadRequest, "the body holds more than one JSON value")
	}
	return nil
}

func scanValue(decoder *json.Decoder, depth int) error {
	token, err := next(decoder)
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	if depth == maxDepth {
		return problem(http.StatusBadRequest, "the body is nested deeper than %d", maxDepth)
	}
	if delim == '{' {
		return scanObject(decoder, depth+1)
	}
	return scanArray(decoder, depth+1)
}

func scanObject(decoder *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for decoder.More() {
		token, err := next(decoder)
		if err != nil {
			return err
		}
		// encoding/json matches names without regard to case, so two spellings
		// of a name are the same member.
		name := strings.ToLower(fmt.Sprint(token))
		if seen[name] {
			return problem(http.StatusBadRequest, "the body has the member %q twice", name)
		}
		seen[name] = true
		if err := scanValue(decoder, depth); err != nil {
			return err
		}
	}
	_, err := next(decoder)
	return err
}

func scanArray(decoder *json.Decoder, depth int) error {
	for decoder.More() {
		if err := scanValue(decoder, depth); err != nil {
			return err
		}
	}
	_, err := next(decoder)
	return err
}

func next(decoder *json.Decoder) (json.Token, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, problem(http.StatusBadRequest, "the body is not JSON")
	}
	if text, ok := token.(string); ok && strings.ContainsRune(text, 0) {
		return nil, problem(http.StatusBadRequest, "the body holds a NUL character")
	}
	return token, nil
}

// Write answers with a JSON body.
func Write(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"something went wrong"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

// Failure is the body of every refusal.
type Failure struct {
	Error string `json:"error"`
}

// Refuse answers with a [Failure].
func Refuse(w http.ResponseWriter, status int, message string) {
	Write(w, status, Failure{message})
}

// Number reads a whole number from a query, 0 where there is none.
func Number(query url.Values, name string) (int64, error) {
	text := query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, &Problem{http.StatusBadRequest, name + " must be a whole number, 0 or more"}
	}
	return n, nil
}
