package spec

import (
	"context"
	"slices"
	"sync"

	"github.com/onsi/ginkgo/v2"

	"rollcall.example/simulator"
)

// SignInTogether signs people in at the same moment, each in a browser of their own:
// all of them have been at Okta before the first one's answer reaches the product.
// The same person may stand there twice.
func (o *Okta) SignInTogether(ctx context.Context, people ...*Person) []Visit {
	return o.signInAtOnce(ctx, people, func() {})
}

// SignInManyAlongside signs one person in n times, each time in another browser, while
// rival happens: all have been at Okta when their answers and rival set out at the same
// moment.
func (o *Okta) SignInManyAlongside(ctx context.Context, p *Person, n int, rival func()) []Visit {
	return o.signInAtOnce(ctx, slices.Repeat([]*Person{p}, n), rival)
}

func (o *Okta) signInAtOnce(ctx context.Context, people []*Person, rival func()) []Visit {
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
	done.Go(func() {
		defer ginkgo.GinkgoRecover()
		ready.Wait()
		rival()
	})
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
