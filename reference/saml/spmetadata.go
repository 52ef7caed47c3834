package saml

import (
	"encoding/base64"
	"strconv"

	"github.com/beevik/etree"
)

// Metadata returns our metadata for this connection, an EntityDescriptor in UTF-8 to be
// served as application/samlmetadata+xml (Metadata 2.4.4). Assertions are wanted
// signed. Whether requests are, is said, and where there is a key of ours, which.
func (p Provider) Metadata() []byte {
	document := newDocument()
	entity := document.CreateElement("md:EntityDescriptor")
	entity.CreateAttr("xmlns:md", nsMetadata)
	entity.CreateAttr("entityID", p.EntityID)

	role := entity.CreateElement("md:SPSSODescriptor")
	role.CreateAttr("AuthnRequestsSigned", strconv.FormatBool(p.SignsRequests))
	role.CreateAttr("WantAssertionsSigned", "true")
	role.CreateAttr("protocolSupportEnumeration", nsProtocol)
	if p.Signing != nil {
		descriptor := role.CreateElement("md:KeyDescriptor")
		descriptor.CreateAttr("use", "signing")
		p.Signing.keyInfo(descriptor)
	}
	if p.Decryption != nil {
		p.Decryption.describe(role)
	}
	if p.SLO != "" {
		for _, binding := range []string{bindingRedirect, bindingPOST} {
			slo := role.CreateElement("md:SingleLogoutService")
			slo.CreateAttr("Binding", binding)
			slo.CreateAttr("Location", p.SLO)
		}
	}
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

// describe publishes the key to encrypt for, and the algorithms that we take, those
// that we would rather have first (Metadata 2.4.1.1).
func (k DecryptionKey) describe(role *etree.Element) {
	descriptor := role.CreateElement("md:KeyDescriptor")
	descriptor.CreateAttr("use", "encryption")
	info := descriptor.CreateElement("ds:KeyInfo")
	info.CreateAttr("xmlns:ds", nsSignature)
	info.CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(k.Certificate.Raw))
	for _, algorithm := range published {
		descriptor.CreateElement("md:EncryptionMethod").CreateAttr("Algorithm", algorithm)
	}
}

// published are the algorithms that our metadata offers.
var published = []string{
	nsEncryption11 + "aes256-gcm", nsEncryption11 + "aes128-gcm", nsEncryption + "aes256-cbc", nsEncryption + "aes128-cbc",
	nsEncryption + "rsa-oaep-mgf1p",
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
