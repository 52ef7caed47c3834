package org

// adapt makes the standard steps those of another product: a rule that picks steps
// puts its own in or takes some out, in the same way as any other variation does.
func (e *Events) adapt(rules *Rules) {
	e.adaptCreating(rules)
	e.adaptLeaving(rules)
	e.adaptReturning(rules)
	e.adaptSignIn(rules)
	if rules.SCIMProfileUpdate == "account" {
		After(&e.Update, "link", Step[Updating]{"account", updateAccount})
	}
	if rules.SCIMProfileUpdate == "frozen_when_inactive" {
		Before(&e.Update, "validate", Step[Updating]{"frozen", updateFrozen})
	}
}

// adaptCreating is for products in which SCIM makes more than a record.
func (e *Events) adaptCreating(rules *Rules) {
	switch rules.SCIMCreate {
	case "account":
		Before(&e.Provision, "audit", Step[Provisioning]{"account", createAccount})
		Before(&e.Provision, "audit", Step[Provisioning]{"membership", createSteps{rules}.membership})
		if rules.BillingStarts != "first_login" {
			Before(&e.Provision, "audit", Step[Provisioning]{"seat", createSeat})
		}
	case "invitation":
		Before(&e.Provision, "audit", Step[Provisioning]{"invite", inviteCreated})
		Before(&e.Reactivate, "audit", Step[Returning]{"invite", inviteAgain})
		Before(&e.Deactivate, "record", Step[Leaving]{"withdraw", withdraw})
		Before(&e.Delete, "record", Step[Leaving]{"withdraw", withdraw})
		Before(&e.SignIn, "link", Step[SignIn]{"accept", accept})
	}
}

// adaptLeaving is for products in which a deactivation takes less away, or more.
func (e *Events) adaptLeaving(rules *Rules) {
	if rules.Deactivate == "suspend" {
		Without(&e.Deactivate, "teams")
		Without(&e.Deactivate, "membership")
		After(&e.Session, "membership", Step[Request]{"suspended", requestSuspended})
		After(&e.Token, "membership", Step[Request]{"suspended", requestSuspended})
	}
	if rules.RecordAfterDeactivate == "gone" {
		Before(&e.Deactivate, "audit", Step[Leaving]{"groups", leaveSteps{rules}.groups})
		Before(&e.Deactivate, "audit", Step[Leaving]{"drop", leaveSteps{rules}.drop})
	}
}

// adaptReturning is for products in which a reactivation brings more back, or nothing.
func (e *Events) adaptReturning(rules *Rules) {
	switch rules.Reactivate {
	case "restore":
		After(&e.Reactivate, "record", Step[Returning]{"restore", returnSteps{rules}.restore})
		Before(&e.Provision, "audit", Step[Provisioning]{"restore", returnSteps{rules}.restoreRevived})
		Before(&e.Provision, "audit", Step[Provisioning]{"groups", teamSteps{}.revived})
	case "unsupported":
		Before(&e.Reactivate, "record", Step[Returning]{"allowed", reactivationRefused})
	}
}

// adaptSignIn is for products in which a sign-in makes more, or overwrites less.
func (e *Events) adaptSignIn(rules *Rules) {
	if rules.SeesPreexisting {
		After(&e.SignIn, "link", Step[SignIn]{"show", showToSCIM})
	}
	if rules.RoleSource == "scim_over_saml" {
		Before(&e.SignIn, "create-account", Step[SignIn]{"believe-scim", believeSCIM})
	}
}
