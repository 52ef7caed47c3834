package defect

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"unicode"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

func init() {
	register("okta-echoed-groups-refused", func(p *reference.Parts) {
		refuseBody(p, http.MethodPut, "groups is read-only", func(body []byte) bool { return bytes.Contains(body, []byte(`"groups":[{`)) })
	})
	register("okta-unknown-attribute-refused", func(p *reference.Parts) {
		refuseBody(p, http.MethodPut, "there is no such attribute", func(body []byte) bool {
			return bytes.Contains(body, []byte(`"urn:`)) && bytes.Contains(body, []byte(`:test:`))
		})
	})
	register("okta-emptied-attribute-kept", func(p *reference.Parts) {
		read := p.SCIM.Read
		p.SCIM.Read = func(body scim.Document, into *org.Record) error {
			before := into.DisplayName
			err := read(body, into)
			if _, said := body["displayname"]; said && into.DisplayName == "" {
				into.DisplayName = before
			}
			return err
		}
	})
	register("okta-user-name-frozen", func(p *reference.Parts) {
		beforeUpdate(p, func(e *org.Updating) { e.After.UserName = e.Before.UserName })
	})
	register("okta-ascii-at-update", func(p *reference.Parts) {
		beforeUpdate(p, func(e *org.Updating) {
			e.After.GivenName, e.After.FamilyName = asciiOf(e.After.GivenName), asciiOf(e.After.FamilyName)
		})
	})
	register("okta-conflict-without-detail", func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if status == http.StatusConflict && r.Method != http.MethodPost && isSCIM(r, "/Users/") {
					body = changedObject(body, func(said map[string]any) { delete(said, "detail") })
				}
				return status, body
			})
		})
	})
}

// beforeUpdate changes what a profile update is about to write.
func beforeUpdate(p *reference.Parts, change func(*org.Updating)) {
	org.Before(&p.Events.Update, "record", org.Step[org.Updating]{Name: "defect",
		Do: func(_ context.Context, _ org.Tx, e *org.Updating) error {
			change(e)
			return nil
		}})
}

func asciiOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, text)
}
