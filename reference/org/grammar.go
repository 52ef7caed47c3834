package org

import (
	"strings"

	"github.com/google/uuid"
)

// Grammar reads the SAML attributes whose values have a form of their own. It is
// a struct of functions so that a variation can read them differently.
type Grammar struct {
	// Bool reads the admin attribute. sound is false for a value that is neither
	// true nor false; value is then false, since nothing unclear may elevate.
	Bool func(values []string) (value, sound bool)
	// Teams reads the teams attribute, one entry for each team named, in order.
	Teams func(values []string) []TeamEntry
}

// TeamEntry is one entry of the teams attribute, as "3f0c…/maintainer".
type TeamEntry struct {
	Team   string // the UUID in lower case; empty where Reason is set
	Role   string // in lower case; empty when the entry names none
	Raw    string // the entry as it was sent, without the space around
	Reason string // why the entry cannot be read; empty for a good one
}

// StandardGrammar reads attributes as the documentation of the product gives them.
func StandardGrammar() Grammar {
	return Grammar{Bool: parseBool, Teams: parseTeams}
}

// parseBool takes the forms of xs:boolean in any case. With several values, all
// have to be true.
func parseBool(values []string) (value, sound bool) {
	value = len(values) > 0
	for _, v := range values {
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true", "1":
		case "false", "0":
			value = false
		default:
			return false, false
		}
	}
	return value, true
}

func parseTeams(values []string) []TeamEntry {
	var entries []TeamEntry
	for _, value := range values {
		for raw := range strings.SplitSeq(value, ",") {
			if raw = strings.TrimSpace(raw); raw != "" {
				entries = append(entries, parseTeam(raw))
			}
		}
	}
	return entries
}

func parseTeam(raw string) TeamEntry {
	team, role, _ := strings.Cut(raw, "/")
	team = strings.ToLower(strings.TrimSpace(team))
	// uuid.Parse also takes braces and a urn prefix; the attribute does not.
	if _, err := uuid.Parse(team); err != nil || len(team) != len(uuid.Nil.String()) {
		return TeamEntry{Raw: raw, Reason: "not a team UUID"}
	}
	return TeamEntry{Team: team, Role: strings.ToLower(strings.TrimSpace(role)), Raw: raw}
}

// blank says whether an attribute was sent without saying anything.
func blank(values []string) bool {
	for _, v := range values {
		if strings.TrimSpace(v) != "" {
			return false
		}
	}
	return true
}
