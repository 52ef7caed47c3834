package verify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"rollcall.example/simulator/journal"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
)

// Discovered is what a SCIM endpoint was found to have and to lack, each feature with
// the reason in one line. Of scim.users it says nothing.
type Discovered struct {
	Has   map[string]string
	Lacks map[string]string
}

// Discover learns the features of SCIM where the target declares none: from what its
// first endpoint says of itself (RFC 7644 section 4) and, where that says nothing, by
// reads that change nothing. A feature that the target has already is only taken from
// it where the endpoint says that it lacks it. A target that declares its features is
// returned as it is. That discovery does not answer is no error: it is the reason why
// something is not judged.
//
// It is called when somebody is enrolled, since nothing can be read of nobody.
func Discover(ctx context.Context, t target.Target) (target.Target, error) {
	endpoint := t.Connection().SCIM
	if !t.Discover || endpoint.BaseURL == "" {
		return t, nil
	}
	live, err := target.Open(t)
	if err != nil {
		return t, err
	}
	defer live.Close()
	found, err := discover(ctx, live, endpoint)
	if err != nil {
		return t, live.Conceal(err)
	}
	return found.of(t), nil
}

// of is the target with what was found.
func (d Discovered) of(t target.Target) target.Target {
	t.Discover, t.Lacks = false, maps.Clone(d.Lacks)
	t.Features = slices.Clone(t.Features)
	for _, feature := range target.Features() {
		declared := slices.Contains(t.Features, feature)
		_, has := d.Has[feature]
		switch {
		case has && !declared:
			t.Features = append(t.Features, feature)
		case declared && d.denies(feature):
			t.Features = slices.DeleteFunc(t.Features, func(f string) bool { return f == feature })
		case declared:
			delete(t.Lacks, feature)
		}
	}
	return t
}

// denies says whether the endpoint itself says that it lacks the feature.
func (d Discovered) denies(feature string) bool {
	path, claimed := claims[feature]
	return claimed && d.Lacks[feature] == denial(path)
}

// discover asks an endpoint for everything that tells of features.
func discover(ctx context.Context, live *target.Live, endpoint target.SCIM) (Discovered, error) {
	client, err := caller(live, endpoint)
	if err != nil {
		return Discovered{}, err
	}
	l := &learner{
		ctx: ctx, live: live, client: client, at: endpoint.BaseURL,
		found: Discovered{Has: map[string]string{}, Lacks: map[string]string{}},
	}
	l.hear()
	l.try()
	for _, feature := range []string{target.SCIMDelete, target.SCIMMe} {
		l.lacks(feature, "nothing tells of it by asking: "+declareIt)
	}
	return l.found, nil
}

// declareIt is what to do about a feature that cannot be learned.
const declareIt = "declare it under features to have it judged"

// learner asks a SCIM endpoint what it has. It only reads.
type learner struct {
	ctx    context.Context
	live   *target.Live
	client *provision.Client
	at     string
	gone   error // why nothing answers any more
	found  Discovered
}

func (l *learner) has(feature, why string) { l.found.Has[feature] = l.line(why) }

func (l *learner) lacks(feature, why string) { l.found.Lacks[feature] = l.line(why) }

// known says whether it was learned already whether there is the feature.
func (l *learner) known(feature string) bool {
	return l.found.Has[feature] != "" || l.found.Lacks[feature] != ""
}

// longest is how long a reason may be, of which the product may have written a part.
const longest = 240

// line makes one line of a reason, without secrets.
func (l *learner) line(why string) string {
	text := []rune(report.OneLine(l.live.Redact(why)))
	if len(text) > longest {
		text = append(text[:longest], '…')
	}
	return string(text)
}

// ask sends one request that changes nothing. An endpoint that left us without an
// answer is not asked again.
func (l *learner) ask(method, path string, query provision.Query, body any) (provision.Answer, error) {
	if l.gone != nil {
		return provision.Answer{}, l.gone
	}
	ctx, cancel := target.WithPatience(l.ctx, ReachWithin)
	defer cancel()
	var asked any
	if query != nil {
		asked = query
	}
	answer, err := l.client.Do(ctx, method, path, asked, body)
	if err == nil {
		return answer, nil
	}
	if errors.Is(err, journal.ErrTooLong) {
		return answer, errors.New("its answer is too long to be read")
	}
	l.gone = explained(ctx, l.at, err)
	return answer, l.gone
}

// read asks for something and says in one line why it cannot be had, if it cannot.
func (l *learner) read(method, path string, query provision.Query, body any) (provision.Answer, string) {
	answer, err := l.ask(method, path, query, body)
	switch {
	case err != nil:
		return answer, err.Error()
	case !answer.OK():
		return answer, fmt.Sprintf("it answered %d %s", answer.Status, answer.Reason())
	}
	if trouble := target.Judge(answer); trouble != nil {
		return answer, trouble.Says
	}
	return answer, ""
}

// get is read with GET.
func (l *learner) get(path string, query ...provision.Parameter) (provision.Answer, string) {
	return l.read(http.MethodGet, path, query, nil)
}
