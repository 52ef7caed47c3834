package store

import (
	"context"

	"rollcall.example/reference/org"
)

const organizationColumns = "id, slug, name, plan, flags, clock, created"

func scanOrganization(r row) (o org.Organization, err error) {
	err = r.Scan(&o.ID, &o.Slug, &o.Name, &o.Plan, unpacked[string]{&o.Flags}, &o.Clock, moment{&o.Created})
	return o, err
}

// AddOrganization implements [org.Tx].
func (t *tx) AddOrganization(ctx context.Context, o org.Organization) error {
	t.changes()
	return t.add(ctx, "add an organization",
		"INSERT INTO organizations ("+organizationColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		o.ID, o.Slug, o.Name, string(o.Plan), packed(o.Flags), int64(o.Clock), at(o.Created))
}

// SaveOrganization implements [org.Tx].
func (t *tx) SaveOrganization(ctx context.Context, o org.Organization) error {
	t.changes()
	return t.change(ctx, "save an organization",
		"UPDATE organizations SET slug = $2, name = $3, plan = $4, flags = $5, clock = $6, created = $7 WHERE id = $1",
		o.ID, o.Slug, o.Name, string(o.Plan), packed(o.Flags), int64(o.Clock), at(o.Created))
}

// Organization implements [org.Tx].
func (t *tx) Organization(ctx context.Context, id string) (org.Organization, error) {
	return recalled(ctx, t, func(r *recall) map[string]org.Organization { return r.organizations }, id, copyOrganization, func() (org.Organization, error) {
		return one(ctx, t, "look up an organization", scanOrganization,
			"SELECT "+organizationColumns+" FROM organizations WHERE id = $1", id)
	})
}

// OrganizationBySlug implements [org.Tx].
func (t *tx) OrganizationBySlug(ctx context.Context, slug string) (org.Organization, error) {
	return recalled(ctx, t, func(r *recall) map[string]org.Organization { return r.slugs }, slug, copyOrganization, func() (org.Organization, error) {
		return one(ctx, t, "look up an organization", scanOrganization,
			"SELECT "+organizationColumns+" FROM organizations WHERE slug = $1", slug)
	})
}

// Organizations implements [org.Tx]; they come in the order of their creation.
func (t *tx) Organizations(ctx context.Context) ([]org.Organization, error) {
	return list(ctx, t, "list the organizations", scanOrganization,
		"SELECT "+organizationColumns+" FROM organizations ORDER BY created, id")
}

const providerColumns = `id, organization, kind, state, tested, idp_entity_id, idp_sso_url, idp_certs, pushes_groups, decryption_key, created,
	idp_sso_post_url, idp_slo_url, idp_slo_post_url, signs_requests`

func scanProvider(r row) (p org.Provider, err error) {
	err = r.Scan(&p.ID, &p.Organization, &p.Kind, &p.State, &p.Tested,
		&p.IdPEntityID, &p.IdPSSOURL, unpacked[[]byte]{&p.IdPCerts}, &p.Groups, &p.DecryptionKey, moment{&p.Created},
		&p.IdPSSOPostURL, &p.IdPSLOURL, &p.IdPSLOPostURL, &p.SignsRequests)
	return p, err
}

// AddProvider implements [org.Tx].
func (t *tx) AddProvider(ctx context.Context, p org.Provider) error {
	t.changes()
	return t.add(ctx, "add a provider",
		"INSERT INTO providers ("+providerColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		p.ID, p.Organization, string(p.Kind), string(p.State), bit(p.Tested),
		p.IdPEntityID, p.IdPSSOURL, packed(p.IdPCerts), bit(p.Groups), p.DecryptionKey, at(p.Created),
		p.IdPSSOPostURL, p.IdPSLOURL, p.IdPSLOPostURL, bit(p.SignsRequests))
}

