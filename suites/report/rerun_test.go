package report

import "testing"

// What is printed to run again is one command in a shell, whatever things are called.
func TestRerunIsOneCommand(t *testing.T) {
	t.Parallel()
	with := Configuration{Command: "rollcall", Target: "our targets/it's.yaml", SCIMURL: "https://acme.test/scim?a=b&c", Propagation: "2s"}
	want := `rollcall verify --only 'door.open[oin]' --target 'our targets/it'\''s.yaml' --scim-url 'https://acme.test/scim?a=b&c' --propagation 2s`
	if got := rerun(Spec{ID: "door.open", Variant: "oin"}, with); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
