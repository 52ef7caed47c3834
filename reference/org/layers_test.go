package org_test

import (
	"testing"

	"rollcall.example/reference/org"
)

const han = "han@rebels.test"

func TestARecordIsNothingButARecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	log := w.during(func() { w.assign(han) })
	w.shaped(han, "record active")
	w.said(log, org.RecordCreated)
}

func TestFirstSignInMakesAccountMembershipAndSeatOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.assign(han)
	log := w.during(func() { w.signIn(han, "name", "Han Solo") })
	w.shaped(han, "record active, account, member, seat, session")
	w.said(log, org.AccountCreated, org.RecordLinked, org.MemberCreated, org.SeatStarted,
		org.TeamMemberCreated, org.SessionStarted, org.SignInSucceeded)

	log = w.during(func() { w.signIn(" HAN@rebels.TEST ", "name", "Han Solo") })
	w.shaped(han, "record active, account, member, seat, session, session")
	w.said(log, org.SessionStarted, org.SignInSucceeded)
	w.sound()
}
