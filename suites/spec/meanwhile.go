package spec

import (
	"context"
	"sync"

	"github.com/onsi/ginkgo/v2"

	"rollcall.example/simulator"
)

// SignInAfter signs somebody in and lets meanwhile happen while they are at Okta:
// the product has sent them there, Okta has answered, and the answer reaches the
// product only when meanwhile is done.
func (o *Okta) SignInAfter(ctx context.Context, p *Person, meanwhile func()) Visit {
	return o.SignInPosting(ctx, p, func(*simulator.Posting) error {
		meanwhile()
		return nil
	})
}

// SignInAlongside signs somebody in while rival happens: Okta's answer and rival set
// out at the same moment, and which of them is first is for the product to sort out.
func (o *Okta) SignInAlongside(ctx context.Context, p *Person, rival func()) Visit {
	var other sync.WaitGroup
	defer other.Wait()
	return o.SignInPosting(ctx, p, func(*simulator.Posting) error {
		other.Go(func() {
			defer ginkgo.GinkgoRecover()
			rival()
		})
		return nil
	})
}
