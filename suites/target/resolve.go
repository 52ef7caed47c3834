package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"rollcall.example/simulator/provision"
)

// Resolve reads the service provider's metadata where the target leaves the entity
// id, the assertion consumer service or the key to encrypt for to it, and returns the
// target with all filled in. What the target states itself stays. Where nothing is left to the
// metadata it reads nothing.
func (t Target) Resolve(ctx context.Context) (Target, error) {
	if !slices.ContainsFunc(t.Connections, Connection.leftToMetadata) {
		return t, nil
	}
	live, err := Open(t)
	if err != nil {
		return t, err
	}
	defer live.Close()
	t.Connections = slices.Clone(t.Connections)
	for i := range t.Connections {
		c := &t.Connections[i]
		if !c.leftToMetadata() {
			continue
		}
		metadata, err := live.SPMetadata(ctx, *c)
		if err != nil {
			return t, err
		}
		c.SAML.EntityID = orElse(c.SAML.EntityID, metadata.EntityID)
		c.SAML.ACS = orElse(c.SAML.ACS, metadata.PostACS())
		if !c.SAML.WantsEncryption {
			continue
		}
		if c.SAML.EncryptionCertificate = metadata.encryptionCertificate(); c.SAML.EncryptionCertificate == "" {
			return t, fmt.Errorf("the service provider's metadata %s cannot be used: %w", bareAddress(c.SAML.Metadata), errNoEncryptionKey)
		}
	}
	return t, t.Check()
}

func (c Connection) leftToMetadata() bool {
	return c.SAML.Offered() && c.SAML.Metadata != "" &&
		(c.SAML.EntityID == "" || c.SAML.ACS == "" || c.SAML.WantsEncryption && c.SAML.EncryptionCertificate == "")
}

// ErrUnusableMetadata is what [Live.SPMetadata] returns where the service provider
// answered, and its answer is no metadata that can be used. Where nobody answered, or a
// file is not there, the error is another.
var ErrUnusableMetadata = errors.New("its answer is no metadata of a service provider")

// SPMetadata reads the metadata of the connection's service provider, from its
// address or file. It is fetched anew each time.
func (l *Live) SPMetadata(ctx context.Context, c Connection) (SPMetadata, error) {
	text, err := l.metadataText(ctx, c.SAML.Metadata)
	if err == nil {
		var read SPMetadata
		if read, err = ReadSPMetadata(text, c.SAML.EntityID, time.Now()); err == nil {
			return read, nil
		}
		err = unusable{err}
	}
	return SPMetadata{}, l.Conceal(fmt.Errorf("the service provider's metadata %s cannot be used: %w", bareAddress(c.SAML.Metadata), err))
}

// unusable is an ErrUnusableMetadata that says why.
type unusable struct{ error }

// Is tells errors.Is what it is.
func (unusable) Is(target error) bool { return target == ErrUnusableMetadata }

// Unwrap returns the cause.
func (u unusable) Unwrap() error { return u.error }

func (l *Live) metadataText(ctx context.Context, from string) ([]byte, error) {
	if !strings.Contains(from, "://") {
		return metadataIn(from)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, errors.New("it is not an http or https address")
	}
	request.Header.Set("Accept", "application/samlmetadata+xml, application/xml;q=0.9, */*;q=0.1")
	response, err := (&http.Client{Transport: l.transport, Timeout: callTimeout, CheckRedirect: atMostTen}).Do(request)
	if err != nil {
		err = provision.WithoutURL(err)
		if errors.Is(err, ErrUnusableMetadata) {
			return nil, err
		}
		return nil, Explain(from, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, unusable{fmt.Errorf("it answered %d %s", response.StatusCode, http.StatusText(response.StatusCode))}
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxMetadata+1))
	if err != nil {
		return nil, Explain(from, err)
	}
	// A script that prints metadata often says nothing of its kind, which is then HTML's.
	if kind := response.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && !bytes.Contains(text, []byte("EntityDescriptor")) {
		return nil, unusable{errors.New("it answered an HTML page, not metadata")}
	}
	return text, nil
}

// metadataIn reads a file; an error does not name it, since the target has just done so.
func metadataIn(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		var named *fs.PathError
		if errors.As(err, &named) {
			err = named.Err
		}
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxMetadata+1))
}

// atMostTen gives up on an address that redirects on and on.
func atMostTen(_ *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return unusable{errors.New("it redirects more than 10 times")}
	}
	return nil
}

// bareAddress is an address without its query, which may hold a secret.
func bareAddress(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}
