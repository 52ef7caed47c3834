// Package simulator is a fake Okta tenant: the directory, the admin and the
// browser in one, seen from the product that is connected to it.
//
// A Tenant has people, groups and apps. An App is the connection to one product;
// its settings are the check boxes of Okta's Provisioning tab and the fields of
// its SAML settings. Assigning a person to the app is what makes things happen:
//
//	okta, err := simulator.New(simulator.Options{Subdomain: "acme", Identity: identity})
//	app := okta.NewApp(simulator.AppSettings{
//		Label: "Acme CI",
//		SCIM:  simulator.Connection{BaseURL: "https://ci.test/scim/v2", Token: token},
//		Integration: true, CreateUsers: true, DeactivateUsers: true,
//		SAML:  simulator.SAML{ACS: "https://ci.test/saml/acs", Audience: "https://ci.test"},
//	})
//	han := okta.Hire(simulator.Profile{FirstName: "Han", LastName: "Solo", Email: "han@acme.test"})
//	outcome, err := app.Assign(ctx, han)                                    // SCIM: look up, create
//	visit, err := okta.Browser(nil).SignIn(ctx, app, han, simulator.SignInOptions{StartURL: "https://ci.test/sso"})
//	outcome, err = okta.Deactivate(ctx, han)                                // SCIM: active false
//
// A group can give people the app (AssignGroup) or be pushed to it (Push): then the
// product gets the group itself, and each verb that changes its name or members, or
// lets one of them in or out of the app, ends with bringing it in line. Import reads
// what the product has.
//
// Three rules hold throughout. A change in the directory turns into requests
// only as the app's settings allow. What the product refuses is a Task, as in
// Okta, with Okta's words and a Retry, never an error: an error means that the
// wire broke or that the tenant was asked for something impossible. And every
// exchange is in the journal.
//
// The parts work alone too: package idp issues the messages, package forge makes
// them wrong on purpose, package provision sends the SCIM requests, package journal
// keeps the record.
package simulator
