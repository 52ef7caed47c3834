package scim_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

const (
	provider = "5f0e1a2b-provider"
	secret   = "correct-token"
	personal = "a-member's-token"
)

// memory is a product in memory, as far as SCIM sees one. It opens one provider to
// one token. refuse, when set, decides about every call that has the right token.
type memory struct {
	scim.Groups // what it can do with groups is to tell who is in them

	mu      sync.Mutex
	records []org.Record
	made    int
	person  string // id of the record whose owner has the personal token
	refuse  func(org.Call) error
	calls   []org.Call
	asked   []org.RecordMatch
	groups  map[string][]org.Group // of whom, by the id of the record; nil: none are offered
	broken  error                  // what everything but Admit fails with
	change  error                  // what ChangeRecord is refused with
	delete  error                  // what DeleteRecord is refused with
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)

func (m *memory) Admit(_ context.Context, call org.Call) (org.Caller, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = append(m.calls, call)
	if call.ProviderID != provider || call.Token != secret {
		return org.Caller{}, fmt.Errorf("token: %w", &org.Error{Kind: org.Unauthenticated, Message: "the token is wrong"})
	}
	if m.refuse != nil {
		if err := m.refuse(call); err != nil {
			return org.Caller{}, err
		}
	}
	return org.Caller{Provider: org.Provider{ID: provider, Groups: m.groups != nil}}, nil
}

// AdmitPerson knows one token, which is that of whoever holds m.person.
func (m *memory) AdmitPerson(_ context.Context, call org.Call) (org.Caller, org.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if call.ProviderID != provider || call.Token != personal {
		return org.Caller{}, org.Record{}, &org.Error{Kind: org.Unauthenticated, Message: "the token is wrong"}
	}
	if m.refuse != nil {
		if err := m.refuse(call); err != nil {
			return org.Caller{}, org.Record{}, err
		}
	}
	at, err := m.at(m.person)
	if err != nil {
		return org.Caller{}, org.Record{}, err
	}
	return org.Caller{Provider: org.Provider{ID: provider}, Person: &org.Account{}}, m.records[at], nil
}

func (m *memory) holds(userName, except string) bool {
	return slices.ContainsFunc(m.records, func(r org.Record) bool {
		return r.ID != except && org.Key(r.UserName) == org.Key(userName)
	})
}

func (m *memory) CreateRecord(_ context.Context, _ org.Caller, r org.Record) (org.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return org.Record{}, m.broken
	}
	if m.holds(r.UserName, "") {
		return org.Record{}, fmt.Errorf("conflict: %w", &org.Error{Kind: org.Conflict, Message: "there is a record with this userName already"})
	}
	m.made++
	r.ID = fmt.Sprintf("id-%03d", m.made)
	r.Version = 1
	r.Created = start.Add(time.Duration(m.made) * time.Second)
	r.Modified = r.Created
	m.records = append(m.records, r)
	return r, nil
}

func (m *memory) at(id string) (int, error) {
	if m.broken != nil {
		return 0, m.broken
	}
	at := slices.IndexFunc(m.records, func(r org.Record) bool { return r.ID == id })
	if at < 0 {
		return 0, fmt.Errorf("looking for the record: %w", org.ErrNotFound)
	}
	return at, nil
}

func (m *memory) Record(_ context.Context, _ org.Caller, id string) (org.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, err := m.at(id)
	if err != nil {
		return org.Record{}, err
	}
	return m.records[at], nil
}

// place is where a record stands in the list: as the store does, only lists tell it.
func place(r org.Record) int64 { return int64(r.Created.Sub(start) / time.Second) }

func (m *memory) FindRecords(_ context.Context, _ org.Caller, match org.RecordMatch, offset, limit int) ([]org.Record, int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, match)
	var found []org.Record
	for _, r := range m.records {
		if (match.ID == nil || *match.ID == r.ID) &&
			(match.UserName == nil || org.Key(*match.UserName) == org.Key(r.UserName)) &&
			(match.UserNameStart == nil || strings.HasPrefix(org.Key(r.UserName), org.Key(*match.UserNameStart))) &&
			(match.ExternalID == nil || *match.ExternalID == r.ExternalID) &&
			(match.Active == nil || *match.Active == r.Active) && match.After < place(r) {
			r.Place = place(r)
			found = append(found, r)
		}
	}
	from := min(offset, len(found))
	return found[from:min(from+limit, len(found))], len(found), m.broken
}

func (m *memory) EachRecord(ctx context.Context, c org.Caller, match org.RecordMatch, visit func(org.Record, []org.Group)) error {
	found, _, err := m.FindRecords(ctx, c, match, 0, math.MaxInt32)
	for _, r := range found {
		visit(r, m.groups[r.ID])
	}
	return err
}

func (m *memory) GroupsOf(_ context.Context, records ...string) (map[string][]org.Group, error) {
	held := map[string][]org.Group{}
	for _, id := range records {
		held[id] = m.groups[id]
	}
	return held, m.broken
}

func (m *memory) EachGroup(context.Context, org.Caller, org.GroupMatch, bool, func(org.Group)) error {
	return m.broken
}

func (m *memory) ChangeRecord(_ context.Context, _ org.Caller, id string, change func(*org.Record) error) (org.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, err := m.at(id)
	if err != nil {
		return org.Record{}, err
	}
	if m.change != nil {
		return org.Record{}, m.change
	}
	r := m.records[at]
	r.Emails = slices.Clone(r.Emails)
	if err := change(&r); err != nil {
		return org.Record{}, fmt.Errorf("change: %w", err)
	}
	if m.holds(r.UserName, r.ID) {
		return org.Record{}, &org.Error{Kind: org.Conflict, Message: "there is a record with this userName already"}
	}
	if fmt.Sprint(r) == fmt.Sprint(m.records[at]) {
		return r, nil
	}
	r.Version++
	r.Modified = r.Modified.Add(time.Second)
	m.records[at] = r
	return r, nil
}

func (m *memory) DeleteRecord(_ context.Context, _ org.Caller, id string, conditions ...func(org.Record) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.delete != nil {
		return m.delete
	}
	at, err := m.at(id)
	if err != nil {
		return err
	}
	for _, holds := range conditions {
		if err := holds(m.records[at]); err != nil {
			return err
		}
	}
	m.records = slices.Delete(m.records, at, at+1)
	return nil
}

// snapshot is everything that is kept, to compare with later.
func (m *memory) snapshot() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return fmt.Sprintf("%+v", m.records)
}

func (m *memory) lastCall() org.Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls[len(m.calls)-1]
}
