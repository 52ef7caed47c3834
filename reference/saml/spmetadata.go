package saml

import (
	"github.com/beevik/etree"
)

// Metadata returns our metadata for this connection, an EntityDescriptor in UTF-8 to be
// served as application/samlmetadata+xml (Metadata 2.4.4). Requests are not signed;
// assertions are wanted signed.
func (p Provider) Metadata() []byte {
	document := newDocument()
	entity := document.CreateElement("md:EntityDescriptor")
	entity.CreateAttr("xmlns:md", nsMetadata)
	entity.CreateAttr("entityID", p.EntityID)

	role := entity.CreateElement("md:SPSSODescriptor")
	role.CreateAttr("AuthnRequestsSigned", "false")
	role.CreateAttr("WantAssertionsSigned", "true")
	role.CreateAttr("protocolSupportEnumeration", nsProtocol)
	for _, format := range []string{formatEmail, formatAny} {
		role.CreateElement("md:NameIDFormat").SetText(format)
	}
	acs := role.CreateElement("md:AssertionConsumerService")
	acs.CreateAttr("Binding", bindingPOST)
	acs.CreateAttr("Location", p.ACS)
	acs.CreateAttr("index", "0")
	acs.CreateAttr("isDefault", "true")
	return write(document)
}

func newDocument() *etree.Document {
	document := etree.NewDocument()
	document.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	return document
}

// write renders a document that we built; writing to memory does not fail.
func write(document *etree.Document) []byte {
	out, err := document.WriteToBytes()
	if err != nil {
		panic("saml: writing to memory failed: " + err.Error())
	}
	return out
}
