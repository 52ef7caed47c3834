package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"rollcall.example/simulator"
	"rollcall.example/suites/target"
)

const (
	noSCIM   = unchecked("the target has no SCIM endpoint to make a record with")
	noRecord = unchecked("no record was seen")
	noEntry  = unchecked("nobody was seen to be signed in")
)

// showsRecord assigns the product to two people.
func (e *examiner) showsRecord() error {
	switch {
	case e.probe == nil:
		return noContract
	case e.live.Run.ReadOnly:
		return unchecked("the run only reads")
	}
	e.han, e.leia = e.hire("Han", "Solo"), e.hire("Leia", "Organa")
	if err := errors.Join(e.assign(e.han), e.assign(e.leia)); err != nil {
		return err
	}
	switch {
	case e.scim == nil:
		return noSCIM
	case !e.claimed(target.LookRecords):
		return unchecked("it does not claim look.records")
	}
	for _, p := range []*simulator.Person{e.han, e.leia} {
		if err := e.until(namesOf(p), e.oneRecord); err != nil {
			return err
		}
	}
	e.recorded = true
	return nil
}

func (e *examiner) oneRecord(v target.View) error {
	if len(v.Records) == 1 {
		return nil
	}
	return fmt.Errorf("one record was made over SCIM, and it shows %d%s", len(v.Records), e.pace.Within())
}

// assign gives somebody the app. What the product makes of it the look decides.
func (e *examiner) assign(p *simulator.Person) error {
	_, err := e.app.Assign(e.ctx, p)
	e.pace.Acted()
	return err
}

// agreesWithSCIM compares a record with what SCIM itself says of it.
func (e *examiner) agreesWithSCIM() error {
	if !e.recorded {
		return noRecord
	}
	view, err := e.settled(namesOf(e.han))
	if err != nil {
		return err
	}
	answer, err := e.scim.Find(e.ctx, e.han.Login())
	if err != nil {
		return err
	}
	list, err := answer.List()
	if err != nil || len(list.Resources) != 1 || len(view.Records) != 1 {
		return unchecked("SCIM does not show one record by its user name")
	}
	user, record := list.Resources[0], view.Records[0]
	switch {
	case user.Text("id") != record.ID:
		return fmt.Errorf("SCIM says that the record's id is %s, and it says %s", user.Text("id"), record.ID)
	case !strings.EqualFold(user.Text("userName"), record.UserName):
		return fmt.Errorf("SCIM says that the user name is %s, and it says %s", user.Text("userName"), record.UserName)
	case user.Inactive() == record.Active:
		return fmt.Errorf("SCIM says active: %t, and it says %t", !user.Inactive(), record.Active)
	}
	return nil
}

// tellsApart looks for each of two people and for both.
func (e *examiner) tellsApart() error {
	if !e.recorded {
		return noRecord
	}
	return e.apart()
}

func (e *examiner) apart() error {
	han, err := e.settled(namesOf(e.han))
	if err != nil {
		return err
	}
	leia, err := e.look(namesOf(e.leia))
	if err != nil {
		return err
	}
	if err := inCommon(han, leia); err != nil {
		return err
	}
	both := together(namesOf(e.han), namesOf(e.leia))
	view, err := e.look(both)
	if err != nil {
		return err
	}
	one, other, all := lists(han), lists(leia), lists(view)
	for i := range all {
		for _, id := range slices.Concat(one[i].ids, other[i].ids) {
			if !slices.Contains(all[i].ids, id) {
				return fmt.Errorf("asked for both, it leaves out %s of the %s, which it shows for one", id, all[i].name)
			}
		}
	}
	return nil
}

func together(a, b target.Identifiers) target.Identifiers {
	return target.Identifiers{
		UserNames: slices.Concat(a.UserNames, b.UserNames), Emails: slices.Concat(a.Emails, b.Emails),
		NameIDs: slices.Concat(a.NameIDs, b.NameIDs), ExternalIDs: slices.Concat(a.ExternalIDs, b.ExternalIDs),
	}
}

