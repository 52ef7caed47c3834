package spec

import (
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"rollcall.example/fixtures"
)

// Where the product declares no groups for its usual connection, and nobody can found
// another one, the usual one is taken: it may have them all the same.
func TestGroupsAtTheUsualConnection(t *testing.T) {
	at := houseOf(t)
	at.Profile = fixtures.Profile{Name: "house", Keys: map[string]any{"scim_groups": "unsupported"}}
	ran := play(t, at, func(_ *Okta, product *Product) {
		ginkgo.It("is tried", Clause("door.open"), func(ctx ginkgo.SpecContext) {
			client, same := product.WithGroups(ctx)
			gomega.Expect(same).To(gomega.BeIdenticalTo(product))
			gomega.Expect(client.Connection()).To(gomega.Equal(at.Connections[0]))
		})
	})
	if s := ran["is tried"]; s.Failed() {
		t.Error(s.Failure.Message)
	}
}
