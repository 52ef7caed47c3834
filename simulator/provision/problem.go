package provision

import (
	"fmt"
	"strings"
)

// Kind is what a job does.
type Kind string

// The jobs. TestCredentials is not one that Okta queues, but it fails in words of
// its own.
const (
	KindProvision   Kind = "provision"
	KindDeprovision Kind = "deprovision"
	KindProfile     Kind = "profile"
	KindReactivate  Kind = "reactivate"
	KindPassword    Kind = "password"
	KindCredentials Kind = "credentials"
	// KindGroup pushes a group, KindGroupDelete deletes a pushed one.
	KindGroup       Kind = "group"
	KindGroupDelete Kind = "group-delete"
	KindImport      Kind = "import"
)

// Problem is a job that the product refused.
type Problem struct {
	Kind Kind
	// Phase is the step that failed, in Okta's words.
	Phase string
	// Status is the HTTP status; 0 where the status was fine and the body was not.
	Status int
	// Reason follows the phase: the status in words with what the product said.
	Reason string
	// Why explains, for the reader of a report, what Okta itself does not say.
	Why string
}

// Text returns the words that Okta's list of tasks shows: which user or group, which
// app, which step, and what the remote server reported. An import is about neither.
func (p *Problem) Text(name, app string) string {
	ending := p.Phase
	if p.Reason != "" {
		ending += ": " + p.Reason
	}
	switch p.Kind {
	case KindDeprovision:
		return fmt.Sprintf("Automatic deprovisioning of user %s from app %s failed: %s", name, app, ending)
	case KindProfile:
		return fmt.Sprintf("Automatic profile push of user %s to app %s failed: %s", name, app, ending)
	case KindPassword:
		return fmt.Sprintf("Automatic password push of user %s to app %s failed: %s", name, app, ending)
	case KindReactivate:
		return fmt.Sprintf("Automatic reactivation of user %s to app %s failed: %s", name, app, ending)
	case KindCredentials:
		return fmt.Sprintf("%s. The connector configuration could not be tested. "+
			"Make sure that the URL, Authentication Parameters are correct and that there is an implementation available at the URL provided.", ending)
	case KindGroup:
		return fmt.Sprintf("Unable to update Group Push mapping target App group %s: %s", name, ending)
	case KindGroupDelete:
		return fmt.Sprintf("Unable to delete Group Push mapping target App group %s: %s", name, ending)
	case KindImport:
		return fmt.Sprintf("Import from app %s failed: %s", app, ending)
	}
	return fmt.Sprintf("Automatic provisioning of user %s to app %s failed: %s", name, app, ending)
}

// The steps, in Okta's words.
const (
	phaseVerify     = "Error while verifying if user %s exists"
	phaseCreate     = "Error while creating user %s"
	phasePush       = "Error while trying to push profile update for %s"
	phaseReactivate = "Error while trying to activate user %s"
	phaseDeactivate = "Error while trying to deactivate user %s"
	phasePassword   = "Error while trying to push password for %s"
	phaseConnect    = "Error authenticating"

	phaseGroupFind    = "Error while verifying if group %s exists"
	phaseGroupGet     = "Error while trying to get the group %s with the externalId %s"
	phaseGroupCreate  = "Error while creating user group %s"
	phaseGroupUpdate  = "Error while updating user group %s"
	phaseGroupMembers = "Error while updating user group membership for group %s"
	phaseGroupDelete  = "Error while deleting user group %s"

	phaseDownload = "Error while downloading %s"
)

// refused describes an answer with the wrong status.
func refused(kind Kind, phase string, answer Answer) *Problem {
	reason := answer.Reason()
	if detail := answer.Detail(); detail != "" {
		reason += ". Errors reported by remote server: " + strings.TrimSpace(detail)
	}
	return &Problem{Kind: kind, Phase: phase, Status: answer.Status, Reason: reason}
}

// unreadable describes an answer with the right status and a body that Okta does
// not accept. Okta then gives no reason at all.
func unreadable(kind Kind, phase string, answer Answer, why error) *Problem {
	return &Problem{Kind: kind, Phase: phase, Status: answer.Status, Reason: "null", Why: why.Error()}
}
