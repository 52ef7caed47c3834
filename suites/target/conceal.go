package target

import "rollcall.example/simulator/journal"

// Conceal takes the target's secrets out of an error, as [Live.Conceal] does, where
// nobody was called yet.
func (t Target) Conceal(err error) error { return conceal(err, t.Secrets()) }

// concealed is an error that says less than its cause.
type concealed struct {
	error
	says string
}

func (c concealed) Error() string { return c.says }

// Unwrap returns the cause.
func (c concealed) Unwrap() error { return c.error }

func conceal(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	said := err.Error()
	if says := journal.Redactor(secrets...)(said); says != said {
		return concealed{err, says}
	}
	return err
}
