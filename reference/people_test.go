package reference_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// crowd assigns as many people as there are.
func (w *world) crowd(size int) {
	w.t.Helper()
	for i := range size {
		w.assign(w.hire("Trooper", fmt.Sprintf("No%03d", i)))
	}
}

func TestHomeTellsOfNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.newHire("Han", "Solo")
	_, alone := w.get(m.client, "/organizations/acme")
	w.crowd(20)
	w.newHire("Lando", "Calrissian")
	status, body := w.get(m.client, "/organizations/acme")
	if status != http.StatusOK || len(body) != len(alone) {
		t.Errorf("%d: home has %d bytes alone and %d among others", status, len(alone), len(body))
	}
	if strings.Contains(body, "Trooper") || strings.Contains(body, "lando") || !strings.Contains(body, m.Email()) {
		t.Error("home is not about the visitor alone")
	}
}

func TestPeopleComeInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"})
	w.crowd(60)
	rows := func(query string) (int, string) {
		t.Helper()
		status, body := w.get(admin.client, "/organizations/acme/people"+query)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", query, status)
		}
		return strings.Count(body, `id="person-`), body
	}
	for _, c := range []struct {
		query string
		rows  int
		has   []string
	}{
		{"", 50, []string{"1–50 of 62", `href="/organizations/acme/people?page=1"`, "Ben Kenobi"}},
		{"?page=1", 12, []string{"51–62 of 62", `href="/organizations/acme/people" rel="prev"`, "No059"}},
		{"?page=2", 0, []string{"not that many people"}},
		{"?q=trooper", 50, []string{"1–50 of 60", `href="/organizations/acme/people?page=1&amp;q=trooper"`}},
		{"?q=NO059", 1, []string{"1–1 of 1", "Show all"}},
		{"?q=trooper.no01%30%40acme", 1, []string{"trooper.no010@acme.test"}},
		{"?q=nobody", 0, []string{"Nobody is called like that"}},
	} {
		n, body := rows(c.query)
		if n != c.rows {
			t.Errorf("%q shows %d people, want %d", c.query, n, c.rows)
		}
		for _, part := range c.has {
			if !strings.Contains(body, part) {
				t.Errorf("%q lacks %q", c.query, part)
			}
		}
	}
}

// TestAFormLeadsBackToItsPage posts the forms of a page of the directory.
func TestAFormLeadsBackToItsPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.newHire("Ben", "Kenobi", map[string]string{"admin": "true"})
	account := w.look(w.newHire("Rey", "Palpatine").Person).Accounts[0].ID
	_, body := w.get(admin.client, "/organizations/acme/people?q=acme+t%26st")
	if strings.Contains(body, account) {
		t.Fatal("a search for nobody finds somebody")
	}
	_, body = w.get(admin.client, "/organizations/acme/people?q=rey.p")
	form := "/organizations/acme/members/" + account + "/role?q=rey.p"
	if !strings.Contains(body, `action="`+form+`"`) {
		t.Errorf("there is no form that leads to %s", form)
	}
	for query, want := range map[string]string{
		"":                       "/organizations/acme/people",
		"?q=rey.p":               "/organizations/acme/people?q=rey.p",
		"?page=3&q=a%26b":        "/organizations/acme/people?page=3&q=a%26b",
		"?page=x&other=//evil":   "/organizations/acme/people",
		"?q=//evil.example&page": "/organizations/acme/people?q=%2F%2Fevil.example",
	} {
		status, answer := w.changeRole(admin.client, account, query)
		if status != http.StatusSeeOther || answer != want {
			t.Errorf("%q leads to %d %q, want %q", query, status, answer, want)
		}
	}
}

// changeRole posts the form that makes somebody a member, and says where it leads.
func (w *world) changeRole(client *http.Client, account, query string) (int, string) {
	w.t.Helper()
	address := w.server.URL + "/organizations/acme/members/" + account + "/role" + query
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, address, strings.NewReader("role=member"))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Origin", w.server.URL)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, _ := w.send(client, request)
	return answer.StatusCode, answer.Header.Get("Location")
}
