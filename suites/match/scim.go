package match

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/onsi/gomega/types"

	"rollcall.example/simulator/provision"
)

// answered is a matcher over what a SCIM endpoint answered.
type answered struct {
	expected string
	holds    func(provision.Answer) bool
}

// Match implements Gomega's matcher.
func (a answered) Match(actual any) (bool, error) {
	answer, ok := actual.(provision.Answer)
	if !ok {
		return false, fmt.Errorf("this matcher takes what okta.Call or client.Call returns, not %T", actual)
	}
	return a.holds(answer), nil
}

// FailureMessage implements Gomega's matcher.
func (a answered) FailureMessage(actual any) string {
	return message(a.expected, answerInWords(actual))
}

// NegatedFailureMessage implements Gomega's matcher.
func (a answered) NegatedFailureMessage(actual any) string {
	return message("not "+a.expected, answerInWords(actual))
}

// String is what is expected, for a matcher that is made of others.
func (a answered) String() string { return a.expected }

func answerInWords(actual any) string {
	answer, ok := actual.(provision.Answer)
	if !ok {
		return fmt.Sprint(actual)
	}
	text := fmt.Sprintf("%d %s", answer.Status, http.StatusText(answer.Status))
	if kind := answer.Header.Get("Content-Type"); kind != "" {
		text += ", " + kind
	}
	if len(answer.Body) == 0 {
		return text + ", no body"
	}
	return text + ": " + onOneLine(answer.Body[:min(len(answer.Body), 400)])
}

// onOneLine makes text of one line of whatever a body holds, or a piece of it.
func onOneLine(body []byte) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(body), "\uFFFD")), " ")
}

// HaveStatus holds for an answer with one of these HTTP statuses.
func HaveStatus(permitted ...int) types.GomegaMatcher {
	words := make([]string, len(permitted))
	for i, status := range permitted {
		words[i] = strconv.Itoa(status)
	}
	return answered{"status " + strings.Join(words, " or "), func(a provision.Answer) bool {
		for _, status := range permitted {
			if a.Status == status {
				return true
			}
		}
		return false
	}}
}

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

// BeSCIMError holds for an answer with this status and a SCIM error body that
// says the same (RFC 7644 section 3.12). An empty scimType is not compared.
func BeSCIMError(status int, scimType string) types.GomegaMatcher {
	expected := fmt.Sprintf("a SCIM error with status %d", status)
	if scimType != "" {
		expected += " and scimType " + scimType
	}
	return answered{expected, func(a provision.Answer) bool {
		said, ok := errorBody(a)
		return ok && a.Status == status && said.Status == strconv.Itoa(status) && (scimType == "" || said.Type == scimType)
	}}
}

// BeRefusedOverSCIM holds for a 4xx or 501 with a SCIM error body.
func BeRefusedOverSCIM() types.GomegaMatcher {
	return answered{"a refusal (4xx or 501) with a SCIM error body", func(a provision.Answer) bool {
		_, ok := errorBody(a)
		return ok && (a.Status/100 == 4 || a.Status == http.StatusNotImplemented)
	}}
}

type scimError struct {
	Schemas []string `json:"schemas"`
	Status  string   `json:"status"`
	Type    string   `json:"scimType"`
	Detail  string   `json:"detail"`
}

func errorBody(a provision.Answer) (scimError, bool) {
	var said scimError
	err := json.Unmarshal(a.Body, &said)
	return said, err == nil && len(said.Schemas) == 1 && said.Schemas[0] == errorSchema
}

// ShowUser holds for an answer of one user, with this user name and an id (RFC 7644
// section 3.4.1).
func ShowUser(userName string) types.GomegaMatcher {
	return answered{"the user " + userName, func(a provision.Answer) bool {
		user, err := a.Resource()
		return a.OK() && err == nil && user.Text("id") != "" && strings.EqualFold(user.Text("userName"), userName)
	}}
}

// ListUsers holds for a well-formed list of exactly n users (RFC 7644 section 3.4.2).
func ListUsers(n int) types.GomegaMatcher {
	return answered{fmt.Sprintf("a list of %d users", n), func(a provision.Answer) bool {
		list, err := a.List()
		return a.Status == http.StatusOK && err == nil && list.TotalResults == n && len(list.Resources) == n
	}}
}

// ListOnly holds for a list of exactly one user, with this user name.
func ListOnly(userName string) types.GomegaMatcher {
	return answered{"a list of only " + userName, func(a provision.Answer) bool {
		list, err := a.List()
		return a.Status == http.StatusOK && err == nil && list.TotalResults == 1 && len(list.Resources) == 1 &&
			strings.EqualFold(list.Resources[0].Text("userName"), userName)
	}}
}

// ListInactive holds for a list of exactly one user, with this user name and
// active false.
func ListInactive(userName string) types.GomegaMatcher {
	return answered{"a list of only " + userName + ", inactive", func(a provision.Answer) bool {
		list, err := a.List()
		return a.Status == http.StatusOK && err == nil && list.TotalResults == 1 && len(list.Resources) == 1 &&
			strings.EqualFold(list.Resources[0].Text("userName"), userName) && list.Resources[0].Inactive()
	}}
}
