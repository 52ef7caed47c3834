package provision

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// notAnObject says what a body is, where it should have been a JSON object: a person
// who reads it knows a login page or an empty answer when told of one.
func notAnObject(body []byte) error {
	return fmt.Errorf("the body is not a JSON object but %s", shapeOf(bytes.TrimSpace(body)))
}

func shapeOf(body []byte) string {
	switch {
	case len(body) == 0:
		return "empty"
	case body[0] == '<':
		return "a web page, or something else in angle brackets"
	case !json.Valid(body) && body[0] == '{':
		return "a piece of one, or one that is badly formed"
	case !json.Valid(body):
		return "text that is no JSON"
	case body[0] == '[':
		return "an array"
	case body[0] == '"':
		return "a string"
	}
	return "the value " + string(body[:min(len(body), 20)])
}
