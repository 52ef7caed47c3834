package wire

import (
	"time"

	"rollcall.example/reference/org"
)

// Event is a row of the audit log, as the product's own API and the probe show it.
type Event struct {
	Seq         int64      `json:"seq"`
	At          time.Time  `json:"at"`
	Action      org.Action `json:"action"`
	Actor       org.Actor  `json:"actor"`
	ActorName   string     `json:"actor_name"`
	Subject     string     `json:"subject"`
	SubjectName string     `json:"subject_name"`
	Before      string     `json:"before"`
	After       string     `json:"after"`
	Cause       string     `json:"cause"`
	Provider    string     `json:"provider"`
}

// Events shows rows of the log in their order; a list, where there are none too.
func Events(log []org.Event) []Event {
	shown := make([]Event, 0, len(log))
	for _, e := range log {
		shown = append(shown, Event{
			Seq: e.Seq, At: e.At, Action: e.Action, Actor: e.Actor, ActorName: e.ActorName, Subject: e.Subject,
			SubjectName: e.SubjectName, Before: e.Before, After: e.After, Cause: e.Cause, Provider: e.Provider,
		})
	}
	return shown
}
