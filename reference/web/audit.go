package web

import (
	"net/http"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// apiRows is how many rows the API answers at most.
const apiRows = 500

// listAudit answers GET …/audit?after=: rows after that one, oldest first.
func (s *Server) listAudit(w http.ResponseWriter, r *http.Request, v visit) error {
	after, err := wire.Number(r.URL.Query(), "after")
	if err != nil {
		return err
	}
	events, err := s.org.Audit(r.Context(), v.Organization.ID, after, apiRows)
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusOK, wire.Events(events))
	return nil
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
	page, err := wire.Number(query, "page")
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
	return "/audit" + pageQuery("person", person, page)
}
