package saml

import (
	"time"

	"github.com/beevik/etree"
)

// Notice is a logout message of ours.
type Notice struct {
	ID        string
	XML       []byte
	parameter string
}

// LogoutRequest says that somebody's session here is over (Core 3.7.1), as they asked.
// sessionIndex "" is left out.
func (p Provider) LogoutRequest(id string, name Name, sessionIndex string, now time.Time) Notice {
	document, root := p.logoutMessage("samlp:LogoutRequest", id, "", now)
	root.CreateAttr("NotOnOrAfter", stamp(now.Add(5*time.Minute)))
	root.CreateAttr("Reason", "urn:oasis:names:tc:SAML:2.0:logout:user")
	el := root.CreateElement("saml:NameID")
	for _, part := range [][2]string{
		{"Format", name.Format}, {"NameQualifier", name.NameQualifier}, {"SPNameQualifier", name.SPNameQualifier},
	} {
		if part[1] != "" {
			el.CreateAttr(part[0], part[1])
		}
	}
	el.SetText(name.Value)
	if sessionIndex != "" {
		root.CreateElement("samlp:SessionIndex").SetText(sessionIndex)
	}
	return Notice{id, write(document), "SAMLRequest"}
}

// LogoutResponse answers a logout request (Core 3.7.2): done, or that nobody of that
// name is known, which is the requester's mistake.
func (p Provider) LogoutResponse(id, inResponseTo string, done bool, now time.Time) Notice {
	document, root := p.logoutMessage("samlp:LogoutResponse", id, inResponseTo, now)
	code := root.CreateElement("samlp:Status").CreateElement("samlp:StatusCode")
	if done {
		code.CreateAttr("Value", statusSuccess)
	} else {
		code.CreateAttr("Value", statusRequester)
		code.CreateElement("samlp:StatusCode").CreateAttr("Value", statusUnknownPrincipal)
	}
	return Notice{id, write(document), "SAMLResponse"}
}

// logoutMessage starts a message to the identity provider's logout address.
func (p Provider) logoutMessage(tag, id, inResponseTo string, now time.Time) (*etree.Document, *etree.Element) {
	document := newDocument()
	root := document.CreateElement(tag)
	root.CreateAttr("xmlns:samlp", nsProtocol)
	root.CreateAttr("xmlns:saml", nsAssertion)
	root.CreateAttr("ID", id)
	root.CreateAttr("Version", "2.0")
	root.CreateAttr("IssueInstant", stamp(now))
	root.CreateAttr("Destination", p.IdP.logoutAddress())
	if inResponseTo != "" {
		root.CreateAttr("InResponseTo", inResponseTo)
	}
	root.CreateElement("saml:Issuer").SetText(p.EntityID)
	return document, root
}

// logoutAddress is where we send logout messages: by Redirect, where that is offered.
func (p IdP) logoutAddress() string {
	if p.SLOURL != "" {
		return p.SLOURL
	}
	return p.SLOPostURL
}

// Logout says whether single logout works through this connection: both sides have an
// address, and we have a key, as every logout message is signed.
func (p Provider) Logout() bool {
	return p.SLO != "" && p.Signing != nil && p.IdP.logoutAddress() != ""
}

// Leaving is a message on its way to the identity provider: an address to redirect to,
// or, where Form is set, one to post that to.
type Leaving struct {
	Address string
	Form    map[string]string
}

// Send signs the message and puts it on its way, by the Redirect binding where the
// identity provider offers it.
func (p Provider) Send(n Notice, relayState string) (Leaving, error) {
	if p.IdP.SLOURL != "" {
		address, err := redirect(p.IdP.SLOURL, n.parameter, n.XML, relayState, p.Signing)
		return Leaving{Address: address}, err
	}
	return post(p.IdP.SLOPostURL, n.parameter, n.XML, relayState, p.Signing)
}

func post(to, parameter string, xml []byte, relayState string, k *KeyPair) (Leaving, error) {
	encoded, err := posted(xml, k)
	if err != nil {
		return Leaving{}, err
	}
	form := map[string]string{parameter: encoded}
	if relayState != "" {
		form["RelayState"] = relayState
	}
	return Leaving{to, form}, nil
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
