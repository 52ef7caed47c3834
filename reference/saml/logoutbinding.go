package saml

import (
	"bytes"
	"compress/flate"
	"context"
	"io"
	"net/url"
	"slices"
	"strings"
)

// checkLogoutEncoding undoes the binding, which the method of the request says: deflated
// in a query (Bindings 3.4.4.1), or base64 alone in a form (Bindings 3.5.4).
func checkLogoutEncoding(_ context.Context, m *LogoutMessage) error {
	if m.Form != nil {
		return m.fromForm()
	}
	return m.fromQuery()
}

func (m *LogoutMessage) fromForm() error {
	fields := map[string]string{}
	for _, name := range []string{"SAMLRequest", "SAMLResponse", "RelayState"} {
		switch values := m.Form[name]; len(values) {
		case 0:
		case 1:
			fields[name] = values[0]
		default:
			return Refuse("the form has %s %d times", name, len(values))
		}
	}
	encoded, err := m.pick(fields)
	if err != nil {
		return err
	}
	m.XML, err = m.decode(encoded)
	return err
}

// pick takes the one message out of the fields.
func (m *LogoutMessage) pick(fields map[string]string) (string, error) {
	request, asked := fields["SAMLRequest"]
	response, answered := fields["SAMLResponse"]
	m.Answer, m.RelayState = answered, fields["RelayState"]
	switch {
	case asked == answered:
		return "", Refuse("there must be one SAMLRequest or one SAMLResponse")
	case answered:
		return response, nil
	}
	return request, nil
}

func (m *LogoutMessage) decode(encoded string) ([]byte, error) {
	if len(encoded)/8*3 > m.MaxBytes {
		return nil, Refuse("the message has %d characters; %d bytes are allowed", len(encoded), m.MaxBytes)
	}
	decoded, err := decodeBase64(encoded)
	if err != nil || len(decoded) == 0 {
		return nil, Refuse("the message is not base64")
	}
	if len(decoded) > m.MaxBytes {
		return nil, Refuse("the message has %d bytes; %d are allowed", len(decoded), m.MaxBytes)
	}
	return decoded, nil
}

const encodingDeflate = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"

// fromQuery reads the query by itself, so that what is read is what the signature
// covers: names are taken as they are written, and none may stand there twice.
func (m *LogoutMessage) fromQuery() error {
	raw, fields := map[string]string{}, map[string]string{}
	for pair := range strings.SplitSeq(m.RawQuery, "&") {
		name, escaped, _ := strings.Cut(pair, "=")
		if !slices.Contains([]string{"SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding"}, name) {
			continue
		}
		if _, twice := raw[name]; twice {
			return Refuse("the query has %s twice", name)
		}
		decoded, err := url.QueryUnescape(escaped)
		if err != nil {
			return Refuse("the query's %s is not escaped as it should be", name)
		}
		raw[name], fields[name] = pair, decoded
	}
	encoded, err := m.pick(fields)
	if err != nil {
		return err
	}
	if by, stated := fields["SAMLEncoding"]; stated && by != encodingDeflate {
		return Refuse("the message is encoded by %s", show(by))
	}
	packed, err := m.decode(encoded)
	if err != nil {
		return err
	}
	if m.XML, err = m.inflate(packed); err != nil {
		return err
	}
	return m.readQuerySignature(raw, fields)
}

// inflate unpacks no more than a message may have, whatever the data would become.
func (m *LogoutMessage) inflate(packed []byte) ([]byte, error) {
	xml, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), int64(m.MaxBytes)+1))
	if err != nil {
		return nil, Refuse("the message is not DEFLATE data")
	}
	if len(xml) > m.MaxBytes {
		return nil, Refuse("the message unpacks to more than %d bytes", m.MaxBytes)
	}
	return xml, nil
}

// readQuerySignature reads algorithm and value, where the query has them, and puts
// together what they cover: the octets as they came, in the order of the binding.
func (m *LogoutMessage) readQuerySignature(raw, fields map[string]string) error {
	algorithm, stated := fields["SigAlg"]
	encoded, signed := fields["Signature"]
	if !stated && !signed {
		return nil
	}
	by, known := signatureMethods[algorithm]
	if !known {
		return Refuse("SigAlg %s is not allowed", show(algorithm))
	}
	value, err := decodeBase64(encoded)
	if err != nil || len(value) == 0 {
		return Refuse("the query's Signature is not base64")
	}
	var covered []string
	for _, name := range []string{"SAMLRequest", "SAMLResponse", "RelayState", "SigAlg"} {
		if pair, there := raw[name]; there {
			covered = append(covered, pair)
		}
	}
	m.query = querySignature{strings.Join(covered, "&"), by, value}
	return nil
}

// checkLogoutSignature wants the message to be signed, always: by the query in the
// Redirect binding, where none may stand in the document (Bindings 3.4.4.1), and
// by one signature in the document's root in the POST binding.
func checkLogoutSignature(_ context.Context, m *LogoutMessage) error {
	if m.Form == nil {
		return m.verifyQuery()
	}
	switch {
	case len(m.census.signatures) == 0:
		return Refuse("the %s is not signed", m.Root.Tag)
	case len(m.census.signatures) > 1:
		return Refuse("the %s has %d signatures; one is allowed", m.Root.Tag, len(m.census.signatures))
	case m.census.signatures[0].Parent() != m.Root:
		return Refuse("the signature does not stand in the %s itself", m.Root.Tag)
	}
	verified, err := verifySignature(m.census.signatures[0], m.Provider.IdP.Certificates)
	if err != nil {
		return err
	}
	document, err := scan(string(verified))
	if err != nil {
		return err
	}
	m.Trusted = document.Root()
	return nil
}

func (m *LogoutMessage) verifyQuery() error {
	switch {
	case len(m.census.signatures) > 0:
		return Refuse("the %s came by Redirect and has a signature inside, where none may be", m.Root.Tag)
	case m.query.octets == "":
		return Refuse("the query is not signed")
	}
	by := m.query.method
	digest := sum(by.hash, []byte(m.query.octets))
	for _, certificate := range m.Provider.IdP.Certificates {
		if by.holds(certificate.PublicKey, by.hash, digest, m.query.value) {
			m.Trusted = m.Root
			return nil
		}
	}
	return Refuse("the query's signature does not verify with any certificate of the provider")
}