// findsByEachName looks by one kind of name at a time, others being a stranger's. A
// mapping asks by the kinds that the product's API knows, and needs one.
func (e *examiner) findsByEachName() error {
	if !e.recorded {
		return noRecord
	}
	han, err := e.settled(namesOf(e.han))
	if err != nil {
		return err
	}
	names, nobody := namesOf(e.han), stranger()
	names.RecordIDs = []string{han.Records[0].ID}
	found, missed := 0, []string{}
	for _, kind := range []struct {
		name string
		who  target.Identifiers
	}{
		{"user_names", target.Identifiers{UserNames: names.UserNames, Emails: nobody.Emails}},
		{"emails", target.Identifiers{Emails: names.Emails, UserNames: nobody.UserNames}},
		{"external_ids", target.Identifiers{ExternalIDs: names.ExternalIDs, Emails: nobody.Emails}},
		{"record_ids", target.Identifiers{RecordIDs: names.RecordIDs, Emails: nobody.Emails}},
	} {
		view, err := e.look(kind.who)
		switch {
		case err != nil:
			return err
		case len(view.Records) > 0 && view.Records[0].ID != names.RecordIDs[0]:
			return fmt.Errorf("by %s alone it finds somebody else", kind.name)
		case len(view.Records) == 0:
			missed = append(missed, kind.name)
		default:
			found++
		}
	}
	if len(missed) == 0 || e.live.Target.Probe.Map != nil && found > 0 {
		return nil
	}
	return fmt.Errorf("it does not find somebody by their %s alone: any of the identifiers counts", strings.Join(missed, ", "))
}

// repeatsItself looks twice.
func (e *examiner) repeatsItself() error {
	if e.han == nil {
		return noRecord
	}
	first, err := e.settled(namesOf(e.han))
	if err != nil {
		return err
	}
	second, err := e.look(namesOf(e.han))
	if err != nil {
		return err
	}
	if spelled(first) != spelled(second) {
		return errors.New("two looks, between which nobody did anything, show different things")
	}
	return nil
}

// keepsToOrganization looks for somebody in an organization that is not there.
func (e *examiner) keepsToOrganization() error {
	if e.han == nil {
		return noRecord
	}
	if e.live.Target.Probe.Map != nil {
		return unchecked("a mapping may be of one organization")
	}
	view, err := e.bare.Probe().Look(e.ctx, uuid.NewString(), namesOf(e.han))
	if err != nil {
		return nil //nolint:nilerr // to say that there is no such organization is right
	}
	view.Accounts = nil // those are of no organization
	if err := somebody(view); err != nil {
		return fmt.Errorf("asked about an organization that is not there, %w", err)
	}
	return nil
}

// showsSignIn signs both people in.
func (e *examiner) showsSignIn() error {
	switch {
	case e.han == nil:
		return noRecord
	case !e.live.Connection().SAML.Offered():
		return unchecked("nobody can sign in")
	}
	for _, p := range []*simulator.Person{e.han, e.leia} {
		if err := e.signIn(p); err != nil {
			return err
		}
		if err := e.until(namesOf(p), e.isIn); err != nil {
			return err
		}
	}
	e.entered = true
	return nil
}

// signIn signs somebody in. Where the product does not let them in, there is nothing
// to be seen.
func (e *examiner) signIn(p *simulator.Person) error {
	c := e.live.Connection()
	browser := e.tenant.Browser(nil)
	_, err := browser.SignIn(e.ctx, e.app, p, simulator.SignInOptions{StartURL: c.SAML.SignIn, IdPInitiated: c.SAML.SignIn == ""})
	e.pace.Acted()
	if err != nil {
		return err
	}
	var seen target.Presence
	waited := e.pace.Until(e.ctx, func() bool {
		seen, err = c.WhoIsIn(e.ctx, browser)
		return err != nil || seen.In
	})
	switch {
	case errors.Is(err, target.ErrNoOracle):
		return waited
	case err != nil || waited != nil:
		return errors.Join(err, waited)
	case !seen.In:
		return unchecked("the product did not let somebody in whom Okta sent")
	}
	return nil
}

