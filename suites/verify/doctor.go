package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"rollcall.example/suites/target"
	"rollcall.example/suites/target/strict"
)

// State is what a check came to.
type State string

// What a check comes to.
const (
	OK         State = "ok"
	Wrong      State = "wrong"
	NotChecked State = "not checked"
)

// Check is one thing that was looked at before any spec runs.
type Check struct {
	Name  string `json:"check"`
	State State  `json:"state"`
	Says  string `json:"says"`          // what was found, in one line
	Fix   string `json:"fix,omitempty"` // what to do about it, where something is
}

// Diagnosis is what a look at a target found, in the order in which one thing needs
// the other.
type Diagnosis struct {
	Target string  `json:"target"`
	Checks []Check `json:"checks"`
}

// Wrong counts the checks that found something wrong.
func (d Diagnosis) Wrong() int {
	n := 0
	for _, c := range d.Checks {
		if c.State == Wrong {
			n++
		}
	}
	return n
}

// Misread is the diagnosis of a target file that cannot be read.
func Misread(path string, err error) Diagnosis {
	d := Diagnosis{Target: path}
	var mistakes strict.Mistakes
	if !errors.As(err, &mistakes) {
		d.Checks = append(d.Checks, Check{"target file", Wrong, err.Error(), hintOf(err)})
	}
	for _, m := range mistakes {
		d.Checks = append(d.Checks, Check{"target file", Wrong, m.Error(), m.Hint()})
	}
	d.Checks = append(d.Checks, Check{"everything else", NotChecked, "the target file cannot be read", ""})
	return d
}

func hintOf(err error) string {
	var advice interface{ Hint() string }
	if errors.As(err, &advice) {
		return advice.Hint()
	}
	return ""
}

// Diagnose looks at a target as far as can be looked without a spec: whether it can
// be reached, lets us in, is what it says that it is, and whether one honest person
// can come, sign in and go. Only the last changes the product, within the given
// safety, and clears away after itself.
func Diagnose(ctx context.Context, t target.Target, safety Safety) Diagnosis {
	p := &patient{ctx: ctx, target: t, safety: safety, gone: map[string]bool{}, diagnosis: Diagnosis{Target: t.Name}}
	p.found("secrets", OK, fmt.Sprintf("%d, where the target says that they are", len(t.Secrets())))
	live, err := target.Open(t)
	if err != nil {
		p.wrong("target", err)
		return p.diagnosis
	}
	p.live, p.hide = live, []func(string) string{live.Redact}
	defer live.Close()
	p.hosts()
	for i, c := range t.Connections {
		p.at = ""
		if len(t.Connections) > 1 {
			p.at = fmt.Sprintf(" %d", i+1)
		}
		p.scim(c)
		p.signOn(c)
	}
	p.at = ""
	p.clock()
	p.probe()
	p.trial()
	p.redact()
	return p.diagnosis
}

// patient is a target that is being looked at.
type patient struct {
	ctx       context.Context
	target    target.Target
	safety    Safety
	live      *target.Live
	at        string                // which of several connections, as it stands behind the name of a check
	gone      map[string]bool       // hosts that cannot be called
	skew      *skew                 // the clock of the product; nil where no answer showed it
	hide      []func(string) string // each takes out of a text what it knows nobody may see
	diagnosis Diagnosis
}

// redact takes secrets out of everything that was found: a check may quote an answer.
func (p *patient) redact() {
	for i := range p.diagnosis.Checks {
		c := &p.diagnosis.Checks[i]
		for _, hide := range p.hide {
			c.Says, c.Fix = hide(c.Says), hide(c.Fix)
		}
	}
}

func (p *patient) found(name string, state State, says string) {
	p.diagnosis.Checks = append(p.diagnosis.Checks, Check{Name: name + p.at, State: state, Says: says})
}

func (p *patient) advise(name, says, fix string) {
	p.diagnosis.Checks = append(p.diagnosis.Checks, Check{name + p.at, Wrong, says, fix})
}

func (p *patient) wrong(name string, err error) { p.advise(name, err.Error(), hintOf(err)) }

// within gives a check its time. What it ends with is explained in plain words.
func (p *patient) within() (context.Context, context.CancelFunc) {
	return target.WithPatience(p.ctx, ReachWithin)
}

// reachable says whether the host of an address can be called, and notes the check
// as one that cannot be made where it cannot.
func (p *patient) reachable(check, address string) bool {
	if p.gone[hostOf(address)] {
		p.found(check, NotChecked, hostOf(address)+" cannot be called")
		return false
	}
	return true
}

// skew is how far the product's clock is from ours.
type skew struct {
	host    string
	by      time.Duration // negative where it is behind
	unknown time.Duration // how much more it may be, as the answer took its time
}

// tolerated is how far clocks may be apart for assertions to be believed: products
// allow for a minute and more, and the strict ones for none.
const tolerated = time.Minute

// note reads the clock off an answer (RFC 9110 section 6.6.1), once.
func (p *patient) note(address string, header http.Header, sent, got time.Time) {
	at, err := http.ParseTime(header.Get("Date"))
	if p.skew != nil || err != nil {
		return
	}
	middle := sent.Add(got.Sub(sent) / 2)
	p.skew = &skew{hostOf(address), at.Sub(middle), got.Sub(sent)/2 + time.Second}
}

func (p *patient) clock() {
	const name = "clock"
	switch s := p.skew; {
	case s == nil:
		p.found(name, NotChecked, "no answer said what time it is (Date)")
	case s.by.Abs() > tolerated+s.unknown:
		direction := "ahead of"
		if s.by < 0 {
			direction = "behind"
		}
		p.advise(name, fmt.Sprintf("the clock of %s is %v %s ours", s.host, s.by.Abs().Round(time.Second), direction), "let both machines set their clocks by NTP: an assertion is believed for some minutes only")
	default:
		p.found(name, OK, fmt.Sprintf("%s has the time that we have, to %v", s.host, max(s.by.Abs(), s.unknown).Round(time.Second)))
	}
}

func (p *patient) probe() {
	const name = "probe"
	if p.target.Probe == nil {
		p.found(name, NotChecked, "the target has none: what SCIM does not show is unobserved")
		return
	}
	where := p.target.Probe.String()
	if !p.reachable(name, where) {
		return
	}
	ctx, cancel := p.within()
	defer cancel()
	learned, err := p.live.Learned(ctx)
	if err != nil {
		p.wrong(name, explained(ctx, where, err))
		return
	}
	says := fmt.Sprintf("%s offers %d features; rollcall probe check looks closer", where, len(learned.Features)-len(p.target.Features))
	if hidden := notShown(learned.Features); len(hidden) > 0 {
		says += "; it shows no " + strings.Join(hidden, ", ") + ", and what asks for them is unobserved"
	}
	p.found(name, OK, says)
}

// notShown are the layers of a person that nothing shows.
func notShown(features []string) (hidden []string) {
	for _, layer := range []string{target.LookRecords, target.LookAccounts, target.LookMemberships, target.LookSeats} {
		if !slices.Contains(features, layer) {
			hidden = append(hidden, strings.TrimPrefix(layer, "look."))
		}
	}
	return hidden
}
