package load

import (
	"errors"
	"fmt"
	"time"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// Options say what to load a product with.
type Options struct {
	Target      target.Target
	People      int           // how many; at least 1
	Groups      int           // how many; 0 for none
	Concurrency int           // requests at a time; at least 1
	Duration    time.Duration // of the mix that follows; 0 for none
	Rate        float64       // requests a second, scheduled; 0 for as many as are answered
	// MaxErrorRate is how large a share of the requests may fail; 0 for none.
	MaxErrorRate float64
	// MaxP99 is the longest that the 99th percentile of any operation may be; 0 for
	// any.
	MaxP99 time.Duration
	// IOwnThis says that the product is the caller's to change, which one on another
	// machine needs.
	IOwnThis bool
	Ledger   string // file; empty for one in [target.LedgerDirectory]
	Tool     Tool
	// Progress is called a few times a second; nil for not at all.
	Progress func(Progress)
}

// Progress is how far a run has come.
type Progress struct {
	Phase     string
	Done      int // steps of the phase
	Total     int // 0 where it goes by time
	Requests  int64
	Errors    int64
	PerSecond float64 // requests, lately
	Elapsed   time.Duration
}

// Check says what is wrong with the options before anything is sent.
func (o Options) Check() error {
	limit := o.Target.Network.RequestsPerSecond
	switch {
	case o.People < 1:
		return fmt.Errorf("--users is how many people to make, and %d is none", o.People)
	case o.Groups < 0:
		return fmt.Errorf("--groups is how many groups to push, and it cannot be %d", o.Groups)
	case o.Concurrency < 1:
		return fmt.Errorf("--concurrency is how many requests to send at a time, and %d is none", o.Concurrency)
	case o.Duration < 0:
		return fmt.Errorf("--duration cannot be %v", o.Duration)
	case o.Rate < 0:
		return fmt.Errorf("--rate is requests a second, and it cannot be %g", o.Rate)
	case o.MaxErrorRate < 0 || o.MaxErrorRate > 1:
		return fmt.Errorf("--max-error-rate is a share between 0 and 1, and %g is none", o.MaxErrorRate)
	case o.MaxP99 < 0:
		return fmt.Errorf("--max-p99 cannot be %v", o.MaxP99)
	case limit > 0 && o.Rate > limit:
		return fmt.Errorf("--rate %g is more than the target file allows (requests_per_second %g)", o.Rate, limit)
	case o.Target.Connection().SCIM.BaseURL == "":
		return errors.New("the target has no SCIM endpoint to load")
	}
	_, err := o.dialect()
	return err
}

// dialect is the first one that the target is to be driven in.
func (o Options) dialect() (provision.Dialect, error) {
	if len(o.Target.Dialects) == 0 {
		return provision.OIN, nil
	}
	return provision.ParseDialect(o.Target.Dialects[0])
}

// workers is how many requests are under way at a time: no more than the target file
// allows.
func (o Options) workers() int {
	if limit := o.Target.Network.Concurrency; limit > 0 {
		return min(o.Concurrency, limit)
	}
	return o.Concurrency
}
