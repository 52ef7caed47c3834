package simulator

import (
	"context"
	"fmt"

	"rollcall.example/simulator/journal"
)

// Outcome is what a verb set in motion.
type Outcome struct {
	// Exchanges is how many requests were sent; First and Last are the journal's
	// numbers of the first and the last of them, 0 when there is none.
	Exchanges int
	First     int
	Last      int
	// Tasks are the refusals by the product.
	Tasks []*Task
	// Notes say what Okta does silently, as sending nothing.
	Notes []string
}

func (o *Outcome) add(other Outcome) {
	o.Exchanges += other.Exchanges
	if o.First == 0 {
		o.First = other.First
	}
	o.Last = max(o.Last, other.Last)
	o.Tasks = append(o.Tasks, other.Tasks...)
	o.Notes = append(o.Notes, other.Notes...)
}

// Refusal is Okta's answer to an admin who asks for something that is not
// possible, as suspending somebody who is suspended. Nothing was changed.
type Refusal struct {
	// Code is Okta's error code, Summary its text.
	Code    string
	Summary string
}

// Error returns code and text.
func (r *Refusal) Error() string { return r.Code + ": " + r.Summary }

// run is one verb at work: it carries the context under which requests are sent
// and gathers what they lead to.
type run struct {
	ctx     context.Context
	outcome Outcome
}

func (r *run) note(format string, args ...any) {
	r.outcome.Notes = append(r.outcome.Notes, fmt.Sprintf(format, args...))
}

// run performs a verb about a person and brings the pushed groups in line with what it
// changed. It counts the exchanges that this caused.
func (t *Tenant) run(ctx context.Context, person *Person, verb func(*run) error) (Outcome, error) {
	return t.alone(ctx, person, func(r *run) error {
		if err := verb(r); err != nil {
			return err
		}
		return t.pushChanges(r)
	})
}

// alone is run without the pushed groups.
func (t *Tenant) alone(ctx context.Context, person *Person, verb func(*run) error) (Outcome, error) {
	subject := ""
	if person != nil {
		subject = person.Email()
	}
	ctx, trace := journal.WithTrace(journal.About(ctx, subject))
	r := &run{ctx: ctx}
	err := verb(r)
	if seqs := trace.Seqs(); len(seqs) > 0 {
		r.outcome.Exchanges, r.outcome.First, r.outcome.Last = len(seqs), seqs[0], seqs[len(seqs)-1]
	}
	return r.outcome, err
}
