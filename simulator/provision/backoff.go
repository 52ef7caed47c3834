package provision

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Waiting of a client that is told 429 Too Many Requests.
const (
	// firstWait is used where Retry-After does not give whole seconds.
	firstWait = 5 * time.Minute
	// maxAttempts counts the first one too.
	maxAttempts = 10
)

// Pause waits. It is where time comes in: on a tenant's virtual clock it moves
// the clock, in real time it really waits. It ends early with the context's error.
type Pause func(ctx context.Context, wait time.Duration) error

// Wait is a [Pause] in real time. What ended it early is the cause of the context's end.
func Wait(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// patient sends a request until the answer is something else than 429. The first
// wait is what the product asks for, each further one twice as long as the last.
//
// On a virtual clock these waits take no time at all, and would hammer a product that
// asks for some peace. They never do that to a real one: a transport that calls one,
// as the suite's does, waits in real time before a 429 gets as far as this, and
// returns an error, not the answer, once it has waited long enough. What is left to
// see here is a product of a test that answers 429 on purpose.
func (j *Jobs) patient(ctx context.Context, send func() (Answer, error)) (Answer, error) {
	var wait time.Duration
	for attempt := 1; ; attempt++ {
		answer, err := send()
		if errors.Is(err, errTimedOut) {
			// Okta gave up, which is the end of the job; nothing here is broken.
			return Answer{}, nil
		}
		if err != nil || answer.Status != http.StatusTooManyRequests || attempt == maxAttempts {
			return answer, err
		}
		if attempt == 1 {
			wait = retryAfter(answer.Header.Get("Retry-After"))
		} else {
			wait *= 2
		}
		if err := j.Pause(ctx, wait); err != nil {
			return answer, fmt.Errorf("waiting %s after 429 Too Many Requests: %w", wait, err)
		}
	}
}

// retryAfter reads whole seconds; a date or anything else counts as nothing.
func retryAfter(value string) time.Duration {
	seconds, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
	if err != nil {
		return firstWait
	}
	return time.Duration(seconds) * time.Second
}
