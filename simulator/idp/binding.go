package idp

import (
	"bytes"
	"compress/flate"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"

	"github.com/beevik/etree"
)

// carried is a message as a binding brought it.
type carried struct {
	xml        []byte
	relayState string
	signature  Signature
}

// parameters by which a message travels: a request or the answer to one.
const (
	asRequest  = "SAMLRequest"
	asResponse = "SAMLResponse"
)

const deflateEncoding = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"

// fromRedirect takes a message out of a query: base64 over DEFLATE (SAML 2.0 bindings
// §3.4.4.1). The query is needed as it came, since a signature covers its octets.
func fromRedirect(rawQuery, parameter string) (carried, error) {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return carried{}, fmt.Errorf("the query cannot be read: %w", err)
	}
	raw, err := onlyParameter(query, parameter)
	if err != nil {
		return carried{}, err
	}
	if encoding := query.Get("SAMLEncoding"); encoding != "" && encoding != deflateEncoding {
		return carried{}, fmt.Errorf("SAMLEncoding %q is not DEFLATE", encoding)
	}
	inflated, err := inflate(raw)
	if err != nil {
		return carried{}, fmt.Errorf("%s is not DEFLATE data: %w", parameter, err)
	}
	signature, err := querySignature(rawQuery, parameter, query)
	return carried{inflated, query.Get("RelayState"), signature}, err
}

// inflaters are kept, as deflaters are: one has 40 KB.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// inflate unpacks one byte more than a message may have, and no more.
func inflate(packed []byte) ([]byte, error) {
	reader := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(reader)
	if err := reader.(flate.Resetter).Reset(bytes.NewReader(packed), nil); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(reader, maxRequest+1))
}

// fromPost takes a message out of a form: base64 alone (SAML 2.0 bindings §3.5.4).
func fromPost(form url.Values, parameter string) (carried, error) {
	raw, err := onlyParameter(form, parameter)
	if err != nil {
		return carried{}, err
	}
	if deflated(raw) {
		return carried{}, fmt.Errorf("the %s came by POST and is compressed, which is for the Redirect binding alone", parameter)
	}
	return carried{xml: raw, relayState: form.Get("RelayState"), signature: Signature{enveloped: raw}}, nil
}

// deflated says whether DEFLATE data was sent where XML belongs, which some service
// providers do unless told not to.
func deflated(raw []byte) bool {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<")) {
		return false
	}
	start := make([]byte, 1)
	_, err := io.ReadFull(flate.NewReader(bytes.NewReader(raw)), start)
	return err == nil && start[0] == '<'
}

// onlyParameter returns the decoded message, which must be there once.
func onlyParameter(values url.Values, parameter string) ([]byte, error) {
	switch messages := values[parameter]; {
	case len(messages) == 0 || messages[0] == "":
		return nil, fmt.Errorf("there is no %s", parameter)
	case len(messages) > 1:
		return nil, fmt.Errorf("there are %d %s parameters", len(messages), parameter)
	case len(messages[0]) > 2*maxRequest:
		return nil, fmt.Errorf("%s is longer than %d bytes", parameter, 2*maxRequest)
	}
	raw, err := base64.StdEncoding.DecodeString(values.Get(parameter))
	if err != nil {
		return nil, fmt.Errorf("%s is not base64: %w", parameter, err)
	}
	return raw, nil
}

// querySignature reads the signature of a query (SAML 2.0 bindings §3.4.4.1). What it
// covers are the octets of message, relay state and algorithm as they were sent, in
// that order, whatever order the query itself has.
func querySignature(rawQuery, parameter string, query url.Values) (Signature, error) {
	if !query.Has("Signature") && !query.Has("SigAlg") {
		return Signature{}, nil
	}
	for _, name := range []string{"Signature", "SigAlg"} {
		if len(query[name]) != 1 || query.Get(name) == "" {
			return Signature{}, fmt.Errorf("a signed query has one Signature and one SigAlg; there are %d %s", len(query[name]), name)
		}
	}
	value, err := base64.StdEncoding.DecodeString(query.Get("Signature"))
	if err != nil {
		return Signature{}, errors.New("the Signature of the query is not base64")
	}
	sent := map[string]string{}
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		sent[name] = pair
	}
	var covered []string
	for _, name := range []string{parameter, "RelayState", "SigAlg"} {
		if pair, ok := sent[name]; ok {
			covered = append(covered, pair)
		}
	}
	return Signature{Algorithm: query.Get("SigAlg"), octets: strings.Join(covered, "&"), value: value}, nil
}

// deflaters are kept: making one takes 800 KB, which is more than all the rest of a
// sign-in or a sign-out.
var deflaters = sync.Pool{New: func() any {
	writer, _ := flate.NewWriter(io.Discard, flate.BestCompression) // fails on an unknown level only
	return writer
}}

func deflate(document *etree.Document) ([]byte, error) {
	writer := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(writer)
	var packed bytes.Buffer
	writer.Reset(&packed)
	err := errors.Join(serializeTo(writer, document), writer.Close())
	return packed.Bytes(), err
}

// redirected writes a message into the query of an address, after what is there, and
// signs it unless the signer has no key.
func redirected(location, parameter string, document *etree.Document, relayState string, signer Signer) (string, error) {
	target, err := url.Parse(location)
	if err != nil || target.Host == "" {
		return "", fmt.Errorf("%q is not an address to redirect to", location)
	}
	packed, err := deflate(document)
	if err != nil {
		return "", err
	}
	query := parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed))
	if relayState != "" {
		query += "&RelayState=" + url.QueryEscape(relayState)
	}
	if signer.Key != nil {
		if query, err = signer.SignQuery(query); err != nil {
			return "", err
		}
	}
	if target.RawQuery != "" {
		query = target.RawQuery + "&" + query
	}
	target.RawQuery = query
	return target.String(), nil
}

// SignQuery appends SigAlg and Signature to a query that holds a message and perhaps
// a RelayState, and nothing else (SAML 2.0 bindings §3.4.4.1).
func (s Signer) SignQuery(query string) (string, error) {
	algorithm := s.algorithm()
	by, known := methods[algorithm]
	if !known {
		return "", fmt.Errorf("a query cannot be signed with %s", algorithm)
	}
	query += "&SigAlg=" + url.QueryEscape(algorithm)
	hash := digests[by.digest]
	value, err := by.sign(s.Key, hash, digest(hash, query))
	if err != nil {
		return "", fmt.Errorf("signing a query: %w", err)
	}
	return query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(value)), nil
}

func digest(hash crypto.Hash, text string) []byte {
	h := hash.New()
	_, _ = io.WriteString(h, text) // a hash never returns an error
	return h.Sum(nil)
}
