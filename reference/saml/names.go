package saml

// Namespaces and identifiers of SAML 2.0 (Core, Bindings, Metadata), of XML Signature
// and of XML Encryption.
const (
	nsAssertion    = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsProtocol     = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsMetadata     = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature    = "http://www.w3.org/2000/09/xmldsig#"
	nsExclusive    = "http://www.w3.org/2001/10/xml-exc-c14n#"
	nsEncryption   = "http://www.w3.org/2001/04/xmlenc#"
	nsEncryption11 = "http://www.w3.org/2009/xmlenc11#"
	nsXML          = "http://www.w3.org/XML/1998/namespace"
	nsXMLNS        = "http://www.w3.org/2000/xmlns/"
	nsInstance     = "http://www.w3.org/2001/XMLSchema-instance"

	bindingPOST     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	bindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"

	methodBearer  = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	statusSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success"

	statusRequester        = "urn:oasis:names:tc:SAML:2.0:status:Requester"
	statusPartialLogout    = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
	statusUnknownPrincipal = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"

	formatEntity     = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
	formatEmail      = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	formatPersistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	formatTransient  = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	formatAny        = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"

	typeElement      = nsEncryption + "Element"
	typeEncryptedKey = nsEncryption + "EncryptedKey"

	transformEnveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	transformExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
)
