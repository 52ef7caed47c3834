package spec

import (
	"context"
	"sync"

	"github.com/onsi/ginkgo/v2"

	"rollcall.example/simulator"
)

// SignInTogether signs people in at the same moment, each in a browser of their own:
// all of them have been at Okta before the first one's answer reaches the product.
// The same person may stand there twice.
func (o *Okta) SignInTogether(ctx context.Context, people ...*Person) []Visit {
	visits := make([]Visit, len(people))
	var ready, done sync.WaitGroup
	ready.Add(len(people))
	for i, p := range people {
		done.Go(func() {
			defer ginkgo.GinkgoRecover()
			arrive := sync.OnceFunc(ready.Done)
			defer arrive()
			visits[i] = o.SignInPosting(ctx, p, func(*simulator.Posting) error {
				arrive()
				ready.Wait()
				return nil
			})
		})
	}
	done.Wait()
	return visits
}

// Together does all of it at the same moment, and waits until all of it is done.
func Together(deeds ...func()) {
	var ready, done sync.WaitGroup
	ready.Add(len(deeds))
	for _, deed := range deeds {
		done.Go(func() {
			defer ginkgo.GinkgoRecover()
			ready.Done()
			ready.Wait()
			deed()
		})
	}
	done.Wait()
}
