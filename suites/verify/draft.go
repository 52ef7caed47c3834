package verify

import (
	"bytes"
	"context"
	_ "embed" // the template
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/report"
	"rollcall.example/suites/target"
)

// Draft is a target file in the making: what somebody told of a product, and what
// the product says of itself when it is asked.
type Draft struct {
	Name       string
	SCIMURL    string // base URL; empty where SCIM is not offered
	TokenEnv   string // name of the variable with its token
	SPMetadata string // address or file; empty where sign-in is not offered
	SignIn     string // where sign-in starts at the product; empty where it does not, or nobody told
	WhoAmI     string // what tells who is in; empty where nobody told
	IdP        string // directory of the identity that the product trusts; empty for a public test key
	Schema     string // file of the JSON Schema; empty for none

	Learned Learned
}

// Learned is what a product said of itself.
type Learned struct {
	Asked     []string // what was asked, each with what came of it, one line each
	HasPatch  bool     // it says that it has PATCH
	NoPatch   bool     // it says that it has none
	Resources []string // names of its resource types
	Schemes   []string // authentication schemes that it names
	EntityID  string
	ACS       string
	Signed    bool      // it wants assertions signed
	Logout    bool      // it takes logout messages
	Features  []Feature // of SCIM, besides those of users, in the order of [target.Features]
}

// Feature is a feature that a product was found to have, or to lack, and why.
type Feature struct {
	Name string
	Has  bool
	Why  string
}

// Dialect is the one to drive the product in: it deactivates with PATCH only where
// there is one.
func (d Draft) Dialect() string {
	if d.Learned.NoPatch {
		return string(provision.AIW)
	}
	return string(provision.OIN)
}

// Check says what the draft lacks.
func (d Draft) Check() error {
	if d.SCIMURL == "" && d.SPMetadata == "" {
		return errors.New("nothing is known of the product yet: name its SCIM endpoint, its service provider's metadata, or both")
	}
	if d.SCIMURL != "" {
		if _, err := SCIMOnly(d.SCIMURL, "", nil); err != nil {
			return err
		}
	}
	for _, address := range []string{d.SignIn, d.WhoAmI} {
		if parsed, err := url.Parse(address); err != nil || address != "" && (parsed.Host == "" || parsed.User != nil) {
			return fmt.Errorf("%q is not an address that a browser can open", address)
		}
	}
	return nil
}

// Within is the draft as it stands in a file of the directory: the path of metadata
// is taken from there.
func (d Draft) Within(dir string) Draft {
	if d.SPMetadata == "" || strings.Contains(d.SPMetadata, "://") || filepath.IsAbs(d.SPMetadata) {
		return d
	}
	from, err := filepath.Abs(dir)
	if err != nil {
		return d
	}
	to, err := filepath.Abs(d.SPMetadata)
	if err != nil {
		return d
	}
	if relative, err := filepath.Rel(from, to); err == nil {
		d.SPMetadata = filepath.ToSlash(relative)
	}
	return d
}

