package defect

import (
	"context"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// throughTx lets around stand between the product and each of its transactions, those
// that only read included.
func throughTx(p *reference.Parts, around func(org.Tx) org.Tx) {
	p.Store = append(p.Store, func(s org.Store) org.Store { return alteredStore{s, around} })
}

type alteredStore struct {
	org.Store
	around func(org.Tx) org.Tx
}

func (s alteredStore) Do(ctx context.Context, f func(org.Tx) error) error {
	return s.Store.Do(ctx, func(tx org.Tx) error { return f(s.around(tx)) })
}

func (s alteredStore) View(ctx context.Context, f func(org.Tx) error) error {
	return s.Store.View(ctx, func(tx org.Tx) error { return f(s.around(tx)) })
}
