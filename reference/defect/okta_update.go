package defect

import (
	"context"
	"net/http"
	"strings"
	"unicode"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

var _ = register(defects{
	"okta-echoed-groups-refused": func(p *reference.Parts) {
		refuse(p, saying(replacingUsers, `"groups":[{`), http.StatusBadRequest, "invalidValue", "groups is read-only")
	},
	"okta-unknown-attribute-refused": func(p *reference.Parts) {
		foreign := saying(saying(replacingUsers, `"urn:`), `:test:`)
		refuse(p, foreign, http.StatusBadRequest, "invalidValue", "there is no such attribute")
	},
	"okta-emptied-attribute-kept": func(p *reference.Parts) {
		read := p.SCIM.Read
		p.SCIM.Read = func(body scim.Document, into *org.Record) error {
			before := into.DisplayName
			err := read(body, into)
			if _, said := body["displayname"]; said && into.DisplayName == "" {
				into.DisplayName = before
			}
			return err
		}
	},
	"okta-user-name-frozen": func(p *reference.Parts) {
		beforeUpdate(p, func(e *org.Updating) { e.After.UserName = e.Before.UserName })
	},
	"okta-ascii-at-update": func(p *reference.Parts) {
		beforeUpdate(p, func(e *org.Updating) {
			e.After.GivenName, e.After.FamilyName = asciiOf(e.After.GivenName), asciiOf(e.After.FamilyName)
		})
	},
	"okta-conflict-without-detail": func(p *reference.Parts) {
		withoutDetail(p, at("/Users/", http.MethodPut, http.MethodPatch), http.StatusConflict)
	},
})

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
