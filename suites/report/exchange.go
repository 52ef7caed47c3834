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
			Seconds: seconds(e.Duration), Error: e.Error,
		}
	}
	return kept
}

// redact blanks secrets in the addresses of the target, where a query may hold one.
func (t *Target) redact(hide func(string) string) {
	for i := range t.Connections {
		c := &t.Connections[i]
		c.SCIM, c.SignIn = hide(c.SCIM), hide(c.SignIn)
	}
	t.Probe = hide(t.Probe)
}

// redact blanks secrets in all that a spec says. The journal has done so with the
// exchanges already; what a claim quotes of an answer has not been through it.
func (s *Spec) redact(hide func(string) string) {
	for _, text := range []*string{&s.Reason, &s.Expected, &s.Actual} {
		*text = hide(*text)
	}
	for _, texts := range [][]string{s.Tasks, s.Remarks} {
		for i := range texts {
			texts[i] = hide(texts[i])
		}
	}
	for i := range s.Exchanges {
		s.Exchanges[i].redact(hide)
	}
}

func (e *Exchange) redact(hide func(string) string) {
	for _, text := range []*string{&e.URL, &e.Body, &e.Answer, &e.Error} {
		*text = hide(*text)
	}
	for _, header := range []http.Header{e.Header, e.AnswerHeader} {
		for _, values := range header {
			for i := range values {
				values[i] = hide(values[i])
			}
		}
	}
	e.Curl = e.replay(" ")
}

// replay is the command that sends the request again, its arguments joined so.
func (e Exchange) replay(joint string) string {
	return journal.Curl(journal.Message{Method: e.Method, URL: e.URL, Header: e.Header, Body: e.Body}, joint)
}

// seconds rounds to the microsecond, so that a report is no longer than it is
// exact.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Second)
}
