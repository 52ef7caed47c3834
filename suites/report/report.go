package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"rollcall.example/fixtures"
)

// Schema names the version of the report's format. What reads a report refuses
// one whose schema it does not know.
const Schema = "rollcall.report/v1"

// SuiteVersion is the version of the suite: of its requirements and what they
// ask. It moves when the catalogue does; the tool has a version of its own.
const SuiteVersion = "1"

// Report is the outcome of one run.
type Report struct {
	Schema        string        `json:"schema"`
	Tool          Tool          `json:"tool"`
	Suite         Suite         `json:"suite"`
	Profile       string        `json:"profile"` // the behaviour that the target declared
	Target        Target        `json:"target"`
	Configuration Configuration `json:"configuration"`
	Seed          int64         `json:"seed"` // the order of specs follows from it
	Started       time.Time     `json:"started"`
	Seconds       float64       `json:"seconds"`
	Partial       bool          `json:"partial,omitempty"`     // the run was stopped before every spec had its turn
	Interrupted   bool          `json:"interrupted,omitempty"` // it was stopped by a person
	Left          []string      `json:"left,omitempty"`        // what the run made at the product and could not clear away, and why
	Summary       Summary       `json:"summary"`
	Requirements  []Requirement `json:"requirements"` // sorted by id
	Specs         []Spec        `json:"specs"`        // sorted by id and variant
}

// Tool is the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Suite is the suite that was run.
type Suite struct {
	Version string `json:"version"`
}

// Target is the product that was judged, without its secrets.
type Target struct {
	Name        string       `json:"name"`
	Connections []Connection `json:"connections"`
	Probe       string       `json:"probe,omitempty"` // address of the probe
	Dialects    []string     `json:"dialects"`
	Features    []string     `json:"features"`
}

// Connection is one tenant of the target.
type Connection struct {
	SCIM   string `json:"scim,omitempty"`    // base URL
	SignIn string `json:"sign_in,omitempty"` // where a person starts
}

// Configuration is what was asked of the run.
type Configuration struct {
	Only        []string `json:"only,omitempty"`
	LabelFilter string   `json:"label_filter,omitempty"`
	Dialects    []string `json:"dialects,omitempty"`
	Defect      string   `json:"defect,omitempty"`         // built into the bundled reference
	SCIMURL     string   `json:"scim_url,omitempty"`       // the target, where it is no more than a SCIM endpoint
	TokenEnv    string   `json:"scim_token_env,omitempty"` // name of the variable with its token
	Complete    bool     `json:"complete"`                 // unobserved MUSTs fail the run
	ReadOnly    bool     `json:"read_only,omitempty"`      // nothing that changes the product was sent
}

// Requirement is an entry of the catalogue with the worst verdict of its specs.
// One of which no spec ran is listed only if the catalogue calls it untested.
type Requirement struct {
	ID      string  `json:"id"`
	Verdict Verdict `json:"verdict"`
	Gates   bool    `json:"gates"` // it binds this target: breaking it is not conformant
	Level   string  `json:"level"`
	Basis   string  `json:"basis"`
	Text    string  `json:"text"`
	Source  string  `json:"source"` // document and section
	Link    string  `json:"link,omitempty"`
	Reason  string  `json:"reason,omitempty"` // why it is untested
}

// Spec is one proof of a requirement. Its key is the id, or id[variant].
type Spec struct {
	ID        string     `json:"id"`
	Variant   string     `json:"variant,omitempty"`
	Title     string     `json:"title"`
	Section   string     `json:"section"`
	Level     string     `json:"level"`
	Basis     string     `json:"basis"`
	Verdict   Verdict    `json:"verdict"`
	Reason    string     `json:"reason,omitempty"` // why there is no plain pass or fail
	Seconds   float64    `json:"seconds"`
	Expected  string     `json:"expected,omitempty"`
	Actual    string     `json:"actual,omitempty"`
	Tasks     []string   `json:"tasks,omitempty"`     // what the product refused, in Okta's words
	Remarks   []string   `json:"remarks,omitempty"`   // what a reader should know though it is no failure
	Exchanges []Exchange `json:"exchanges,omitempty"` // what went over the wire, secrets blanked
}

// Key identifies the spec: its id, or id[variant].
func (s Spec) Key() string {
	if s.Variant == "" {
		return s.ID
	}
	return s.ID + "[" + s.Variant + "]"
}

// Requirement returns the entry with the given id.
func (r Report) Requirement(id string) (Requirement, bool) {
	at, ok := slices.BinarySearchFunc(r.Requirements, id, func(q Requirement, id string) int { return strings.Compare(q.ID, id) })
	if !ok {
		return Requirement{}, false
	}
	return r.Requirements[at], true
}

// JSON writes the report, indented, with a newline at its end.
func (r Report) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// Read reads a report that [Report.JSON] wrote and refuses another schema.
func Read(from io.Reader) (Report, error) {
	var r Report
	if err := json.NewDecoder(from).Decode(&r); err != nil {
		return r, fmt.Errorf("report: %w", err)
	}
	if r.Schema != Schema {
		return r, fmt.Errorf("report: schema %q is not %s, which is what this tool reads", r.Schema, Schema)
	}
	return r, nil
}

// gates says whether a requirement binds a target with this profile. A choice of
// the suite binds only who states the key that it is about.
func gates(r fixtures.Requirement, profile fixtures.Profile) bool {
	if r.Level != fixtures.Must || r.Status == "provisional" {
		return false
	}
	if r.Basis == fixtures.Documented {
		return true
	}
	key, _ := r.ProfileKey()
	_, stated := profile.Keys[key]
	return stated
}
