package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestSeveralServeOneProduct starts three processes at once on one file or database that
// is not there yet, and provisions the same people through all of them together: each is
// there once, and what one process changes the others show at once. One that is killed
// takes nothing with it.
func TestSeveralServeOneProduct(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string]func(t *testing.T) []string{
		"in a file":     func(t *testing.T) []string { return []string{"--data", filepath.Join(t.TempDir(), "rollcall.db")} },
		"in a database": func(t *testing.T) []string { return []string{"--store", database(t).URL()} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			several := make([]*serving, 3)
			for i, where := 0, flags(t); i < len(several); i++ {
				several[i] = launch(t, where...)
			}
			for _, s := range several {
				s.wait(t)
				if s.SCIMToken != several[0].SCIMToken {
					t.Fatal("they founded more than one organization")
				}
			}
			for person := range 8 {
				provisionTogether(t, several, fmt.Sprintf("person%d@rivals.test", person))
			}
			if err := several[0].command.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			several[0].stopped = true
			_ = several[0].command.Wait()
			provisionTogether(t, several[1:], "late@rivals.test")
		})
	}
}

// provisionTogether creates somebody through all processes at once, deactivates them
// through the last and looks through each.
func provisionTogether(t *testing.T, several []*serving, userName string) {
	t.Helper()
	answers := make([]int, len(several))
	var wait sync.WaitGroup
	for i, s := range several {
		wait.Go(func() {
			body := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"active":true,"userName":"` + userName + `"}`
			answers[i], _ = s.scim(t, http.MethodPost, "/Users", body)
		})
	}
	wait.Wait()
	slices.Sort(answers)
	want := append([]int{http.StatusCreated}, slices.Repeat([]int{http.StatusConflict}, len(several)-1)...)
	if !slices.Equal(answers, want) {
		t.Fatalf("creating %s through all at once answered %v, want %v", userName, answers, want)
	}
	lookUp := `/Users?filter=userName+eq+"` + userName + `"`
	_, found := several[0].scim(t, http.MethodGet, strings.ReplaceAll(lookUp, `"`, "%22"), "")
	_, id, _ := strings.Cut(found, `"id":"`)
	id, _, _ = strings.Cut(id, `"`)
	status, body := several[len(several)-1].scim(t, http.MethodPatch, "/Users/"+id,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`)
	if status >= 300 {
		t.Fatalf("deactivating %s answered %d: %s", userName, status, body)
	}
	for i, s := range several {
		_, shown := s.scim(t, http.MethodGet, strings.ReplaceAll(lookUp, `"`, "%22"), "")
		if !strings.Contains(shown, `"totalResults":1`) || !strings.Contains(shown, `"active":false`) {
			t.Errorf("process %d shows %s", i, shown)
		}
	}
}

// scim sends a request to the SCIM endpoint of one process.
func (s *serving) scim(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.SCIMBaseURL+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	request.Header.Set("Authorization", "Bearer "+s.SCIMToken)
	request.Header.Set("Content-Type", "application/scim+json")
	return do(t, http.DefaultClient, request)
}
