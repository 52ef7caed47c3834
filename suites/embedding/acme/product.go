// Package acme says how Rollcall reaches Acme CI, a product whose tests embed it.
package acme

import (
	"context"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/target"
)

// Start starts Acme CI on a free port of loopback and says where it is. It is the
// product that comes with Rollcall under another name; put your own in its place,
// and fill the target in by hand or with target.Load.
func Start(ctx context.Context) (at target.Target, stop func() error, err error) {
	product, err := bundled.Start(ctx, bundled.Options{})
	if err != nil {
		return target.Target{}, nil, err
	}
	at = product.Target
	at.Name = "Acme CI"
	return at, product.Close, nil
}
