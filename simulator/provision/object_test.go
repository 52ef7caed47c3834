package provision_test

import (
	"testing"

	"rollcall.example/simulator/provision"
)

func TestWhatIsNoIDIsNamed(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct{ id, called, why string }{
		`{"id":"7"}`:       {id: "7", called: "7"},
		`{"id":7}`:         {called: "7", why: "its id is no text in JSON but 7 (RFC 7643 section 3.1)"},
		`{"id":[7]}`:       {why: "its id is no text in JSON but [7] (RFC 7643 section 3.1)"},
		`{"id":""}`:        {why: "its id is empty"},
		`{"id":null}`:      {why: "it has no id"},
		`{"userName":"x"}`: {why: "it has no id"},
	} {
		resource, err := provision.ParseObject([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if resource.ID() != want.id || resource.Called() != want.called {
			t.Errorf("%s: id %q, called %q", body, resource.ID(), resource.Called())
		}
		if want.why != "" && resource.NoID().Error() != want.why {
			t.Errorf("%s: %v", body, resource.NoID())
		}
	}
}