// SaveProvider implements [org.Tx].
func (t *tx) SaveProvider(ctx context.Context, p org.Provider) error {
	t.changes()
	return t.change(ctx, "save a provider",
		`UPDATE providers SET organization = $2, kind = $3, state = $4, tested = $5,
			idp_entity_id = $6, idp_sso_url = $7, idp_certs = $8, pushes_groups = $9, decryption_key = $10, created = $11,
			idp_sso_post_url = $12, idp_slo_url = $13, idp_slo_post_url = $14, signs_requests = $15 WHERE id = $1`,
		p.ID, p.Organization, string(p.Kind), string(p.State), bit(p.Tested),
		p.IdPEntityID, p.IdPSSOURL, packed(p.IdPCerts), bit(p.Groups), p.DecryptionKey, at(p.Created),
		p.IdPSSOPostURL, p.IdPSLOURL, p.IdPSLOPostURL, bit(p.SignsRequests))
}

// Provider implements [org.Tx].
func (t *tx) Provider(ctx context.Context, id string) (org.Provider, error) {
	return recalled(ctx, t, func(r *recall) map[string]org.Provider { return r.providers }, id, copyProvider, func() (org.Provider, error) {
		return one(ctx, t, "look up a provider", scanProvider,
			"SELECT "+providerColumns+" FROM providers WHERE id = $1", id)
	})
}

// Providers implements [org.Tx]; they come in the order of their creation.
func (t *tx) Providers(ctx context.Context, organization string) ([]org.Provider, error) {
	return recalled(ctx, t, func(r *recall) map[string][]org.Provider { return r.connections }, organization, copyProviders, func() ([]org.Provider, error) {
		return list(ctx, t, "list the providers", scanProvider,
			"SELECT "+providerColumns+" FROM providers WHERE organization = $1 ORDER BY created, id", organization)
	})
}

const credentialColumns = "id, provider, token, created, expires"

func scanCredential(r row) (c org.Credential, err error) {
	err = r.Scan(&c.ID, &c.Provider, &c.Token, moment{&c.Created}, moment{&c.Expires})
	return c, err
}

// AddCredential implements [org.Tx].
func (t *tx) AddCredential(ctx context.Context, c org.Credential) error {
	t.changes()
	return t.add(ctx, "add a credential",
		"INSERT INTO credentials ("+credentialColumns+", token_hash) VALUES ($1, $2, $3, $4, $5, $6)",
		c.ID, c.Provider, c.Token, at(c.Created), atOrNever(c.Expires), digest(c.Token))
}

// SaveCredential implements [org.Tx].
func (t *tx) SaveCredential(ctx context.Context, c org.Credential) error {
	t.changes()
	return t.change(ctx, "save a credential",
		"UPDATE credentials SET provider = $2, token = $3, created = $4, expires = $5, token_hash = $6 WHERE id = $1",
		c.ID, c.Provider, c.Token, at(c.Created), atOrNever(c.Expires), digest(c.Token))
}

// DeleteCredential implements [org.Tx].
func (t *tx) DeleteCredential(ctx context.Context, id string) error {
	t.changes()
	return t.change(ctx, "delete a credential", "DELETE FROM credentials WHERE id = $1", id)
}

// Credentials implements [org.Tx]; they come in the order of their creation.
func (t *tx) Credentials(ctx context.Context, provider string) ([]org.Credential, error) {
	return list(ctx, t, "list the credentials", scanCredential,
		"SELECT "+credentialColumns+" FROM credentials WHERE provider = $1 ORDER BY created, id", provider)
}

// CredentialByToken implements [org.Tx]. The token's digest is what is compared, so
// that the time it takes tells nothing of the tokens that are there.
func (t *tx) CredentialByToken(ctx context.Context, token string) (org.Credential, error) {
	key := digest(token)
	return recalled(ctx, t, func(r *recall) map[string]org.Credential { return r.credentials }, key, copyCredential, func() (org.Credential, error) {
		return one(ctx, t, "look up a credential", scanCredential,
			"SELECT "+credentialColumns+" FROM credentials WHERE token_hash = $1", key)
	})
}
