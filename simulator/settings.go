package simulator

import (
	"crypto/x509"
	"net/http"
	"strings"
	"time"

	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/provision"
)

// AppSettings are an app's settings, named as in Okta's Admin Console.
type AppSettings struct {
	Label string
	// SCIM is the connection of the Integration page.
	SCIM Connection
	// Integration is "Enable API integration". Off, the app sends nothing.
	Integration bool
	// CreateUsers, UpdateAttributes, DeactivateUsers and SyncPassword are the boxes
	// of "Provisioning to App".
	CreateUsers      bool
	UpdateAttributes bool
	DeactivateUsers  bool
	SyncPassword     bool
	// PushGroups is the feature behind the Push Groups tab.
	PushGroups bool
	// GroupStyle is how groups are pushed where Okta's versions differ.
	GroupStyle provision.GroupStyle
	// Import is "Provisioning to Okta".
	Import ImportSettings
	// LifecycleManagement is the product that a tenant needs for Provision User.
	LifecycleManagement bool
	// Dialect is the kind of client; empty is provision.OIN.
	Dialect provision.Dialect
	// UserNameFormat makes the application user name, which is the SCIM userName
	// and the SAML NameID; nil is Email.
	UserNameFormat UserNameFormat
	SAML           SAML
}

// Connection says where the product's SCIM server is and how to talk to it.
type Connection struct {
	BaseURL string
	Token   string
	Header  provision.HeaderMode
	// Authorize writes credentials of another kind into a request, in place of Token.
	Authorize func(*http.Request) error
	// Plus writes spaces in queries as older clients do.
	Plus bool
	// Timeout is the limit for one exchange; 0 is Okta's own.
	Timeout time.Duration
	// Groups is what the groups request of a credentials test counts for.
	Groups provision.GroupsCheck
	// Empties is how an emptied attribute is pushed.
	Empties provision.Empties
}

// SAML are the settings of single sign-on.
type SAML struct {
	// ACS is the "Single sign-on URL". Recipient and Destination follow it where
	// they are empty.
	ACS         string
	Recipient   string
	Destination string
	// Audience is the "Audience URI (SP Entity ID)".
	Audience string
	// NameIDFormat defaults to the e-mail address format.
	NameIDFormat string
	Sign         idp.Signing
	// Encrypt is "Assertion Encryption" with the product's certificate; nil leaves the
	// assertion readable.
	Encrypt *idp.Encryption
	// DefaultRelayState goes along when Okta starts the sign-in.
	DefaultRelayState string
	// Statements are the attribute statements; nil means BuildkiteStatements, an
	// empty list none.
	Statements []Statement
	Unset      idp.Unset
	// Identity is the app's own identity provider; nil means the tenant's.
	Identity *idp.Identity
	// OtherACS are the "Other Requestable SSO URLs", by index: a request may ask for
	// the answer there. An index that is not among them is refused.
	OtherACS map[int]string
	// Certificates are the product's own, by which its signatures are checked.
	Certificates []*x509.Certificate
	// SignedRequests is "Signed Requests": an AuthnRequest that the product did not
	// sign is refused.
	SignedRequests bool
	// Names says what becomes of a NameIDPolicy.
	Names NamePolicy
	// Logout is single logout.
	Logout Logout
}

// NamePolicy says what becomes of the format that a request asks for in NameIDPolicy.
type NamePolicy int

// Okta's own way is to send what the app is set up with, whatever was asked for. To
// honour it is to send the format asked for, where it is the app's or a transient or
// persistent one, and to answer InvalidNameIDPolicy where it is not.
const (
	IgnoreNamePolicy NamePolicy = iota
	HonourNamePolicy
)

// Logout are the settings of single logout. An empty URL switches it off.
type Logout struct {
	// URL is where the product takes LogoutRequests.
	URL string
	// ResponseURL is where it takes LogoutResponses; empty means URL.
	ResponseURL string
	// Binding is the one by which both are sent: idp.BindingRedirect or, also where it is
	// empty, idp.BindingPOST.
	Binding string
}

// UserNameFormat makes an application user name out of a profile.
type UserNameFormat func(Profile) string

// Email is "Email".
func Email(p Profile) string { return p.Email }

// OktaUsername is "Okta username".
func OktaUsername(p Profile) string { return p.Login }

// EmailPrefix is "Email prefix": what stands before the @.
func EmailPrefix(p Profile) string { return prefix(p.Email) }

// UsernamePrefix is "Okta username prefix".
func UsernamePrefix(p Profile) string { return prefix(p.Login) }

func prefix(address string) string {
	before, _, _ := strings.Cut(address, "@")
	return before
}

func (s AppSettings) userName(profile Profile) string {
	if s.UserNameFormat == nil {
		return Email(profile)
	}
	return s.UserNameFormat(profile)
}

// orElse returns the first text that is not empty.
func orElse(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