// isIn says what a view lacks of somebody who just signed in.
func (e *examiner) isIn(v target.View) error {
	for _, needed := range []struct {
		feature, what string
		there         bool
	}{
		{target.LookAccounts, "account", len(v.Accounts) > 0},
		{target.LookMemberships, "membership", len(v.Memberships) > 0},
		{target.LookSeats, "open seat", len(v.OpenSeats()) > 0},
		{target.LookSessions, "live session", len(v.LiveSessions()) > 0},
	} {
		if e.claimed(needed.feature) && !needed.there {
			return fmt.Errorf("somebody signed in, and it shows no %s of theirs%s", needed.what, e.pace.Within())
		}
	}
	return nil
}

// belongsTogether looks at what hangs on what, and since when.
func (e *examiner) belongsTogether() error {
	if !e.entered {
		return noEntry
	}
	view, err := e.settled(namesOf(e.han))
	if err != nil {
		return err
	}
	accounts := idsOf(view.Accounts, func(a target.Account) string { return a.ID })
	hangs := func(what, account string) error {
		if view.Accounts == nil || slices.Contains(accounts, account) {
			return nil
		}
		return fmt.Errorf("%s is of the account %q, which it does not show", what, account)
	}
	var problems []error
	for _, r := range view.Records {
		if view.Accounts != nil {
			problems = append(problems, tied(r, accounts))
		}
	}
	for _, m := range view.Memberships {
		problems = append(problems, hangs("a membership", m.AccountID))
		if m.Role != "admin" && m.Role != "member" {
			problems = append(problems, fmt.Errorf("a membership has the role %q, and admin or member belongs there", m.Role))
		}
	}
	for _, s := range view.Seats {
		problems = append(problems, hangs("a seat", s.AccountID), timely("a seat", s.Started))
	}
	for _, s := range view.Sessions {
		problems = append(problems, hangs("a session", s.AccountID), timely("a session", s.Started))
	}
	for _, problem := range problems {
		if problem != nil {
			return problem
		}
	}
	return e.byAccount(accounts)
}

// tied says what is wrong with the account that the record of somebody who is in is said
// to belong to. One that is left out cannot be told from one that there is not.
func tied(r target.Record, accounts []string) error {
	switch {
	case r.AccountID == "":
		return errors.New("somebody signed in, and the record that it shows has no account_id; if the product really ties it to no account, rollcall verify says so of the product")
	case !slices.Contains(accounts, r.AccountID):
		return fmt.Errorf("a record belongs to the account %q, which it does not show", r.AccountID)
	}
	return nil
}

// byAccount looks for somebody by their account alone.
func (e *examiner) byAccount(accounts []string) error {
	if len(accounts) != 1 {
		return nil
	}
	e.account = accounts[0]
	view, err := e.look(target.Identifiers{AccountIDs: accounts})
	if err != nil {
		return err
	}
	if e.claimed(target.LookMemberships) && len(view.Memberships) == 0 {
		return fmt.Errorf("by the account %s alone it shows no membership", e.account)
	}
	return nil
}

// tellsMembersApart is tellsApart for people who have everything.
func (e *examiner) tellsMembersApart() error {
	if !e.entered {
		return noEntry
	}
	return e.apart()
}

// showsLeaving takes the app away from one of them.
func (e *examiner) showsLeaving() error {
	if !e.recorded {
		return noRecord
	}
	before, err := e.settled(namesOf(e.han))
	if err != nil {
		return err
	}
	if _, err := e.app.Unassign(e.ctx, e.han); err != nil {
		return err
	}
	e.pace.Acted()
	after, err := e.settled(namesOf(e.han))
	if err != nil {
		return err
	}
	if spelled(before) == spelled(after) {
		return errors.New("somebody was deactivated, and nothing that it shows changed")
	}
	if slices.ContainsFunc(after.Records, func(r target.Record) bool { return r.Active }) {
		return errors.New("the record was deactivated, and it shows an active one")
	}
	profile := e.live.Profile
	if !profile.States("deactivate", "remove_membership") {
		return nil
	}
	if len(after.Memberships) > 0 || profile.States("seat_released", "on_removal") && len(after.OpenSeats()) > 0 {
		return errors.New("somebody was deactivated, and it shows a membership or an open seat; if the product really leaves those, rollcall verify says so of the product")
	}
	return nil
}
