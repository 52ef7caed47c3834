package verify

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"rollcall.example/suites/target"
)

// speaks asks what the probe can do.
func (e *examiner) speaks() error {
	features, err := e.probe.Features(e.ctx)
	var version *target.VersionError
	if err != nil {
		e.gone = err
		if errors.As(err, &version) {
			e.gone = nil
			e.probe = nil
		}
		return err
	}
	e.report.Features = append(e.report.Features, features...)
	return nil
}

// claims looks at what the probe says that it can do.
func (e *examiner) claims() error {
	if e.probe == nil {
		return noContract
	}
	looks := false
	for i, feature := range e.report.Features {
		side, _, _ := strings.Cut(feature, ".")
		_, arranges := e.probe.(target.Arranger)
		_, organizes := e.probe.(target.Organizer)
		switch {
		case !slices.Contains(target.Features(), feature) || !slices.Contains([]string{"look", "arrange", "organization"}, side):
			return fmt.Errorf("there is no feature %q that a probe can have", feature)
		case slices.Contains(e.report.Features[:i], feature):
			return fmt.Errorf("it claims %s twice", feature)
		case side == "arrange" && !arranges:
			return fmt.Errorf("it claims %s and is no target.Arranger", feature)
		case side == "organization" && !organizes:
			return fmt.Errorf("it claims %s and is no target.Organizer", feature)
		}
		looks = looks || side == "look"
	}
	if !looks {
		return errors.New("it claims to show nothing: no feature begins with look")
	}
	return nil
}

const noContract = unchecked("it does not speak the contract")

// contract is the probe where it speaks the contract over a wire, without the guard.
func (e *examiner) contract() (*target.ContractProbe, error) {
	if e.probe == nil {
		return nil, noContract
	}
	probe, ok := e.bare.Probe().(*target.ContractProbe)
	if !ok {
		return nil, unchecked("the probe is no address and no command")
	}
	return probe, nil
}

// keepsOut comes with a wrong token, and with none.
func (e *examiner) keepsOut() error {
	if e.probe == nil {
		return noContract
	}
	at := e.live.Target.Probe.HTTP
	switch {
	case at == nil:
		return unchecked("only a probe over HTTP is asked for a token")
	case at.Token == "" && at.Auth == nil:
		return errors.New("it needs no token: whoever finds it sees and changes everything that it reaches")
	}
	client := &http.Client{
		Transport:     e.bare.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	look := map[string]any{"organization": e.org, "identifiers": stranger()}
	for what, probe := range map[string]*target.ContractProbe{
		"a wrong token": target.NewHTTPProbe(target.ProbeAddress{URL: at.URL, Token: "rollcall-" + uuid.NewString()}, client),
		"no token":      target.NewHTTPProbe(target.ProbeAddress{URL: at.URL, Auth: &target.Auth{}}, client),
	} {
		for path, body := range map[string]any{"/": nil, "/look": look} {
			method := http.MethodGet
			if body != nil {
				method = http.MethodPost
			}
			status, err := probe.Ask(e.ctx, method, path, body)
			if err != nil {
				return err
			}
			if status != http.StatusUnauthorized && status != http.StatusForbidden {
				return fmt.Errorf("with %s, %s %s is answered with a status of %s, and 401 belongs there", what, method, path, statusInWords(status))
			}
		}
	}
	return nil
}

func statusInWords(status int) string {
	if status == http.StatusOK {
		return "2xx"
	}
	return fmt.Sprint(status)
}

// stranger is known by names that nobody has.
func stranger() target.Identifiers {
	name := "nobody." + uuid.NewString() + "@rollcall.test"
	one := func(s string) []string { return []string{s} }
	return target.Identifiers{
		UserNames: one(name), Emails: one(name), NameIDs: one(name), ExternalIDs: one(uuid.NewString()),
		RecordIDs: one(uuid.NewString()), AccountIDs: one(uuid.NewString()),
	}
}

// saysNo asks for what the contract does not have, and in a way that it does not have.
func (e *examiner) saysNo() error {
	probe, err := e.contract()
	if err != nil {
		return err
	}
	for _, asked := range []struct {
		method, path string
		body         any
	}{
		{http.MethodGet, "/no-such-thing-" + uuid.NewString(), nil},
		{http.MethodPost, "/look", []string{"nonsense"}},
	} {
		status, err := probe.Ask(e.ctx, asked.method, asked.path, asked.body)
		switch {
		case err != nil:
			return err
		case status == http.StatusOK:
			return fmt.Errorf("it says yes to %s %s, which the contract does not have%s", asked.method, asked.path, nonsense(asked.body))
		}
	}
	return nil
}

func nonsense(body any) string {
	if body == nil {
		return ""
	}
	return " with the body [\"nonsense\"]"
}

// showsNobody looks for somebody who is not there.
func (e *examiner) showsNobody() error {
	if e.probe == nil {
		return noContract
	}
	view, err := e.look(stranger())
	if err != nil {
		return err
	}
	return somebody(view)
}

// showsNoneForNone looks for nobody in particular.
func (e *examiner) showsNoneForNone() error {
	if e.probe == nil {
		return noContract
	}
	view, err := e.look(target.Identifiers{})
	if err != nil {
		return err
	}
	return somebody(view)
}
