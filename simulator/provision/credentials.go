package provision

import (
	"context"
	"fmt"
	"net/http"
)

// GroupsCheck is what the second request of a credentials test counts for. Okta
// asks for groups whether the product has them or not, and nothing documents what
// it makes of a refusal.
type GroupsCheck int

const (
	// GroupsTolerated sends the request and accepts 404 and 501: a product without
	// groups is sound. This is the default.
	GroupsTolerated GroupsCheck = iota
	// GroupsRequired sends it and accepts nothing but a list.
	GroupsRequired
	// GroupsSkipped does not send it.
	GroupsSkipped
)

// TestCredentials does what the button "Test API Credentials" does: it asks for
// two users and a hundred groups and sees whether lists come back. It changes
// nothing in the product.
func (j *Jobs) TestCredentials(ctx context.Context, groups GroupsCheck) (Result, error) {
	var result Result
	if err := j.checkList(ctx, "/Users", 2, nil, &result); err != nil || result.Problem != nil {
		return result, err
	}
	switch groups {
	case GroupsTolerated:
		return result, j.checkList(ctx, "/Groups", 100, []int{http.StatusNotFound, http.StatusNotImplemented}, &result)
	case GroupsRequired:
		return result, j.checkList(ctx, "/Groups", 100, nil, &result)
	}
	return result, nil
}

func (j *Jobs) checkList(ctx context.Context, path string, count int, tolerated []int, result *Result) error {
	query := Query{{"startIndex", "1"}, {"count", fmt.Sprint(count)}}
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.Do(ctx, http.MethodGet, path, query, nil) })
	if err != nil {
		return err
	}
	for _, status := range tolerated {
		if answer.Status == status {
			result.note("the product has no %s (%d), which a test of credentials does not mind", path, status)
			return nil
		}
	}
	if !answer.OK() {
		result.Problem = refused(KindCredentials, phaseConnect, answer)
		return nil
	}
	if _, err := answer.List(); err != nil {
		result.Problem = unreadable(KindCredentials, phaseConnect, answer, err)
	}
	return nil
}
