package scim

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// request is one thing that a client may ask for. A lock that holds for one and not for
// another is no lock.
type request struct {
	name string
	send func(SpecContext, *spec.Client, *spec.Resource, ...spec.Asking) provision.Answer
}

var requests = []request{
	{"list", func(ctx SpecContext, c *spec.Client, _ *spec.Resource, how ...spec.Asking) provision.Answer {
		return c.List(ctx, "/Users", how...)
	}},
	{"read", func(ctx SpecContext, c *spec.Client, r *spec.Resource, how ...spec.Asking) provision.Answer {
		return c.Get(ctx, r, how...)
	}},
	{"find", func(ctx SpecContext, c *spec.Client, r *spec.Resource, how ...spec.Asking) provision.Answer {
		return c.Filter(ctx, "/Users", r.Filter(), how...)
	}},
	{"create", func(ctx SpecContext, c *spec.Client, _ *spec.Resource, how ...spec.Asking) provision.Answer {
		return c.Post(ctx, "/Users", c.User("Wedge Antilles"), how...)
	}},
	{"replace", func(ctx SpecContext, c *spec.Client, r *spec.Resource, how ...spec.Asking) provision.Answer {
		return c.Call(ctx, "PUT", r.Path, r.With(spec.With("name.familyName", "Organa")), how...)
	}},
}

var _ = spec.OverSCIM("A request", func(client *spec.Client, _ *spec.Product) {
	for _, r := range requests {
		It("without credentials may not "+r.name, spec.Clause("scim.auth.no-credentials").In(r.name), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(client.Steadily(ctx, han, func() provision.Answer {
				return r.send(ctx, client, han, spec.Header("Authorization"))
			})).To(HaveStatus(http.StatusUnauthorized))
		})

		It("with a wrong token may not "+r.name, spec.Clause("scim.auth.wrong-token").In(r.name), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(client.Steadily(ctx, han, func() provision.Answer {
				return r.send(ctx, client, han, spec.Bearing("wrong-"+client.Tag()))
			})).To(HaveStatus(http.StatusUnauthorized))
		})
	}

	for variant, lacks := range credentials(client) {
		It("without a right token changes nobody", spec.Clause("scim.auth.change").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(client.Steadily(ctx, han, func() provision.Answer {
				return client.Call(ctx, "PATCH", han.Path, spec.PatchBody(spec.Replace("displayName", "Nerf Herder")), lacks())
			})).To(HaveStatus(http.StatusUnauthorized))
		})

		It("without a right token deletes nobody", spec.Clause("scim.auth.deletion").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))

			Expect(client.Steadily(ctx, han, func() provision.Answer {
				return client.Call(ctx, "DELETE", han.Path, nil, lacks())
			})).To(HaveStatus(http.StatusUnauthorized))
		})

		It("without a right token searches in vain", spec.Clause("scim.auth.search").In(variant), func(ctx SpecContext) {
			han := client.Create(ctx, client.User("Han Solo"))
			wanted := spec.Body{"schemas": []string{spec.SearchSchema}, "filter": han.Filter()}
			spec.Given(client.Call(ctx, "POST", "/Users/.search", wanted)).To(BeListOf(han))

			Expect(client.Steadily(ctx, han, func() provision.Answer {
				return client.Call(ctx, "POST", "/Users/.search", wanted, lacks())
			})).To(HaveStatus(http.StatusUnauthorized))
		})
	}

	It("without credentials makes nobody", spec.Clause("scim.auth.makes-nobody"), func(ctx SpecContext) {
		honest := client.User("Han Solo")

		Expect(client.Unmade(ctx, honest, func() provision.Answer {
			return client.Post(ctx, "/Users", honest, spec.Header("Authorization"))
		})).To(HaveStatus(http.StatusUnauthorized))
	})

	It("without credentials hears which ones there are", spec.Clause("scim.auth.challenge"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Get(ctx, han, spec.Header("Authorization"))
		})).To(And(HaveStatus(http.StatusUnauthorized), HaveHeader("WWW-Authenticate", MatchRegexp(`^[A-Za-z][A-Za-z0-9_-]*( |$)`))))
	})

	It("that may not come in is told so as SCIM writes it", spec.Clause("scim.auth.refusal-is-scim"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Get(ctx, han, spec.Bearing("wrong-"+client.Tag()))
		})).To(BeSCIMError(401, ""))
	})

	It("that may not come in is sent to no login page", spec.Clause("scim.auth.no-login-page"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))

		answer := client.Steadily(ctx, han, func() provision.Answer {
			return client.Get(ctx, han, spec.Bearing("wrong-"+client.Tag()), spec.Header("Accept", "text/html,application/scim+json;q=0.9,*/*;q=0.8"))
		})

		Expect(answer).To(HaveStatus(http.StatusUnauthorized))
		Expect(answer).To(HaveHeader("Content-Type", ContainSubstring("json")))
	})

	It("that may not come in does not learn who is there", spec.Clause("scim.auth.tells-nothing"), func(ctx SpecContext) {
		han := client.Create(ctx, client.User("Han Solo"))
		var nobody provision.Answer

		somebody := client.Steadily(ctx, han, func() provision.Answer {
			nobody = client.Call(ctx, "GET", "/Users/"+client.NoID(), nil, spec.Bearing("wrong-"+client.Tag()))
			return client.Get(ctx, han, spec.Bearing("wrong-"+client.Tag()))
		})

		Expect(somebody).To(HaveStatus(http.StatusUnauthorized))
		Expect(nobody.Status).To(Equal(somebody.Status))
		Expect(string(nobody.Body)).To(Equal(string(somebody.Body)))
	})

	It("names its scheme in any case", spec.Clause("scim.auth.scheme-in-any-case"), func(ctx SpecContext) {
		token := client.Connection().SCIM.Token
		if token == "" {
			client.NotOffered("its credentials are no bearer token")
		}
		han := client.Create(ctx, client.User("Han Solo"))
		spec.Given(client.Get(ctx, han)).To(HaveAttribute("id", han.ID))

		Expect(client.Get(ctx, han, spec.Header("Authorization", "bearer "+token))).To(HaveAttribute("id", han.ID))
		spec.Given(client.Get(ctx, han, spec.Bearing("wrong-"+client.Tag()))).To(HaveStatus(http.StatusUnauthorized))
	})

	It("is not let in by a token that stands in the address", spec.Clause("scim.auth.token-not-in-address"), func(ctx SpecContext) {
		token := client.Connection().SCIM.Token
		if token == "" {
			client.NotOffered("its credentials are no bearer token")
		}
		han := client.Create(ctx, client.User("Han Solo"))

		Expect(client.Steadily(ctx, han, func() provision.Answer {
			return client.Get(ctx, han, spec.Header("Authorization"), spec.Param("access_token", token))
		})).To(HaveStatus(http.StatusUnauthorized))
	})

	It("for what the product offers needs no credentials, or is refused", spec.Clause("scim.auth.config-public"), func(ctx SpecContext) {
		schemes := HaveAttribute("authenticationSchemes", Not(BeEmpty()))
		spec.Given(client.Call(ctx, "GET", "/ServiceProviderConfig", nil)).To(schemes)

		Expect(client.Call(ctx, "GET", "/ServiceProviderConfig", nil, spec.Header("Authorization"))).To(Or(HaveStatus(http.StatusUnauthorized), schemes))
		spec.Given(client.Call(ctx, "GET", "/ServiceProviderConfig", nil)).To(schemes)
	})

	It("of each way that the product names lets in", spec.Clause("scim.auth.schemes-told"), func(ctx SpecContext) {
		token := client.Connection().SCIM.Token
		if token == "" {
			client.NotOffered("its credentials are no bearer token")
		}
		spec.Given(client.Call(ctx, "GET", "/ServiceProviderConfig", nil)).To(HaveAttribute("schemas", Not(BeEmpty())))

		schemes, _ := client.Config(ctx).At("authenticationSchemes")

		Expect(schemes).To(ContainElement(HaveKeyWithValue("type", WithTransform(lower, BeElementOf("oauthbearertoken", "oauth2", "oauth")))))
	})
})

