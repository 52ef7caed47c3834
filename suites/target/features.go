package target

import "strings"

// The features that a target may declare. A requirement that needs one which is
// missing is unsupported; see the catalogue's needs.
const (
	SCIMUsers        = "scim.users"           // the Users endpoint
	SCIMPatch        = "scim.patch"           // PATCH on users
	SCIMDelete       = "scim.delete"          // DELETE on users
	SCIMDiscovery    = "scim.discovery"       // ServiceProviderConfig, ResourceTypes and Schemas
	SCIMAttributes   = "scim.attributes"      // every attribute of the core User schema is kept
	SCIMEnterprise   = "scim.enterprise"      // the Enterprise User extension is kept
	SCIMExtension    = "scim.extension"       // an extension of the product's own, which /Schemas describes
	SCIMPassword     = "scim.password"        // a password is accepted, and never shown
	SCIMFilter       = "scim.filter"          // the whole grammar of filters; eq on userName, externalId and id belongs to scim.users
	SCIMSort         = "scim.sort"            // sortBy and sortOrder
	SCIMProjection   = "scim.projection"      // attributes and excludedAttributes
	SCIMSearch       = "scim.search"          // POST to .search
	SCIMBulk         = "scim.bulk"            // POST to /Bulk
	SCIMETag         = "scim.etag"            // versions: ETag, If-Match, If-None-Match
	SCIMMe           = "scim.me"              // the alias /Me
	SCIMGroups       = "scim.groups"          // a connection can be had where groups are offered
	SCIMCursor       = "scim.cursor"          // paging by cursor (RFC 9865)
	SAMLSignIn       = "saml.sign-in"         // sign-in, wherever it starts
	SAMLSPInitiated  = "saml.sp-initiated"    // sign-in starts at the product
	SAMLIdPInitiated = "saml.idp-initiated"   // sign-in starts at Okta
	SAMLEncrypted    = "saml.encrypted"       // a connection can be had that takes encrypted assertions
	SAMLECDSA        = "saml.ecdsa"           // keys on elliptic curves are taken
	SAMLPSS          = "saml.pss"             // signatures by RSA-PSS are taken
	SAMLCanonical    = "saml.c14n"            // other canonicalizations than the exclusive one are taken
	SAMLLogout       = "saml.logout"          // single logout: logout messages are taken, and answered
	SAMLSignOut      = "saml.sign-out"        // signing out at the product is told to Okta
	SAMLSigned       = "saml.signed-requests" // a sign-in can be started whose request is signed
	SAMLForceAuthn   = "saml.force-authn"     // one can be started that asks Okta to see the person anew
	DoorSignedIn     = "door.signed-in"       // whether a browser is in after a sign-in
	DoorSession      = "door.session"         // whether it is still in, at any time
	DoorWhoAmI       = "door.whoami"          // who a browser or an API token is
	DoorRole         = "door.role"            // with which role, and in which teams
	DoorAdmin        = "door.admin"           // an address for admins only
	DoorSettings     = "door.settings"        // the provider's settings, for admins only
	DoorTeam         = "door.team"            // an address for a team's members only
	LookRecords      = "look.records"
	LookAccounts     = "look.accounts"
	LookMemberships  = "look.memberships"
	LookSeats        = "look.seats"
	LookSessions     = "look.sessions"
	LookTokens       = "look.tokens"
	ArrangeAdmin     = "arrange.admin"      // make and unmake an admin by hand
	ArrangeByMember  = "arrange.by-member"  // do it in the name of a member
	ArrangeTeam      = "arrange.team"       // make a team; put in, take out
	ArrangeRemoval   = "arrange.membership" // remove a member by hand
	ArrangeToken     = "arrange.token"      // issue an API token
	ArrangeDisband   = "arrange.disband"    // take a team away again
	OrgCreate        = "organization.create"
	OrgPlan          = "organization.plan"
	OrgFlag          = "organization.flag"
	OrgProvider      = "organization.provider"
	OrgToken         = "organization.token"
	OrgClock         = "organization.clock"
	OrgAudit         = "organization.audit"
	OrgSeats         = "organization.seats"
	OrgDelete        = "organization.delete"
)

// Features lists every feature there is, in the order of the constants.
func Features() []string {
	return []string{
		SCIMUsers, SCIMPatch, SCIMDelete, SCIMDiscovery, SCIMAttributes, SCIMEnterprise, SCIMExtension, SCIMPassword,
		SCIMFilter, SCIMSort, SCIMProjection, SCIMSearch, SCIMBulk, SCIMETag, SCIMMe, SCIMGroups, SCIMCursor,
		SAMLSignIn, SAMLSPInitiated, SAMLIdPInitiated, SAMLEncrypted, SAMLECDSA, SAMLPSS, SAMLCanonical,
		SAMLLogout, SAMLSignOut, SAMLSigned, SAMLForceAuthn,
		DoorSignedIn, DoorSession, DoorWhoAmI, DoorRole, DoorAdmin, DoorSettings, DoorTeam,
		LookRecords, LookAccounts, LookMemberships, LookSeats, LookSessions, LookTokens,
		ArrangeAdmin, ArrangeByMember, ArrangeTeam, ArrangeRemoval, ArrangeToken, ArrangeDisband,
		OrgCreate, OrgPlan, OrgFlag, OrgProvider, OrgToken, OrgClock, OrgAudit, OrgSeats, OrgDelete,
	}
}

// Unseen says whether a missing feature means that nobody can see, rather than
// that the product lacks something: a way of looking that the target does not
// offer, or a whole side of it, SCIM, sign-in or probe, that nobody gave an
// address for.
func (t Target) Unseen(feature string) bool {
	side, _, _ := strings.Cut(feature, ".")
	switch side {
	case "scim":
		return t.Connection().SCIM.BaseURL == ""
	case "saml":
		return !t.Connection().SAML.Offered()
	case "look", "door":
		return true
	case "arrange", "organization":
		return t.Probe == nil || feature == OrgAudit || feature == OrgSeats
	}
	return false
}

// follows says whether the target has the feature because of what it says of its
// sign-in, though nobody declared it.
func (t Target) follows(feature string) bool {
	saml, oracle := t.Connection().SAML, t.Connection().Oracle()
	switch feature {
	case SAMLSignIn:
		return saml.Offered()
	case SAMLSPInitiated:
		return saml.SignIn != ""
	case SAMLIdPInitiated:
		return saml.IdPInitiated
	case SAMLEncrypted:
		return saml.WantsEncryption
	case SAMLLogout:
		return saml.SLO != ""
	case SAMLSigned:
		return saml.SignedSignIn != ""
	case SAMLForceAuthn:
		return saml.ForceAuthn != ""
	case DoorSignedIn:
		return oracle != nil
	case DoorSession:
		return oracle.Lasts()
	case DoorWhoAmI:
		return oracle.NamesWho()
	case DoorRole:
		return oracle.NamesRole()
	}
	return false
}
