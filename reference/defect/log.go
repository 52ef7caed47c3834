package defect

import (
	"context"
	"errors"
	"slices"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// about says of an event whether it is one of these.
func about(actions ...org.Action) func(org.Event) bool {
	return func(e org.Event) bool { return slices.Contains(actions, e.Action) }
}

// untold registers a product whose log leaves something out.
func untold(leaveOut func(org.Event) bool) install {
	return telling(func(e org.Event) []org.Event {
		if leaveOut(e) {
			return nil
		}
		return []org.Event{e}
	})
}

// retold registers a product whose log says something otherwise.
func retold(change func(*org.Event)) install {
	return telling(func(e org.Event) []org.Event {
		change(&e)
		return []org.Event{e}
	})
}

// telling registers a product that writes something else into its log.
func telling(tell func(org.Event) []org.Event) install {
	return func(p *reference.Parts) { tellingOtherwise(p, tell) }
}

func tellingOtherwise(p *reference.Parts, tell func(org.Event) []org.Event) {
	throughTx(p, func(tx org.Tx) org.Tx { return tellingTx{tx, tell} })
}

type tellingTx struct {
	org.Tx
	tell func(org.Event) []org.Event
}

func (t tellingTx) Audit(ctx context.Context, e org.Event) error {
	for _, told := range t.tell(e) {
		if err := t.Tx.Audit(ctx, told); err != nil {
			return err
		}
	}
	return nil
}

// reading registers a product that shows its log otherwise than it was written.
func reading(show func(context.Context, org.Tx, []org.Event) []org.Event) install {
	return func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return showingTx{tx, show} })
	}
}

type showingTx struct {
	org.Tx
	show func(context.Context, org.Tx, []org.Event) []org.Event
}

func (t showingTx) Events(ctx context.Context, organization string, after int64, limit int) ([]org.Event, error) {
	log, err := t.Tx.Events(ctx, organization, after, limit)
	return t.show(ctx, t.Tx, log), err
}

// sharedLogTx shows everybody the log of all.
type sharedLogTx struct{ org.Tx }

func (t sharedLogTx) Events(ctx context.Context, _ string, after int64, limit int) ([]org.Event, error) {
	organizations, err := t.Organizations(ctx)
	var all []org.Event
	for _, o := range organizations {
		log, failed := t.Tx.Events(ctx, o.ID, after, limit)
		all, err = append(all, log...), errors.Join(err, failed)
	}
	slices.SortFunc(all, func(a, b org.Event) int { return int(a.Seq - b.Seq) })
	return all, err
}

// overheardTx remembers the secrets of tokens.
type overheardTx struct {
	org.Tx
	heard *memory
}

func (t overheardTx) AddCredential(ctx context.Context, c org.Credential) error {
	t.heard.add(c.Token)
	return t.Tx.AddCredential(ctx, c)
}

func (t overheardTx) AddToken(ctx context.Context, token org.Token, secret string) error {
	t.heard.add(secret)
	return t.Tx.AddToken(ctx, token, secret)
}
