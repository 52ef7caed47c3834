package verify

import (
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// trials are the features that a read can show, in the order in which they are tried.
// The search and the projection stand in no ServiceProviderConfig. A trial returns why
// it did not work; empty where it did.
var trials = []struct {
	feature string
	try     func(*learner, sample) (failed string)
}{
	{target.SCIMProjection, (*learner).tryProjection},
	{target.SCIMSearch, (*learner).trySearch},
	{target.SCIMFilter, (*learner).tryFilter},
	{target.SCIMSort, (*learner).trySort},
	{target.SCIMETag, (*learner).tryETag},
	{target.SCIMCursor, (*learner).tryCursor},
	{target.SCIMGroups, (*learner).tryGroups},
}

func triable(feature string) bool {
	for _, t := range trials {
		if t.feature == feature {
			return true
		}
	}
	return false
}

// try learns by reads that change nothing what discovery did not tell.
func (l *learner) try() {
	shown, why := l.sample()
	for _, t := range trials {
		if l.known(t.feature) {
			continue
		}
		failed := why
		if failed == "" {
			failed = t.try(l, shown)
		}
		if failed == "" {
			l.has(t.feature, "it was tried, and works")
		} else {
			l.lacks(t.feature, "it was tried, as discovery does not tell of it: "+failed+"; "+declareIt)
		}
	}
}

// sample is what the endpoint shows of its users.
type sample struct {
	total int
	user  provision.Document // one of them; nil where nobody is shown
}

const nobody = "no user is shown to try it with"

// sample looks at the users, and makes sure that not everything is answered alike: an
// endpoint that finds something where nothing is cannot be believed.
func (l *learner) sample() (s sample, why string) {
	nowhere, err := l.ask(http.MethodGet, "/"+l.live.NoID(), nil, nil)
	switch {
	case err != nil:
		return s, err.Error()
	case nowhere.OK():
		return s, "the endpoint answers " + nowhere.Reason() + " even where nothing is"
	}
	s.total, s.user, why = l.first("/Users")
	return s, why
}

// first is how many resources a list says that there are, and the first of them.
func (l *learner) first(path string, query ...provision.Parameter) (total int, one provision.Document, why string) {
	return firstOf(l.get(path, append(query, provision.Parameter{Name: "count", Value: "1"})...))
}

func firstOf(answer provision.Answer, why string) (int, provision.Document, string) {
	if why != "" {
		return 0, nil, why
	}
	list, err := answer.List()
	if err != nil {
		return 0, nil, err.Error()
	}
	shown, err := answer.Documents()
	switch {
	case err != nil:
		return 0, nil, err.Error()
	case len(shown) == 0:
		return list.TotalResults, nil, ""
	}
	return list.TotalResults, shown[0], ""
}

// tryProjection asks for one attribute and sees whether others stay away.
func (l *learner) tryProjection(s sample) string {
	if s.user == nil {
		return nobody
	}
	_, one, why := l.first("/Users", provision.Parameter{Name: "attributes", Value: "userName"})
	switch {
	case why != "":
		return why
	case one.Text("userName") == "":
		return "it does not show what is asked for"
	case len(one) >= len(s.user):
		return "it shows more than is asked for"
	}
	return ""
}

// trySearch searches for one user. The guard knows a search for a read.
func (l *learner) trySearch(s sample) string {
	total, one, why := firstOf(l.read(http.MethodPost, "/Users/.search", nil, map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"},
		"attributes": []string{"userName"}, "startIndex": 1, "count": 1,
	}))
	switch {
	case why != "":
		return why
	case s.user == nil:
		return nobody
	case total == 0 || one.Text("userName") == "":
		return "it finds nobody"
	}
	return ""
}

// tryFilter asks for everybody and for nobody, in words beyond a comparison.
func (l *learner) tryFilter(s sample) string {
	if s.user == nil {
		return nobody
	}
	filter := func(text string) provision.Parameter { return provision.Parameter{Name: "filter", Value: text} }
	_, all, why := l.first("/Users", filter("userName pr"))
	if why != "" {
		return why
	}
	total, none, why := l.first("/Users", filter("not (userName pr)"))
	switch {
	case why != "":
		return why
	case all == nil:
		return "it leaves out who matches"
	case total != 0 || none != nil:
		return "it shows who does not match"
	}
	return ""
}

// trySort sees whether another is first where the order is turned round.
func (l *learner) trySort(s sample) string {
	if s.total < 2 || s.user == nil {
		return "too few users are shown to try it with"
	}
	var first [2]string
	for i, order := range []string{"ascending", "descending"} {
		_, one, why := l.first("/Users", provision.Parameter{Name: "sortBy", Value: "userName"}, provision.Parameter{Name: "sortOrder", Value: order})
		if why != "" {
			return why
		}
		first[i] = strings.ToLower(one.Text("userName"))
	}
	if first[0] >= first[1] {
		return "the order stays as it is"
	}
	return ""
}

// tryETag sees whether a user has a version, in itself and in the header: the header
// alone may come from a server that knows nothing of versions.
func (l *learner) tryETag(s sample) string {
	id := s.user.Text("id")
	if id == "" {
		return nobody
	}
	answer, why := l.get("/Users/" + url.PathEscape(id))
	if why != "" {
		return why
	}
	user, err := answer.Document()
	if err != nil {
		return err.Error()
	}
	if tag := answer.Header.Get("ETag"); tag == "" || user.Text("meta.version") != tag {
		return "a user shows no version"
	}
	return ""
}

// tryCursor asks for the first of several pages.
func (l *learner) tryCursor(s sample) string {
	if s.total < 2 {
		return "too few users are shown to try it with"
	}
	answer, why := l.get("/Users", provision.Parameter{Name: "cursor"}, provision.Parameter{Name: "count", Value: "1"})
	if why != "" {
		return why
	}
	page, err := answer.Document()
	switch {
	case err != nil:
		return err.Error()
	case page.Text("nextCursor") == "":
		return "it names no next cursor"
	}
	return ""
}

// tryGroups asks for groups.
func (l *learner) tryGroups(sample) string {
	_, _, why := l.first("/Groups")
	return why
}