// Ask asks the product what it can. What does not answer is noted, and no error: the
// draft then says what was told.
func (d *Draft) Ask(ctx context.Context) {
	asked, err := SCIMOnly(orElse(d.SCIMURL, "http://localhost"), strings.TrimRight(os.Getenv(d.TokenEnv), "\r\n"), nil)
	if err != nil {
		return
	}
	live, err := target.Open(asked)
	if err != nil {
		return
	}
	defer live.Close()
	if d.SCIMURL != "" {
		d.askSCIM(ctx, live, asked.Connection().SCIM)
	}
	if d.SPMetadata != "" {
		d.askMetadata(ctx, live)
	}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (d *Draft) note(what, came string) {
	d.Learned.Asked = append(d.Learned.Asked, what+": "+came)
}

func (d *Draft) askSCIM(ctx context.Context, live *target.Live, at target.SCIM) {
	if at.Token == "" {
		d.note("the SCIM endpoint", "not asked, as the variable "+d.TokenEnv+" is not set")
		return
	}
	for _, ask := range []struct {
		what string
		of   func(context.Context, *target.Live, target.SCIM) (string, error)
	}{{"ServiceProviderConfig", d.askClaims}, {"ResourceTypes", d.askResources}} {
		asking, cancel := target.WithPatience(ctx, ReachWithin)
		came, err := ask.of(asking, live, at)
		if err != nil {
			came = explained(asking, at.BaseURL, err).Error()
		}
		cancel()
		d.note(ask.what, came)
		if isTrouble(err) {
			return
		}
	}
	d.askFeatures(ctx, live, at)
}

// askFeatures notes the features that the endpoint has besides PATCH and DELETE.
func (d *Draft) askFeatures(ctx context.Context, live *target.Live, at target.SCIM) {
	found, err := discover(ctx, live, at)
	if err != nil {
		return
	}
	for _, name := range target.Features() {
		has, lacks := found.Has[name], found.Lacks[name]
		if name != target.SCIMPatch && name != target.SCIMDelete && has+lacks != "" {
			d.Learned.Features = append(d.Learned.Features, Feature{name, has != "", has + lacks})
		}
	}
}

// Declares says whether there is any feature to list.
func (l Learned) Declares() bool {
	return l.HasPatch || l.Logout || slices.ContainsFunc(l.Features, func(f Feature) bool { return f.Has })
}

// isTrouble says whether asking for more is in vain.
func isTrouble(err error) bool {
	var trouble *target.Trouble
	return errors.As(err, &trouble)
}

func (d *Draft) askClaims(ctx context.Context, live *target.Live, at target.SCIM) (string, error) {
	says, err := claimsOf(ctx, live, at)
	if err != nil {
		return "", err
	}
	d.Learned.HasPatch, d.Learned.NoPatch = says.Patch.Supported, !says.Patch.Supported
	for _, scheme := range says.Schemes {
		d.Learned.Schemes = append(d.Learned.Schemes, plainWord(scheme.Type))
	}
	if d.Learned.HasPatch {
		return "it has PATCH", nil
	}
	return "it has no PATCH", nil
}

func (d *Draft) askResources(ctx context.Context, live *target.Live, at target.SCIM) (string, error) {
	client, err := caller(live, at)
	if err != nil {
		return "", err
	}
	answer, err := client.Do(ctx, http.MethodGet, "/ResourceTypes", nil, nil)
	if err != nil {
		return "", err
	}
	var types struct {
		Resources []struct {
			Name string `json:"name"`
		} `json:"Resources"`
	}
	if readable := json.Unmarshal(answer.Body, &types) == nil; !readable || !answer.OK() || len(types.Resources) == 0 {
		return fmt.Sprintf("answered %d %s, and no list of types", answer.Status, answer.Reason()), nil
	}
	for _, one := range types.Resources {
		d.Learned.Resources = append(d.Learned.Resources, plainWord(one.Name))
	}
	return strings.Join(d.Learned.Resources, ", "), nil
}

func (d *Draft) askMetadata(ctx context.Context, live *target.Live) {
	ctx, cancel := target.WithPatience(ctx, ReachWithin)
	defer cancel()
	read, err := live.SPMetadata(ctx, target.Connection{SAML: target.SAML{Metadata: d.SPMetadata}})
	if err != nil {
		d.note("SP metadata", explained(ctx, d.SPMetadata, err).Error())
		return
	}
	d.Learned.EntityID, d.Learned.ACS, d.Learned.Signed = read.EntityID, read.PostACS(), read.WantAssertionsSigned
	d.Learned.Logout = len(read.SLO) > 0
	d.note("SP metadata", report.OneLine(read.EntityID)+" takes responses at "+report.OneLine(read.PostACS()))
}

// plainWord is what a product calls something, fit for a comment.
func plainWord(text string) string {
	text = report.OneLine(text)
	return strings.ToValidUTF8(text[:min(len(text), 40)], "")
}

//go:embed draft.yaml.tmpl
var draftText string

var draftTemplate = template.Must(template.New("target file").Funcs(template.FuncMap{
	"scalar": scalar, "join": strings.Join, "comment": report.OneLine,
}).Parse(draftText))

var plainScalar = regexp.MustCompile(`^[A-Za-z./][A-Za-z0-9./:_?&=~+%-]*$`)

// scalar is a text as YAML takes it.
func scalar(text string) string {
	if plainScalar.MatchString(text) && !strings.HasSuffix(text, ":") {
		return text
	}
	return strconv.Quote(text)
}

// Text is the target file, with comments.
func (d Draft) Text() ([]byte, error) {
	var text bytes.Buffer
	if err := draftTemplate.Execute(&text, d); err != nil {
		return nil, fmt.Errorf("writing the target file: %w", err)
	}
	return text.Bytes(), nil
}
