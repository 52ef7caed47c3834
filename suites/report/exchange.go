package report

import (
	"net/http"
	"time"

	"rollcall.example/simulator/journal"
)

// Exchange is a request and what came of it, as the report keeps it: secrets are
// blanked already, bodies are text.
type Exchange struct {
	At           time.Time   `json:"at"`
	Actor        string      `json:"actor"` // scim or browser
	Subject      string      `json:"subject,omitempty"`
	Method       string      `json:"method"`
	URL          string      `json:"url"`
	Header       http.Header `json:"header,omitempty"`
	Body         string      `json:"body,omitempty"`
	Status       int         `json:"status"` // 0 when no answer came
	AnswerHeader http.Header `json:"answer_header,omitempty"`
	Answer       string      `json:"answer,omitempty"`
	Seconds      float64     `json:"seconds"`
	Error        string      `json:"error,omitempty"` // why no answer came
	Curl         string      `json:"curl"`            // a line that sends it again
}

func exchangesOf(recorded []journal.Exchange) []Exchange {
	kept := make([]Exchange, len(recorded))
	for i, e := range recorded {
		kept[i] = Exchange{
			At: e.At.UTC(), Actor: e.Actor, Subject: e.Subject,
			Method: e.Request.Method, URL: e.Request.URL, Header: e.Request.Header, Body: e.Request.Body,
			Status: e.Status, AnswerHeader: e.Response.Header, Answer: e.Response.Body,
			Seconds: seconds(e.Duration), Error: e.Error, Curl: e.Curl(),
		}
	}
	return kept
}

// seconds rounds to the microsecond, so that a report is no longer than it is
// exact.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Second)
}
