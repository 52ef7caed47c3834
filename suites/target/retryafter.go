package target

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter is how long to wait before the next sending. Retry-After holds whole
// seconds or a date (RFC 9110 section 10.2.3); without one, or with one that is no
// such thing, each wait is twice as long as the last. A date that is past asks for
// none, which we take for the shortest wait: a product whose clock is behind must
// not be asked again at once.
func retryAfter(value string, now time.Time, sends int) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return max(time.Duration(seconds)*time.Second, firstWait)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), firstWait)
	}
	return firstWait << (sends - 1)
}
