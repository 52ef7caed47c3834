package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// apiRows is how many rows the API answers at most.
const apiRows = 500

// eventBody is a row of the audit log.
type eventBody struct {
	Seq         int64      `json:"seq"`
	At          time.Time  `json:"at"`
	Action      org.Action `json:"action"`
	Actor       org.Actor  `json:"actor"`
	ActorName   string     `json:"actor_name"`
	Subject     string     `json:"subject"`
	SubjectName string     `json:"subject_name"`
	Before      string     `json:"before"`
	After       string     `json:"after"`
	Cause       string     `json:"cause"`
	Provider    string     `json:"provider"`
}

// listAudit answers GET …/audit?after=: rows after that one, oldest first.
func (s *Server) listAudit(w http.ResponseWriter, r *http.Request, v visit) error {
	after, err := number(r.URL.Query(), "after")
	if err != nil {
		return err
	}
	events, err := s.org.Audit(r.Context(), v.Organization.ID, after, apiRows)
	if err != nil {
		return err
	}
	bodies := []eventBody{}
	for _, e := range events {
		bodies = append(bodies, eventBody{
			Seq: e.Seq, At: e.At, Action: e.Action, Actor: e.Actor, ActorName: e.ActorName, Subject: e.Subject,
			SubjectName: e.SubjectName, Before: e.Before, After: e.After, Cause: e.Cause, Provider: e.Provider,
		})
	}
	wire.Write(w, http.StatusOK, bodies)
	return nil
}

// number reads a number from the query, 0 where there is none.
func number(query url.Values, name string) (int64, error) {
	text := query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, unusable(http.StatusBadRequest, name+" must be a whole number, 0 or more")
	}
	return n, nil
}

// auditBody is the body of the page "audit".
type auditBody struct {
	Person       string
	Lines        []auditLine
	Newer, Older string // addresses; empty where there is nothing more
}

// auditLine is one row of the page.
type auditLine struct {
	At      time.Time
	Subject string
	Text    string
	Action  org.Action
	By      string
}

// auditPage shows the log from its newest row, pageRows at a time. ?page= counts
// from 0, ?person= is an address.
func (s *Server) auditPage(w http.ResponseWriter, r *http.Request, v visit) error {
	query := r.URL.Query()
	page, err := number(query, "page")
	if err != nil {
		return err
	}
	person := query.Get("person")
	// One row more than is shown tells whether there is an older page.
	events, err := s.org.Recent(r.Context(), v.Organization.ID, person, offset(page), pageRows+1)
	if err != nil {
		return err
	}
	body := auditBody{Person: person}
	for _, e := range events[:min(len(events), pageRows)] {
		body.Lines = append(body.Lines, auditLine{e.At, e.SubjectName, describe(e), e.Action, by(e)})
	}
	if page > 0 {
		body.Newer = auditAddress(person, page-1)
	}
	if len(events) > pageRows {
		body.Older = auditAddress(person, page+1)
	}
	return s.show(w, "audit", v, "Audit log", body)
}

func auditAddress(person string, page int64) string {
	query := url.Values{}
	if person != "" {
		query.Set("person", person)
	}
	if page > 0 {
		query.Set("page", strconv.FormatInt(page, 10))
	}
	if len(query) == 0 {
		return "/audit"
	}
	return "/audit?" + query.Encode()
}
