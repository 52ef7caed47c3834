package defect

import (
	"context"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in how the first people come in through a new connection.
var _ = register(defects{
	"newcomers-wait-for-approval": func(p *reference.Parts) {
		afterSignIn(p, "admission", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if e.First && e.Record != nil {
				return &org.Error{Kind: org.Forbidden, Message: "an administrator has to let you in first"}
			}
			return nil
		})
	},
	"record-at-sign-in": func(p *reference.Parts) {
		afterSignIn(p, "session", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			if e.Record != nil {
				return nil
			}
			return addRecord(ctx, tx, e.Provider.ID, e.Email)
		})
	},
	"record-never-linked": func(p *reference.Parts) { org.Without(&p.Events.SignIn, "link") },
	"linked-by-local-part": func(p *reference.Parts) {
		afterSignIn(p, "record", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			local, _, _ := strings.Cut(e.Email, "@")
			found, err := optional(tx.RecordByUserName(ctx, e.Provider.ID, local))
			if found != nil && e.Record == nil {
				e.Record = found
			}
			return err
		})
	},
	"short-name-in-silence": func(p *reference.Parts) {
		tellingOtherwise(p, func(e org.Event) []org.Event {
			e.Cause, _, _ = strings.Cut(e.Cause, ";")
			return []org.Event{e}
		})
	},
})
