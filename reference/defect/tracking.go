package defect

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

var _ = register(defects{
	"account-at-create": func(p *reference.Parts) {
		org.After(&p.Events.Provision, "record", org.Step[org.Provisioning]{Name: "account",
			Do: func(ctx context.Context, tx org.Tx, e *org.Provisioning) error {
				_, err := accountFor(ctx, tx, e.Record)
				return err
			}})
	},
	"member-at-create": func(p *reference.Parts) {
		org.After(&p.Events.Provision, "record", org.Step[org.Provisioning]{Name: "membership",
			Do: func(ctx context.Context, tx org.Tx, e *org.Provisioning) error { return memberFor(ctx, tx, e.Record) }})
	},
	"seat-at-create": seatAtProvisioning,
	"seat-at-read": func(p *reference.Parts) {
		afterwards(p, readingUsers, func(r *http.Request, tx org.Tx) error { return seatEverybody(r.Context(), tx) })
	},
	"account-at-update": func(p *reference.Parts) {
		org.After(&p.Events.Update, "record", org.Step[org.Updating]{Name: "account",
			Do: func(ctx context.Context, tx org.Tx, e *org.Updating) error {
				_, err := accountFor(ctx, tx, e.After)
				return err
			}})
	},
	"scim-renames-account": func(p *reference.Parts) {
		org.After(&p.Events.Update, "record", org.Step[org.Updating]{Name: "rename", Do: renameAccount})
	},
	"scim-grants-admin": func(p *reference.Parts) {
		// Roles in the body are remembered and win over the assertion.
		var admins memory
		hearOtherwise(p, saying(creatingUsers, `"roles"`), func(r *http.Request) { admins.add(userNameIn(bodyOf(r))) })
		org.After(&p.Events.SignIn, "role", org.Step[org.SignIn]{Name: "scim-role",
			Do: func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
				if !admins.has(org.Key(e.Email)) {
					return nil
				}
				e.Membership.Role = org.Admin
				return tx.SaveMembership(ctx, *e.Membership)
			}})
	},

	"create-ignored": func(p *reference.Parts) {
		org.After(&p.Events.Provision, "audit", org.Step[org.Provisioning]{Name: "forget",
			Do: func(ctx context.Context, tx org.Tx, e *org.Provisioning) error {
				return tx.DeleteRecord(ctx, e.Record.ID)
			}})
	},
	"put-ignored":   func(p *reference.Parts) { answerWithoutChange(p, http.MethodPut) },
	"patch-ignored": func(p *reference.Parts) { answerWithoutChange(p, http.MethodPatch) },
	"name-lost": func(p *reference.Parts) {
		read := p.SCIM.Read
		p.SCIM.Read = func(body scim.Document, into *org.Record) error {
			err := read(body, into)
			into.GivenName, _, _ = strings.Cut(into.GivenName, " ")
			into.FamilyName = ""
			return err
		}
	},
	"born-active": func(p *reference.Parts) {
		org.Before(&p.Events.Provision, "record", org.Step[org.Provisioning]{Name: "activate",
			Do: func(_ context.Context, _ org.Tx, e *org.Provisioning) error {
				e.Wanted.Active = true
				return nil
			}})
	},
	"password-returned": func(p *reference.Parts) {
		var kept memory
		hearOtherwise(p, saying(creatingUsers, `"password":"`), func(r *http.Request) { kept.add(passwordIn(bodyOf(r))) })
		answerOtherwise(p, anyUsers, func(status int, body []byte) (int, []byte) {
			if status < http.StatusMultipleChoices && kept.last() != "" {
				body = bytes.Replace(body, []byte(`"userName"`), []byte(`"password":"`+kept.last()+`","userName"`), 1)
			}
			return status, body
		})
	},
	"eventual-read": func(p *reference.Parts) {
		var asked memory
		hearOtherwise(p, at("/Users/", http.MethodGet), func(r *http.Request) {
			if !asked.has(r.URL.Path) {
				asked.add(r.URL.Path)
				r.URL.Path += "-not-yet"
			}
		})
	},

	"filter-ignored": func(p *reference.Parts) {
		p.SCIM.Select = func(string) (scim.Selection, error) { return scim.Selection{}, nil }
	},
	"empty-filter-is-404": func(p *reference.Parts) {
		showOtherwise(p, anyUsers, func(r *http.Request, a *scimAnswer) {
			if r.URL.Query().Has("filter") && bytes.Contains(a.text, nothingFound) {
				a.refuse(http.StatusNotFound, "", "not found")
			}
		})
	},
	"lookup-case-sensitive": func(p *reference.Parts) {
		selectBy := p.SCIM.Select
		p.SCIM.Select = func(filter string) (scim.Selection, error) {
			s, err := selectBy(filter)
			if wanted := s.Match.UserName; wanted != nil {
				s.Keep = func(r org.Record) bool { return r.UserName == *wanted }
			}
			return s, err
		}
	},
	"case-duplicate": func(p *reference.Parts) {
		p.Migrations = append(p.Migrations, "DROP INDEX IF EXISTS records_user_name")
		org.Wrap(&p.Events.Provision, "conflict", func(ctx context.Context, tx org.Tx, e *org.Provisioning, deed func(context.Context, org.Tx, *org.Provisioning) error) error {
			existing, err := tx.RecordByUserName(ctx, e.Caller.Provider.ID, e.Wanted.UserName)
			if err == nil && existing.UserName != e.Wanted.UserName {
				return nil
			}
			return deed(ctx, tx, e)
		})
	},
	"duplicate-accepted": func(p *reference.Parts) {
		p.Migrations = append(p.Migrations, "DROP INDEX IF EXISTS records_user_name")
		org.Without(&p.Events.Provision, "conflict")
	},
	"rename-clash-accepted": func(p *reference.Parts) {
		p.Migrations = append(p.Migrations, "DROP INDEX IF EXISTS records_user_name")
		org.Without(&p.Events.Update, "conflict")
	},
	"inactive-hidden": func(p *reference.Parts) {
		selectBy := p.SCIM.Select
		p.SCIM.Select = func(filter string) (scim.Selection, error) {
			s, err := selectBy(filter)
			active := true
			s.Match.Active = &active
			return s, err
		}
	},
	"inactive-name-free": func(p *reference.Parts) { p.Rules.CreateOnInactive = "reactivate" },
	"groups-pretended": func(p *reference.Parts) {
		instead(p, creatingGroups, func(*http.Request, object, http.Handler) *scimAnswer {
			return &scimAnswer{status: http.StatusCreated, body: object{
				"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "id": uuid.NewString(), "displayName": "kept nowhere",
			}}
		})
	},
})

// nothingFound stands in the answer to a look-up that finds nobody.
var nothingFound = []byte(`"totalResults":0`)

// passwordIn reads the password in a SCIM body.
func passwordIn(body []byte) string {
	_, password, _ := bytes.Cut(body, []byte(`"password":"`))
	password, _, _ = bytes.Cut(password, []byte(`"`))
	return string(password)
}

func renameAccount(ctx context.Context, tx org.Tx, e *org.Updating) error {
	if e.After.Account == "" {
		return nil
	}
	account, err := tx.Account(ctx, e.After.Account)
	if err != nil {
		return err
	}
	account.Name = strings.TrimSpace(e.After.GivenName + " " + e.After.FamilyName)
	return tx.SaveAccount(ctx, account)
}

// answerWithoutChange answers a change of a user with the user as it was. Changes
// of active still work, so that nothing but the profile is lost.
func answerWithoutChange(p *reference.Parts, method string) {
	onlyProfile := func(r *http.Request) bool { return saying(at("/Users/", method), "givenName")(r) && !deactivates(r) }
	hearOtherwise(p, onlyProfile, readOnly)
}