// credentials are the ways to come without a right token.
func credentials(client *spec.Client) map[string]func() spec.Asking {
	return map[string]func() spec.Asking{
		"none":  func() spec.Asking { return spec.Header("Authorization") },
		"wrong": func() spec.Asking { return spec.Bearing("wrong-" + client.Tag()) },
	}
}

var _ = spec.OverSCIM("A request about a group", func(_ *spec.Client, product *spec.Product) {
	refused := func(ctx SpecContext, send func(client *spec.Client, rogues *spec.Resource, lacks spec.Asking) provision.Answer) {
		client, _ := product.WithGroups(ctx)
		rogues, _, _ := pair(ctx, client)
		for how, lacks := range credentials(client) {
			Expect(client.Steadily(ctx, rogues, func() provision.Answer { return send(client, rogues, lacks()) })).
				To(HaveStatus(http.StatusUnauthorized), how)
		}
	}

	for variant, send := range map[string]func(context.Context, *spec.Client, *spec.Resource, spec.Asking) provision.Answer{
		"list": func(ctx context.Context, c *spec.Client, _ *spec.Resource, lacks spec.Asking) provision.Answer {
			return c.List(ctx, "/Groups", lacks)
		},
		"read": func(ctx context.Context, c *spec.Client, r *spec.Resource, lacks spec.Asking) provision.Answer {
			return c.Get(ctx, r, lacks)
		},
		"create": func(ctx context.Context, c *spec.Client, _ *spec.Resource, lacks spec.Asking) provision.Answer {
			return c.Post(ctx, "/Groups", c.Group("Reds", nil), lacks)
		},
		"replace": func(ctx context.Context, c *spec.Client, r *spec.Resource, lacks spec.Asking) provision.Answer {
			return c.Call(ctx, "PUT", r.Path, r.With(spec.With("members", []any{})), lacks)
		},
		"delete": func(ctx context.Context, c *spec.Client, r *spec.Resource, lacks spec.Asking) provision.Answer {
			return c.Call(ctx, "DELETE", r.Path, nil, lacks)
		},
	} {
		It("without a right token may not "+variant, spec.Clause("scim.auth.groups").In(variant), func(ctx SpecContext) {
			refused(ctx, func(client *spec.Client, rogues *spec.Resource, lacks spec.Asking) provision.Answer {
				return send(ctx, client, rogues, lacks)
			})
		})
	}

	It("without a right token changes no members", spec.Clause("scim.auth.group-change"), func(ctx SpecContext) {
		refused(ctx, func(client *spec.Client, rogues *spec.Resource, lacks spec.Asking) provision.Answer {
			return client.Call(ctx, "PATCH", rogues.Path, spec.PatchBody(spec.Remove("members")), lacks)
		})
	})
})

func lower(text string) string { return strings.ToLower(text) }
