package defect

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// addRecord makes a record that nobody asked for.
func addRecord(ctx context.Context, tx org.Tx, provider, userName string) error {
	through, err := tx.Provider(ctx, provider)
	if err != nil {
		return err
	}
	return tx.AddRecord(ctx, org.Record{
		ID: uuid.NewString(), Organization: through.Organization, Provider: provider, UserName: userName, Active: true, Version: 1,
		Created: through.Created, Modified: through.Created,
	})
}

// accountFor makes the account that a record should not have made.
func accountFor(ctx context.Context, tx org.Tx, r org.Record) (org.Account, error) {
	account, err := tx.AccountByEmail(ctx, r.UserName)
	if !errors.Is(err, org.ErrNotFound) {
		return account, err
	}
	account = org.Account{
		ID: uuid.NewString(), Email: r.UserName, Name: strings.TrimSpace(r.GivenName + " " + r.FamilyName), Created: r.Created,
	}
	return account, tx.AddAccount(ctx, account)
}

// memberFor makes the membership that a record should not have made.
func memberFor(ctx context.Context, tx org.Tx, r org.Record) error {
	account, err := accountFor(ctx, tx, r)
	if err != nil {
		return err
	}
	if _, err := tx.Membership(ctx, r.Organization, account.ID); !errors.Is(err, org.ErrNotFound) {
		return err
	}
	return tx.AddMembership(ctx, org.Membership{
		ID: uuid.NewString(), Organization: r.Organization, Account: account.ID, Role: org.Member, Created: r.Created,
	})
}

// seatAtProvisioning starts a seat as soon as SCIM makes a record.
func seatAtProvisioning(p *reference.Parts) {
	org.After(&p.Events.Provision, "record", org.Step[org.Provisioning]{Name: "seat",
		Do: func(ctx context.Context, tx org.Tx, e *org.Provisioning) error { return seatFor(ctx, tx, e.Record) }})
}

// seatFor opens the seat that a record should not have opened.
func seatFor(ctx context.Context, tx org.Tx, r org.Record) error {
	account, err := accountFor(ctx, tx, r)
	if err != nil {
		return err
	}
	if _, err := tx.OpenSeat(ctx, r.Organization, account.ID); !errors.Is(err, org.ErrNotFound) {
		return err
	}
	return tx.AddSeat(ctx, org.Seat{
		ID: uuid.NewString(), Organization: r.Organization, Account: account.ID, Started: r.Modified, Cause: "a tracking record",
	})
}

// seatEverybody opens a seat for every active record there is.
func seatEverybody(ctx context.Context, tx org.Tx) error {
	organizations, err := tx.Organizations(ctx)
	if err != nil {
		return err
	}
	for _, o := range organizations {
		records, err := tx.RecordsIn(ctx, o.ID)
		if err != nil {
			return err
		}
		for _, r := range records {
			if !r.Active {
				continue
			}
			if err := seatFor(ctx, tx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepStore lets a defect at the edge reach the product's store.
func keepStore(p *reference.Parts) *org.Store {
	var kept org.Store
	p.Store = append(p.Store, func(s org.Store) org.Store {
		kept = s
		return s
	})
	return &kept
}

// userNameIn reads the key of the userName in a SCIM body.
func userNameIn(body []byte) string {
	var user struct {
		UserName string `json:"userName"`
	}
	_ = json.Unmarshal(body, &user)
	return org.Key(user.UserName)
}

// memory is what a defect remembers between requests, within one product.
type memory struct {
	mu   sync.Mutex
	seen []string
}

func (m *memory) add(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen = append(m.seen, text)
}

func (m *memory) has(text string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.seen {
		if s == text {
			return true
		}
	}
	return false
}

func (m *memory) last() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.seen) == 0 {
		return ""
	}
	return m.seen[len(m.seen)-1]
}

// after is what follows the prefix in the last text that begins with it.
func (m *memory) after(prefix string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range slices.Backward(m.seen) {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return rest
		}
	}
	return ""
}

func (m *memory) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.seen)
}

func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen = nil
}
