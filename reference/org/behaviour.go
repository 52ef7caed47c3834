package org

// Behaviour is everything about the product that a variation may change. The
// steps of Events read Rules and Grammar through it at the moment they run, so
// the three may be changed in any order until a Service is made of them; but for
// the rules that pick steps, which count when it is made. It must not be copied.
type Behaviour struct {
	Rules   Rules
	Grammar Grammar
	Events  Events
}

// NewBehaviour returns the standard behaviour under the given rules, made anew
// each time, so that a variation made for one product never reaches another.
func NewBehaviour(rules Rules) *Behaviour {
	b := &Behaviour{Rules: rules, Grammar: StandardGrammar()}
	b.Events = StandardEvents(&b.Rules, &b.Grammar)
	return b
}

// StandardEvents returns the steps of every event under the rules. They keep the
// pointers: what is changed in rules and grammar later, the steps see.
func StandardEvents(rules *Rules, grammar *Grammar) Events {
	events := twoLayerEvents(rules, grammar)
	events.adapt(rules)
	return events
}

// twoLayerEvents are the steps of the profile two-layer, from which those of the
// others are made.
func twoLayerEvents(rules *Rules, grammar *Grammar) Events {
	call := callSteps{rules}
	record := recordSteps{rules}
	leave := leaveSteps{rules}
	who := identifySteps{rules}
	enter := enterSteps{rules}
	grant := grantSteps{rules, grammar}
	group := groupSteps{}
	team := teamSteps{}
	part := partSteps{}
	return Events{
		Call: []Step[Call]{
			{"token", call.token},
			{"binding", call.binding},
			{"expiry", call.expiry},
			{"plan", call.plan},
			{"flag", call.flag},
			{"provider-state", call.providerState},
		},
		Provision: []Step[Provisioning]{
			{"validate", record.validate},
			{"conflict", record.conflict},
			{"member", record.member},
			{"record", record.create},
			{"link", record.linkCreated},
			{"audit", auditProvisioning},
		},
		Update: []Step[Updating]{
			{"validate", record.validateUpdate},
			{"conflict", record.renameConflict},
			{"record", record.update},
			{"link", record.linkRenamed},
			{"groups", team.linked},
			{"audit", auditUpdating},
		},
		Deactivate: []Step[Leaving]{
			{"last-admin", leave.lastAdminOverSCIM},
			{"record", leave.record},
			{"teams", leave.teams},
			{"sessions", leave.sessions},
			{"tokens", leave.tokens},
			{"membership", leave.membership},
			{"seat", leave.seat},
			{"audit", auditLeaving},
		},
		Reactivate: []Step[Returning]{
			{"record", record.reactivate},
			{"groups", team.back},
			{"audit", auditReturning},
		},
		Delete: []Step[Leaving]{
			{"allowed", leave.allowed},
			{"last-admin", leave.lastAdminOverSCIM},
			{"record", leave.record},
			{"teams", leave.teams},
			{"sessions", leave.sessions},
			{"tokens", leave.tokens},
			{"membership", leave.membership},
			{"seat", leave.seat},
			{"groups", leave.groups},
			{"drop", leave.drop},
			{"audit", auditLeaving},
		},
		Self: []Step[Self]{
			{"place", selfPlace},
			{"gates", call.selfGates},
			{"record", selfRecord},
		},
		CreateGroup: []Step[Grouping]{
			{"offered", group.offered},
			{"validate", group.validate},
			{"conflict", group.conflict},
			{"begin", group.begin},
			{"members", group.members},
			{"known", group.known},
			{"team", team.find},
			{"group", group.create},
			{"enlist", group.enlist},
			{"places", team.places},
			{"audit", auditGrouping},
		},
		ChangeGroup: []Step[Grouping]{
			{"offered", group.offered},
			{"validate", group.validate},
			{"conflict", group.conflict},
			{"members", group.members},
			{"known", group.known},
			{"cycles", group.cycles},
			{"group", group.update},
			{"enlist", group.enlist},
			{"team", team.rename},
			{"places", team.places},
			{"audit", auditGrouping},
		},
		DeleteGroup: []Step[Grouping]{
			{"offered", group.offered},
			{"members", group.members},
			{"enlist", group.enlist},
			{"withdraw", group.withdraw},
			{"places", team.places},
			{"group", group.drop},
			{"team", team.disband},
			{"audit", auditGrouping},
		},
		SignIn: []Step[SignIn]{
			{"provider", who.provider},
			{"address", who.address},
			{"account", who.account},
			{"record", who.record},
			{"active", who.active},
			{"admission", who.admission},
			{"create-account", enter.createAccount},
			{"profile", enter.profile},
			{"name-id", enter.nameID},
			{"link", enter.link},
			{"membership", enter.membership},
			{"seat", enter.seat},
			{"default-teams", enter.defaultTeams},
			{"role", grant.role},
			{"teams", grant.teams},
			{"groups", team.signIn},
			{"tokens", enter.tokens},
			{"session", enter.session},
			{"audit", auditSignIn},
		},
		TestSignIn: []Step[SignIn]{
			{"address", who.address},
			{"tested", who.tested},
			{"audit", auditTestSignIn},
		},
		SingleLogout: []Step[Parting]{
			{"name", part.name},
			{"indexes", part.indexes},
			{"sessions", part.sessions},
			{"audit", auditParting},
		},
		Session: []Step[Request]{
			{"known", sessionKnown},
			{"live", sessionLive},
			{"expiry", sessionExpiry},
			{"account", requestAccount},
			{"membership", requestMembership},
			{"teams", requestTeams},
		},
		Token: []Step[Request]{
			{"known", tokenKnown},
			{"live", tokenLive},
			{"account", requestAccount},
			{"membership", requestMembership},
			{"teams", requestTeams},
		},
		Remove: []Step[Leaving]{
			{"last-admin", leave.lastAdmin},
			{"teams", leave.teams},
			{"sessions", leave.sessions},
			{"tokens", leave.tokens},
			{"membership", leave.membership},
			{"seat", leave.seat},
			{"audit", auditLeaving},
		},
		ChangeRole: []Step[RoleChange]{
			{"last-admin", roleLastAdmin},
			{"role", roleChange},
			{"audit", auditRoleChange},
		},
	}
}
