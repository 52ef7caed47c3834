package reference

import (
	"context"
	"fmt"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
	"rollcall.example/reference/web"
	"rollcall.example/reference/web/probe"
)

// Founded is an organization that was just founded, and how the outside reaches it.
// The addresses are right once the App knows its base URL: see [App.SetBaseURL].
type Founded struct {
	org.Founded
	Connection probe.Connection
}

// Found makes an organization with its provider, teams and first admin.
func (a *App) Found(ctx context.Context, wanted org.NewOrganization) (Founded, error) {
	made, err := a.org.Found(ctx, wanted)
	if err != nil {
		return Founded{}, fmt.Errorf("reference: founding %q: %w", wanted.Name, err)
	}
	connection, err := probe.Connect(ctx, a.org, a.where(), made.Organization.ID, made.Provider.ID)
	if err != nil {
		return Founded{}, fmt.Errorf("reference: founding %q: %w", wanted.Name, err)
	}
	return Founded{made, connection}, nil
}

// Connection tells how the outside reaches an organization now, through the
// provider or, with an empty id, through the first that it got.
func (a *App) Connection(ctx context.Context, organization, provider string) (probe.Connection, error) {
	return probe.Connect(ctx, a.org, a.where(), organization, provider)
}

// DecryptionKey is the key, PEM, that a provider may be founded with so that its
// assertions have to be encrypted. It is one and the same for the whole App.
func (a *App) DecryptionKey() (string, error) { return a.decryptionKey() }

func newDecryptionKey(now time.Time) (string, error) {
	key, err := saml.NewDecryptionKey(now)
	if err != nil {
		return "", err
	}
	text, err := key.Marshal()
	return string(text), err
}

// NewProvider describes a provider to found an organization with, by the identity
// provider's metadata.
func NewProvider(kind org.ProviderKind, state org.ProviderState, metadata []byte) (org.NewProvider, error) {
	return web.NewProvider(kind, state, metadata)
}
