package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// targetFlags say which product is meant, and overrule what its file says.
type targetFlags struct {
	file        string
	scimURL     string
	tokenEnv    string
	profile     string
	propagation string
	dialects    []string
}

func (f *targetFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.file, "target", "", "the product is described in this `file`; see rollcall init")
	flags.StringVar(&f.scimURL, "scim-url", "", "the product's SCIM endpoint has this base `URL`")
	flags.StringVar(&f.tokenEnv, "scim-token-env", "", "name of the environment `variable` that holds its token")
	flags.StringVar(&f.profile, "profile", "", "the product declares the `profile` of this name, or in this file")
	flags.StringVar(&f.propagation, "propagation", "", "what happened shows within this `duration`, as 2s")
	flags.StringArrayVar(&f.dialects, "dialect", nil, "drive the product only in this `dialect` of Okta's; repeatable")
	complete(c, "dialect", dialects)
	complete(c, "profile", fixtures.ProfileNames)
}

// somebodys says whether a product is named that is not the bundled reference.
func (f targetFlags) somebodys() bool { return f.file != "" || f.scimURL != "" }

// namedBy is the flag that names the product.
func (f targetFlags) namedBy() string {
	if f.file != "" {
		return "--target"
	}
	return "--scim-url"
}

// path is where the target file is; empty where the target came as JSON, secrets and
// all, from another process.
func (f targetFlags) path() string {
	if strings.HasPrefix(strings.TrimSpace(f.file), "{") {
		return ""
	}
	return f.file
}

// check looks at what the flags say before anything is read.
func (f targetFlags) check() error {
	for _, dialect := range f.dialects {
		if !slices.Contains(dialects(), dialect) {
			return verify.NewUnknown("dialect", dialect, dialects())
		}
	}
	if _, err := f.bound(); err != nil {
		return err
	}
	switch {
	case !f.somebodys() && f.tokenEnv != "":
		return hinted(errors.New("--scim-token-env says nothing without --scim-url"), "name the endpoint with --scim-url")
	case f.file == "" && f.scimURL != "" && f.tokenEnv == "":
		return hinted(errors.New("--scim-url needs a token to come in with"), "put it into an environment variable and name that with --scim-token-env")
	}
	_, err := f.token()
	return err
}

// token is what the flag's environment variable holds, empty where no flag names one.
func (f targetFlags) token() (string, error) {
	if f.tokenEnv == "" {
		return "", nil
	}
	return tokenIn(f.tokenEnv)
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// tokenIn reads a token out of the environment variable of that name, without the line's
// end that often comes with it. What is wrong is told without the token, nor what
// stands where its name should: that may be the token itself.
func tokenIn(variable string) (string, error) {
	if !variableName.MatchString(variable) {
		return "", hinted(errors.New("--scim-token-env is not the name of an environment variable"), "write the name of the variable, not what it holds")
	}
	token := strings.TrimRight(os.Getenv(variable), "\r\n")
	scheme, _, isCredentials := strings.Cut(token, " ")
	switch {
	case token == "":
		return "", fmt.Errorf("the environment variable %s (--scim-token-env) is empty", variable)
	case strings.ContainsAny(token, "\r\n"):
		return "", hinted(fmt.Errorf("the environment variable %s (--scim-token-env) holds more than one line", variable), "it must hold the token and nothing else")
	case isCredentials && strings.EqualFold(scheme, "Bearer"):
		return "", hinted(fmt.Errorf("the environment variable %s (--scim-token-env) begins with %q", variable, scheme), "it must hold the token alone; the word before it is added")
	}
	return token, nil
}

// bound is what --propagation says; negative where it says nothing.
func (f targetFlags) bound() (time.Duration, error) {
	if f.propagation == "" {
		return -1, nil
	}
	bound, err := time.ParseDuration(f.propagation)
	if err != nil || bound < 0 {
		return 0, hinted(fmt.Errorf("--propagation is a duration, and %q is none", f.propagation), "write it with its unit, as 500ms or 2s")
	}
	return bound, nil
}

// load reads the target that the flags name, and lets them overrule it.
func (f targetFlags) load(ctx context.Context) (target.Target, error) {
	t, err := f.described(ctx)
	if err != nil {
		return t, err
	}
	if len(f.dialects) > 0 {
		t.Dialects = f.dialects
	}
	return f.overrule(t)
}

// described is the target of the file, of the address alone, or of both.
func (f targetFlags) described(ctx context.Context) (target.Target, error) {
	token, err := f.token()
	if err != nil {
		return target.Target{}, err
	}
	if f.file == "" {
		return verify.SCIMOnly(f.scimURL, token, []string{string(provision.OIN)})
	}
	t, err := target.Given(ctx, f.file)
	if err != nil {
		return t, err
	}
	first := &t.Connections[0]
	if f.scimURL != "" {
		if _, err := verify.SCIMOnly(f.scimURL, token, nil); err != nil {
			return t, err
		}
		first.SCIM.BaseURL = f.scimURL
	}
	if f.tokenEnv != "" {
		first.SCIM.Token, first.SCIM.Auth = token, nil
	}
	return t, nil
}

// overrule changes what of any target a flag can change.
func (f targetFlags) overrule(t target.Target) (target.Target, error) {
	if f.profile != "" {
		declared, err := fixtures.LoadProfile(f.profile)
		if err != nil {
			return t, err
		}
		t.Profile = declared
	}
	if bound, err := f.bound(); err == nil && bound >= 0 {
		t.Propagation = bound
	}
	return t, nil
}
