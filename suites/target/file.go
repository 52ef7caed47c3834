package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target/strict"
)

// file is a target file: what a person writes of a [Target].
type file struct {
	Version     fileVersion   `yaml:"version" read:"required"`
	Name        string        `yaml:"name"`
	Connections []Connection  `yaml:"connections" read:"required"`
	IdP         keptIdP       `yaml:"idp"`
	Probe       *ProbeConfig  `yaml:"probe"`
	Profile     chosenProfile `yaml:"profile"`
	Dialects    []string      `yaml:"dialects" read:"words=dialects"`
	Features    []string      `yaml:"features" read:"words=features"`
	Propagation time.Duration `yaml:"propagation"`
	Network     Network       `yaml:"network"`
}

// fileVersion is the version of the file's format.
type fileVersion int

// ReadYAML implements [strict.Reader].
func (v *fileVersion) ReadYAML(n strict.Node) {
	var version int
	n.Into(&version)
	if written, _ := n.Any(); version != 1 && fmt.Sprint(written) == strconv.Itoa(version) {
		n.Wrong("where it is a newer one, a newer Rollcall reads it", "this Rollcall reads version 1, and the file is of version %d", version)
	}
	*v = fileVersion(version)
}

// Load reads a target file. Everything that is wrong with it is one error of type
// [strict.Mistakes]: where it stands, the line, what was meant. Secrets are read
// from where the file says that they are; the context bounds the commands among
// them.
func Load(ctx context.Context, path string) (Target, error) {
	text, err := os.ReadFile(path)
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	if err != nil {
		return Target{}, fmt.Errorf("the target file %s cannot be read: %w", path, err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return Target{}, fmt.Errorf("the target file %s: %w", path, err)
	}
	return read(ctx, text, path, dir)
}

// Given reads the target that somebody named: the path of a target file, or a target
// as JSON, which one process hands to another.
func Given(ctx context.Context, text string) (Target, error) {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return Load(ctx, text)
	}
	var t Target
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, errors.New("the target is neither the path of a target file nor one in JSON")
	}
	return t, t.Check()
}

// Read reads the text of a target file whose relative paths start from dir.
func Read(ctx context.Context, text []byte, dir string) (Target, error) {
	return read(ctx, text, "target file", dir)
}

func read(ctx context.Context, text []byte, name, dir string) (Target, error) {
	var f file
	err := strict.Read(ctx, text, strict.Options{File: name, Dir: dir, Words: vocabulary(), Check: checkValue, Prefix: "target: "}, &f)
	if err != nil {
		return Target{}, err
	}
	t := f.target()
	if t.Probe != nil && t.Probe.Exec != nil && t.Probe.Exec.Dir == "" {
		t.Probe.Exec.Dir = dir
	}
	return t, t.Check()
}

// vocabulary are the words that a file may use where only some are known.
func vocabulary() map[string][]string {
	var dialects []string
	for _, d := range provision.Dialects() {
		dialects = append(dialects, string(d))
	}
	return map[string][]string{"dialects": dialects, "features": Features()}
}

// checkValue asks a part of the file whether it makes sense, where it can tell.
func checkValue(value any) error {
	if part, ok := value.(interface{ check() error }); ok {
		return part.check()
	}
	return nil
}

// hintOf is what an error advises.
func hintOf(err error) string {
	var advice interface{ Hint() string }
	if errors.As(err, &advice) {
		return advice.Hint()
	}
	return ""
}

// check says what the file as a whole lacks.
func (f *file) check() error {
	var errs []error
	if len(f.Connections) == 0 {
		errs = append(errs, strict.At("connections", errors.New("at least one tenant of the product is needed")))
	}
	for i, c := range f.Connections {
		c.complete(f.IdP.Okta)
		if err := c.checkIdentity(); err != nil {
			errs = append(errs, strict.At(fmt.Sprintf("connections[%d].saml", i), err))
		}
		if same := slices.IndexFunc(f.Connections[:i], c.sameTenant); same >= 0 {
			errs = append(errs, strict.At(fmt.Sprintf("connections[%d]", i), fmt.Errorf("it is the tenant of connections[%d] once more: the same base URL, and the same credentials", same)))
		}
	}
	if err := inTime(f.Propagation, f.Network.Deadline); err != nil {
		errs = append(errs, strict.At("propagation", err))
	}
	return errors.Join(errs...)
}

// sameTenant says whether another connection leads to the same tenant: who comes with the
// same credentials to the same address is let into the same.
func (c Connection) sameTenant(other Connection) bool {
	ours, theirs := c.SCIM.written(), other.SCIM.written()
	return c.SCIM.BaseURL != "" && strings.TrimRight(c.SCIM.BaseURL, "/") == strings.TrimRight(other.SCIM.BaseURL, "/") &&
		!ours.Empty() && reflect.DeepEqual(ours, theirs)
}

// written are the credentials in one form, whether they are simplified or not.
func (s SCIM) written() Auth {
	credentials := s.Credentials()
	token, rest := credentials.simplified()
	if rest == nil {
		return Auth{Bearer: token}
	}
	return *rest
}

