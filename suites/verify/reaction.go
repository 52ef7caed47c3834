package verify

import (
	"fmt"
	"net/http"
	"strings"
)

// Reaction is how a product took a message that it should have refused, whatever came of
// the message.
type Reaction struct {
	Answered int      // the status with which it answered the message; 0 for none
	Crash    string   // how it fell over the message; empty where it did not
	Visitors []string // who came for what the message points at, which nobody should
}

// reactionTo is how a message was taken that was answered so. Where it failed before it
// was sent, it says nothing of the product, and the error is returned.
func reactionTo(sent bool, answered int, err error) (Reaction, error) {
	r := Reaction{Answered: answered}
	switch {
	case err != nil && !sent:
		return Reaction{}, err
	case err != nil:
		r.Crash = "gave no answer"
	case answered >= http.StatusInternalServerError:
		r.Crash = "answered " + r.status()
	}
	return r, nil
}

func (r Reaction) status() string {
	return fmt.Sprintf("%d %s", r.Answered, http.StatusText(r.Answered))
}

// andFetched tells of the visitors behind what is said of the message.
func (r Reaction) andFetched(said string) string {
	if len(r.Visitors) == 0 {
		return said
	}
	return said + "; what the message points at was fetched: " + strings.Join(r.Visitors, ", ")
}
