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
	Propagation   *Propagation  `json:"propagation,omitempty"` // where the target shows things late
	Network       *Network      `json:"network,omitempty"`     // what was sent
	Summary       Summary       `json:"summary"`
	Waivers       []WaiverUse   `json:"waivers,omitempty"`  // what came of each waiver, sorted by id; see Apply
	Baseline      *Comparison   `json:"baseline,omitempty"` // what changed since an older report; see Against
	Findings      []Finding     `json:"findings,omitempty"` // what is behind the failures, worst first
	Requirements  []Requirement `json:"requirements"`       // sorted by id
	Specs         []Spec        `json:"specs"`              // sorted by id and variant
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
	Command     string   `json:"command,omitempty"` // how the program is called here, as rollcall
	Only        []string `json:"only,omitempty"`
	LabelFilter string   `json:"label_filter,omitempty"`
	Dialects    []string `json:"dialects,omitempty"`
	Defect      string   `json:"defect,omitempty"`         // built into the bundled reference
	Target      string   `json:"target,omitempty"`         // path of the target file
	SCIMURL     string   `json:"scim_url,omitempty"`       // the target, where it is no more than a SCIM endpoint
	TokenEnv    string   `json:"scim_token_env,omitempty"` // name of the variable with its token
	Profile     string   `json:"profile,omitempty"`        // name or file, where it was asked for
	Propagation string   `json:"propagation,omitempty"`    // bound on what shows late, where it was asked for
	IOwnThis    bool     `json:"i_own_this,omitempty"`     // the product was said to be the caller's to change
	Complete    bool     `json:"complete"`                 // unobserved MUSTs fail the run
	ReadOnly    bool     `json:"read_only,omitempty"`      // nothing that changes the product was sent
	Heavy       bool     `json:"heavy,omitempty"`          // what wears a product out was sent in its full size
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
	// Profile is what it asks of the behaviour profile, as key=value or key!=value,
	// several joined by " and ".
	Profile string `json:"profile,omitempty"`
	// Declared is what the target's profile says of those keys, each as "key: value".
	Declared []string `json:"declared,omitempty"`
	Reason   string   `json:"reason,omitempty"` // why it is untested
}

// Spec is one proof of a requirement. Its key is the id, or id[variant].
type Spec struct {
	ID        string      `json:"id"`
	Variant   string      `json:"variant,omitempty"`
	Title     string      `json:"title"`
	Section   string      `json:"section"`
	Level     string      `json:"level"`
	Basis     string      `json:"basis"`
	Verdict   Verdict     `json:"verdict"`
	Reason    string      `json:"reason,omitempty"` // why there is no plain pass or fail
	Seconds   float64     `json:"seconds"`
	Expected  string      `json:"expected,omitempty"`
	Actual    string      `json:"actual,omitempty"`
	Tasks     []string    `json:"tasks,omitempty"`     // what the product refused, in Okta's words
	Remarks   []string    `json:"remarks,omitempty"`   // what a reader should know though it is no failure
	Exchanges []Exchange  `json:"exchanges,omitempty"` // what went over the wire, secrets blanked
	Waiver    *SpecWaiver `json:"waiver,omitempty"`    // who took it on, where the verdict is waived
}

// Key identifies the spec: its id, or id[variant].
func (s Spec) Key() string {
	if s.Variant == "" {
		return s.ID
	}
	return s.ID + "[" + s.Variant + "]"
}

// Area is the part of the product that the spec is about.
func (s Spec) Area() string { return fixtures.AreaOf(s.ID) }

// Requirement returns the entry with the given id.
func (r Report) Requirement(id string) (Requirement, bool) {
	at, ok := slices.BinarySearchFunc(r.Requirements, id, func(q Requirement, id string) int { return strings.Compare(q.ID, id) })
	if !ok {
		return Requirement{}, false
	}
	return r.Requirements[at], true
}

// profileSays names the profile keys that decide the requirement, with what the
// target's profile says of them; empty where none decides it.
func (r Report) profileSays(q Requirement) string {
	switch {
	case q.Profile == "":
		return ""
	case len(q.Declared) == 0:
		return fmt.Sprintf("the profile %s says nothing of it; this holds for %s", r.Profile, q.Profile)
	}
	return fmt.Sprintf("the profile %s says %s", r.Profile, strings.Join(q.Declared, ", "))
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

// declared is what the profile says of the keys that the requirement is about, each
// as "key: value". A key of which it says nothing is left out.
func declared(r fixtures.Requirement, profile fixtures.Profile) []string {
	var said []string
	for _, c := range r.Conditions() {
		if value, stated := profile.Keys[c.Key]; stated {
			if text := fmt.Sprintf("%s: %v", c.Key, value); !slices.Contains(said, text) {
				said = append(said, text)
			}
		}
	}
	return said
}
