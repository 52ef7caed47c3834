package target

// The actions by which an audit log tells what happened, as the probe contract spells
// them. A product that has names of its own translates them in its probe.
const (
	RecordCreated     = "SCIM_RECORD_CREATED"
	RecordUpdated     = "SCIM_RECORD_UPDATED"
	RecordDeactivated = "SCIM_RECORD_DEACTIVATED"
	RecordReactivated = "SCIM_RECORD_REACTIVATED"
	RecordDeleted     = "SCIM_RECORD_DELETED"
	RequestRefused    = "SCIM_REQUEST_REFUSED"
	TokenRotated      = "SCIM_CREDENTIAL_ROTATED"
	AccountCreated    = "USER_CREATED"
	AccountUpdated    = "USER_UPDATED"
	MemberCreated     = "ORGANIZATION_MEMBER_CREATED"
	MemberUpdated     = "ORGANIZATION_MEMBER_UPDATED"
	MemberDeleted     = "ORGANIZATION_MEMBER_DELETED"
	TeamMemberCreated = "TEAM_MEMBER_CREATED"
	TeamMemberUpdated = "TEAM_MEMBER_UPDATED"
	TeamMemberDeleted = "TEAM_MEMBER_DELETED"
	SeatStarted       = "SEAT_STARTED"
	SeatReleased      = "SEAT_RELEASED"
	SignInSucceeded   = "SSO_LOGIN_SUCCEEDED"
	SignInDenied      = "SSO_LOGIN_DENIED"
	AttributeIgnored  = "SSO_ATTRIBUTE_IGNORED"
	DemotionSkipped   = "SSO_DEMOTION_SKIPPED"
	SessionStarted    = "AUTHORIZATION_CREATED"
	SessionEnded      = "AUTHORIZATION_DELETED"
	APITokenIssued    = "USER_API_ACCESS_TOKEN_ORGANIZATION_ACCESS_ADDED"
	APITokenRevoked   = "USER_API_ACCESS_TOKEN_ORGANIZATION_ACCESS_REMOVED"
	ProviderEnabled   = "SSO_PROVIDER_ENABLED"
	ProviderDisabled  = "SSO_PROVIDER_DISABLED"
	PlanChanged       = "SUBSCRIPTION_PLAN_CHANGED"
)
