package verify_test

import (
	"slices"
	"testing"

	"rollcall.example/suites/verify"
)

func TestUnread(t *testing.T) {
	t.Parallel()
	known := []string{"ROLLCALL_NO_SKIP", "ROLLCALL_ONLY", "ROLLCALL_SCIM_TOKEN", "ROLLCALL_SCIM_TOKEN_ENV"}
	var got []string
	for _, u := range verify.Unread([]string{
		"PATH=/bin", "ROLLCALL_SCIM_TOKN=secret", "ROLLCALL_ONLY=a=b", "ROLLCALL_NOSKIP=1", "ROLLCALL_QUARTERLY=x", "ROLLCALL_EMPTY=", "MY_ROLLCALL_ONLYY=1",
	}, known) {
		got = append(got, u.Name+": "+u.Hint())
	}
	want := []string{"ROLLCALL_NOSKIP: did you mean ROLLCALL_NO_SKIP?", "ROLLCALL_QUARTERLY: ", "ROLLCALL_SCIM_TOKN: did you mean ROLLCALL_SCIM_TOKEN?"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
