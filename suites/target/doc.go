// Package target describes the product under test: where its SCIM endpoint and
// its sign-in are, how to look inside, and what it declares about itself.
//
// A [Target] is plain data. Parallel test processes receive it as JSON, a report
// prints it (without its secrets), and everything live, such as the probe, is made
// from it where it is needed, by [Open].
//
// # The target file
//
// A vendor writes a target as a file in YAML, which [Load] reads. This is the least
// that there is, an endpoint and a token; what SCIM alone cannot show is then
// unobserved:
//
//	version: 1
//	connections:
//	  - scim:
//	      base_url: https://acme.test/scim/v2
//	      auth: {bearer: {env: ACME_SCIM_TOKEN}}
//
// And this is nearly everything:
//
//	version: 1
//	name: Acme CI                       # as reports call it; else the host
//
//	# One tenant of the product each. Most specs use the first; a second one lets them
//	# see that customers are kept apart.
//	connections:
//	  - organization: acme              # the product's own id of the tenant; the probe is asked by it
//	    scim:
//	      base_url: https://acme.test/scim/v2
//	      auth:                         # one of bearer, raw, basic, oauth2; headers besides
//	        oauth2:
//	          token_url: https://acme.test/oauth/token
//	          client_id: rollcall
//	          client_secret: {env: ACME_CLIENT_SECRET}
//	          scopes: [scim]
//	          params: {audience: https://acme.test}      # whatever else the grant needs
//	        headers:
//	          X-Acme-Tenant: {env: ACME_TENANT_KEY}
//	    saml:
//	      sp_metadata: https://acme.test/saml/metadata   # an address or a file; or else entity_id and acs
//	      sign_in: https://acme.test/sso/acme            # where a person starts; leave it out where nobody can
//	      idp_initiated: true                            # a sign-in may start at Okta as well
//	      signed_sign_in: https://acme.test/sso/acme?signed   # where a request is signed, if not at sign_in
//	      force_authn: https://acme.test/sso/acme?force  # where one asks Okta to see the person anew, if not there
//	      slo: https://acme.test/saml/logout             # logout messages, where the metadata does not say
//	      sign_out: {url: https://acme.test/logout, method: POST}   # where people sign out
//	      wants_encrypted_assertions: true               # plain ones are refused; the key stands in the metadata
//	      signed_in:                                     # how one tells who is in: exactly one way
//	        whoami:
//	          url: https://acme.test/api/me
//	          email: body.user.email                     # CEL over status, header and body
//	          role: "body.user.admin ? 'admin' : 'member'"
//	          teams: body.user.teams.map(t, t.id)
//	    doors:                          # addresses behind which a person is in or not
//	      admin: https://acme.test/admin                 # 401 to a stranger, 403 to a member
//	      settings: https://acme.test/settings/sso
//	      team: https://acme.test/teams/{team}           # 404 to who is not in it
//	    teams:                          # teams that are there, for the teams attribute
//	      - {id: 42, slug: everyone, default: true, default_role: member}
//	      - {id: 43, slug: pilots}
//
//	  - organization: other
//	    scim:
//	      base_url: https://other.acme.test/scim/v2
//	      auth: {basic: {user: {env: OTHER_USER}, password: {file: other.password}}}
//	    saml:
//	      entity_id: urn:acme:other
//	      acs: https://other.acme.test/acs
//	      sign_in: https://other.acme.test/sso
//	      whoami: https://other.acme.test/api/me         # short for signed_in.whoami with email: body.email
//
//	idp: ./idp                          # the identity that signs: rollcall idp init ./idp
//
//	probe:                              # how to look inside: http, exec or map
//	  http:
//	    url: https://acme.test/rollcall
//	    auth: {bearer: {command: [cat, probe.token]}}
//
//	profile: {extends: two-layer, keys: {deactivate: suspend}}   # or a name, or a file
//	dialects: [oin, aiw]                # the kinds of Okta app to be: oin, aiw, oin-patch-user
//	features: [scim.patch, scim.delete] # what it offers; what follows from the rest need not be said
//	propagation: 2s                     # what happened shows within this time
//
//	network:
//	  ca: ca.pem                        # trusted besides what the system trusts
//	  client_certificate: {certificate: client.pem, key: {file: client.key}}
//	  requests_per_second: 20           # of the whole run, however many processes it has
//	  concurrency: 4                    # requests at the same time
//	  timeout: 10s                      # of one request
//	  deadline: 30m                     # of the run
//
// Nothing but version and one connection is required. An unknown key is refused, and
// each mistake is told with file, line, column, the line itself and what was meant.
// Paths are relative to the file.
//
// A secret is never written into the file. It is {env: NAME}, {file: PATH} or
// {command: [program, argument]}, what the one line in the file says or the command
// prints, and it appears in no output of any kind.
//
// Where `rollcall verify` has a flag for something, the flag counts before its
// environment variable, and that before the file.
//
// # Who is signed in
//
// The harness is the browser, so nothing at Okta's side has to be reachable. Whether a
// browser is in after a sign-in, the product shows in one of these ways:
//
//	signed_in: {whoami: {url: https://acme.test/api/me, email: body.email}}          # who, and maybe role and teams
//	signed_in: {text: {url: https://acme.test/home, contains: "Signed in as {email}"}}   # who
//	signed_in: {status: {url: https://acme.test/home, in: 200}}                      # whether
//	signed_in: {redirect: {to: /home}}                                               # whether
//	signed_in: {cookie: {name: session}}                                             # whether, at sign-in only
//
// # Features
//
// A requirement that needs a feature which the product does not offer is unsupported,
// and one that needs a way of looking which nobody offers is unobserved. A feature
// that is offered and does not work fails. Those of SCIM beyond users are declared, and
// then nothing is learned: what is listed is the vendor's word, an empty list too. Where
// a file has no features at all they are learned before the first spec, from what the
// product says of itself (RFC 7644 section 4) and, where it says nothing, by reads that
// change nothing; the reason of what is then unsupported is what the product said.
//
//	scim.patch scim.delete          # PATCH and DELETE on users
//	scim.discovery                  # ServiceProviderConfig, ResourceTypes and Schemas
//	scim.attributes                 # every attribute of the core User schema is kept
//	scim.enterprise scim.extension  # Enterprise User; an extension of the product's own
//	scim.password                   # a password is accepted, and never shown
//	scim.filter scim.sort           # the whole grammar of filters; sortBy and sortOrder
//	scim.projection scim.search     # attributes and excludedAttributes; POST to .search
//	scim.bulk scim.etag scim.me     # /Bulk; versions and If-Match; /Me
//	scim.groups                     # a connection can be had where groups are offered
//	scim.cursor                     # paging by cursor
//	saml.encrypted                  # a connection can be had that takes encrypted assertions
//	saml.ecdsa saml.pss             # keys on elliptic curves; signatures by RSA-PSS
//	saml.c14n                       # other canonicalizations than the exclusive one
//	saml.logout                     # single logout: messages are taken and answered; slo implies it.
//	                                # Tell the product where its own go: rollcall idp init --logout
//	saml.sign-out                   # signing out at sign_out is told to Okta
//	saml.signed-requests            # a sign-in can start whose request is signed; signed_sign_in implies it
//	saml.force-authn                # one can start that asks to see the person anew; force_authn implies it
//
// The others of saml, and those of door, follow from the file, those of look, arrange and organization
// from what the probe says of itself. [Features] lists them.
//
// # The probe
//
// What SCIM and SAML cannot show, whether there is an account, a seat, a live session,
// a [Probe] does. [ProbeConfig] is the page about having one: an address or a command
// that speaks the probe contract (fixtures/probe), expressions over the API that the
// product has already, or a Go type, for a suite that embeds this one.
//
// # Good manners
//
// A run keeps to the limits of network, all its processes together; see
// [Network.Share]. Where a product answers 429 Too Many Requests the run waits as long
// as Retry-After asks, in seconds or as a date, for two minutes at the most and five
// times, and nobody else of it calls meanwhile; the report says how often and for how
// long. Waiting does not count against the time of a spec. A token of oauth2 is asked
// for again before it expires, and once more where the product answers 401 to it.
//
// What keeps us from a product is told by the name that people know it by: [Explain]
// and [Judge]. rollcall doctor looks at all of it before any spec runs, and rollcall
// init writes a target file, with its [Schema] for editors beside it.
//
// # Safety
//
// [Begin] gives a run its tag, makes sure that the product is its owner's to change,
// and keeps a ledger: each thing that the run makes stands there before it is made,
// until it is cleared away. [Sweep] clears away after a run that was killed.
package target