// check says what a tenant lacks.
func (c *Connection) check() error {
	if c.SCIM.BaseURL == "" && c.SAML == (SAML{}) {
		return errors.New("a tenant has scim, saml or both")
	}
	return nil
}

func (s *SCIM) check() error {
	if s.Auth == nil || s.Auth.Empty() {
		return strict.At("auth", errors.New("without credentials no request gets in: add bearer, raw, basic, oauth2 or headers"))
	}
	if err := CheckSCIMBase(s.BaseURL); err != nil {
		return strict.At("base_url", err)
	}
	return nil
}

func (s *SAML) check() error {
	switch {
	case s.Metadata == "" && (s.EntityID == "" || s.ACS == ""):
		return errors.New("name sp_metadata, or else entity_id and acs")
	case s.Metadata == "" && s.WantsEncryption:
		return strict.At("wants_encrypted_assertions", errors.New("the key to encrypt for stands in the metadata: name sp_metadata"))
	case !s.Offered():
		return errors.New("nobody can sign in: name sign_in, or say idp_initiated: true")
	case s.SignOut != nil && s.SignOut.Method != "" && s.SignOut.Method != http.MethodGet && s.SignOut.Method != http.MethodPost:
		return strict.At("sign_out", errors.New("the method is GET or POST"))
	case s.WhoAmI != "" && s.SignedIn != nil:
		return strict.At("whoami", errors.New("it is short for signed_in, which is there too"))
	}
	return nil
}

func (d *Doors) check() error {
	if d.Team != "" && !strings.Contains(d.Team, "{team}") {
		return strict.At("team", errors.New("it needs {team} where the id of the team belongs"))
	}
	return nil
}

// target is the file as the rest of the program knows it.
func (f file) target() Target {
	t := Target{
		Name: f.Name, Connections: f.Connections, Probe: f.Probe, Profile: f.Profile.Profile,
		Dialects: f.Dialects, Propagation: f.Propagation, Network: f.Network, Discover: f.Features == nil,
	}
	if t.Profile.Name == "" {
		t.Profile = defaultProfile()
	}
	if len(t.Dialects) == 0 {
		t.Dialects = []string{string(provision.OIN)}
	}
	if t.Network.Timeout == 0 {
		t.Network.Timeout = DefaultTimeout
	}
	for i := range t.Connections {
		t.Connections[i].complete(f.IdP.Okta)
	}
	if t.Probe != nil && t.Probe.HTTP != nil {
		at := t.Probe.HTTP
		at.Token, at.Auth = at.Auth.simplified()
	}
	if t.Name == "" {
		t.Name = hostOf(t.Connection().Address())
	}
	t.Features = t.declared(f.Features)
	return t
}

// defaultProfile is what a target declares that declares nothing.
func defaultProfile() fixtures.Profile {
	p, err := fixtures.ReadProfile("two-layer")
	if err != nil {
		panic("target: the default profile is built in: " + err.Error())
	}
	return p
}

// complete fills in what the file leaves to us.
func (c *Connection) complete(kept *Okta) {
	c.SCIM.Token, c.SCIM.Auth = c.SCIM.Auth.simplified()
	if c.SAML.WhoAmI != "" {
		c.SAML.SignedIn, c.SAML.WhoAmI = &SignedIn{WhoAmI: &ByWhoAmI{URL: c.SAML.WhoAmI}}, ""
	}
	c.Okta = AnyOkta()
	if kept != nil {
		c.Okta = *kept
	}
}

// AnyOkta is the identity provider of a target that names none.
func AnyOkta() Okta {
	return Okta{Subdomain: "rollcall", App: "Rollcall", Key: "okta", Created: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}
}

// Address is where the connection leads to first.
func (c Connection) Address() string {
	for _, address := range []string{c.SCIM.BaseURL, c.SAML.SignIn, c.SAML.ACS, c.SAML.Metadata} {
		if strings.Contains(address, "://") {
			return address
		}
	}
	return ""
}

// declared are the features that the file lists and those that follow from what is
// in it. What a probe offers it says itself; see [Live.Learned].
func (t Target) declared(listed []string) []string {
	features := slices.Clone(listed)
	c := t.Connection()
	for feature, there := range map[string]bool{
		SCIMUsers:    c.SCIM.BaseURL != "",
		LookRecords:  c.SCIM.BaseURL != "" && t.Probe == nil,
		DoorAdmin:    c.Doors.Admin != "",
		DoorSettings: c.Doors.Settings != "",
		DoorTeam:     c.Doors.Team != "",
	} {
		if there {
			features = append(features, feature)
		}
	}
	for _, feature := range Features() {
		if t.follows(feature) {
			features = append(features, feature)
		}
	}
	return inOrder(features)
}

// inOrder are the features, each once, as [Features] lists them.
func inOrder(features []string) []string {
	return slices.DeleteFunc(Features(), func(f string) bool { return !slices.Contains(features, f) })
}
