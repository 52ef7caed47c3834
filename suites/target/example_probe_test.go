package target_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rollcall.example/suites/target"
)

// crew is the part of a vendor's product that a probe looks into.
type crew map[string]time.Time // when somebody came aboard, by their address

// crewProbe is a probe in Go: it shows accounts, memberships and seats.
type crewProbe struct{ crew crew }

// Features implements target.Probe.
func (crewProbe) Features(context.Context) ([]string, error) {
	return []string{target.LookAccounts, target.LookMemberships, target.LookSeats}, nil
}

// Look implements target.Probe. The lists begin empty, and not nil: there is nobody,
// as far as this probe can see. Records, sessions and tokens stay nil: it cannot.
func (p crewProbe) Look(_ context.Context, _ string, who target.Identifiers) (target.View, error) {
	view := target.View{Accounts: []target.Account{}, Memberships: []target.Membership{}, Seats: []target.Seat{}}
	for email, aboard := range p.crew {
		if !slices.Contains(who.Emails, email) && !slices.Contains(who.AccountIDs, email) {
			continue
		}
		view.Accounts = append(view.Accounts, target.Account{ID: email, Email: email})
		view.Memberships = append(view.Memberships, target.Membership{ID: email, AccountID: email, Role: "member"})
		view.Seats = append(view.Seats, target.Seat{ID: email, AccountID: email, Started: aboard})
	}
	return view, nil
}

// A vendor's own suite looks inside with a probe in Go.
func ExampleProbe() {
	product := target.Target{
		Connections: []target.Connection{{SCIM: target.SCIM{BaseURL: "http://127.0.0.1:8080/scim/v2", Token: "secret"}}},
		Probe:       &target.ProbeConfig{Go: crewProbe{crew{"han@falcon.test": time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}}},
		Disposable:  true, // thrown away after the run
	}
	live, err := target.Open(product)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer live.Close()

	features, _ := live.Probe().Features(context.Background())
	han, _ := live.Probe().Look(context.Background(), "", target.Identifiers{Emails: []string{"han@falcon.test"}})
	greedo, _ := live.Probe().Look(context.Background(), "", target.Identifiers{Emails: []string{"greedo@falcon.test"}})
	fmt.Println(features)
	fmt.Println(len(han.OpenSeats()), len(greedo.OpenSeats()), han.Sessions == nil)
	// Output:
	// [look.accounts look.memberships look.seats]
	// 1 0 true
}
