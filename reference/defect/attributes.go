package defect

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

var _ = register(defects{
	"false-is-true": func(p *reference.Parts) { readAdmin(p, func(v string) bool { return strings.TrimSpace(v) != "" }) },
	"admin-upside-down": func(p *reference.Parts) {
		readAdmin(p, func(v string) bool { return strings.EqualFold(v, "false") || v == "0" })
	},
	"true-is-not-enough": func(p *reference.Parts) { readAdmin(p, func(v string) bool { return strings.TrimSpace(v) == "1" }) },
	"one-is-not-true": func(p *reference.Parts) {
		readAdmin(p, func(v string) bool { return strings.EqualFold(strings.TrimSpace(v), "true") })
	},
	"admin-to-the-letter": func(p *reference.Parts) {
		readAdmin(p, func(v string) bool { return v == "true" || v == "1" })
	},

	"first-name-only": func(p *reference.Parts) {
		readsAttribute(p, "name", func(values []string) []string { return strings.Fields(strings.Join(values, " "))[:1] })
	},
	"name-in-ascii": func(p *reference.Parts) {
		readsAttribute(p, "name", func(values []string) []string {
			return []string{strings.Map(func(r rune) rune {
				if r > '~' {
					return '?'
				}
				return r
			}, strings.Join(values, ""))}
		})
	},
	"name-never-updated": func(p *reference.Parts) { p.Rules.LoginOverwrites = []string{"admin", "teams", "email"} },
	"absent-name-clears": func(p *reference.Parts) { p.Rules.MissingName = "clear" },
	"email-attribute-ignored": func(p *reference.Parts) {
		readsAttribute(p, "email", func([]string) []string { return nil })
	},
	"email-never-updated": func(p *reference.Parts) { p.Rules.LoginOverwrites = []string{"admin", "teams", "name"} },

	"first-team-only": func(p *reference.Parts) {
		changeEntries(p, func(all []org.TeamEntry) []org.TeamEntry { return all[:1] })
	},
	"last-team-only": func(p *reference.Parts) {
		changeEntries(p, func(all []org.TeamEntry) []org.TeamEntry { return all[len(all)-1:] })
	},
	"teams-between-semicolons": func(p *reference.Parts) { separateTeams(p, ";") },
	"space-after-comma": func(p *reference.Parts) {
		teams := p.Grammar.Teams
		p.Grammar.Teams = func(values []string) []org.TeamEntry {
			// An entry with space around it is one that cannot be read.
			spaced := strings.NewReplacer(" ", "?", "\n", "?", "\t", "?")
			return teams([]string{spaced.Replace(strings.Join(values, ","))})
		}
	},
	"empty-entry-spoils-teams": func(p *reference.Parts) {
		teams := p.Grammar.Teams
		p.Grammar.Teams = func(values []string) []org.TeamEntry {
			for entry := range strings.SplitSeq(strings.Join(values, ","), ",") {
				if strings.TrimSpace(entry) == "" {
					return nil
				}
			}
			return teams(values)
		}
	},
	"role-bleeds": func(p *reference.Parts) {
		changeEntries(p, func(all []org.TeamEntry) []org.TeamEntry {
			return eachEntry(all, func(e *org.TeamEntry) { e.Role = all[len(all)-1].Role })
		})
	},
	"team-role-ignored": func(p *reference.Parts) {
		changeEntry(p, func(e *org.TeamEntry) { e.Role = "" })
	},
	"everybody-maintains": func(p *reference.Parts) {
		changeEntry(p, func(e *org.TeamEntry) { e.Role = "maintainer" })
	},
	"role-read-as-part-of-uuid": func(p *reference.Parts) {
		changeEntry(p, func(e *org.TeamEntry) {
			if e.Role != "" {
				e.Reason = "not a team UUID"
			}
		})
	},
	"team-role-required": func(p *reference.Parts) {
		changeEntry(p, func(e *org.TeamEntry) {
			if e.Role == "" {
				e.Reason = "no role"
			}
		})
	},
	"bare-maintains": func(p *reference.Parts) {
		changeEntry(p, func(e *org.TeamEntry) {
			if e.Role == "" {
				e.Role = "maintainer"
			}
		})
	},
	"bare-is-member":       func(p *reference.Parts) { p.Rules.BareTeamRole = "member" },
	"unknown-role-dropped": func(p *reference.Parts) { p.Rules.UnknownRole = "ignore_entry" },
	"unknown-role-maintains": func(p *reference.Parts) {
		changeEntry(p, func(e *org.TeamEntry) {
			if !slices.Contains([]string{"", "member", "maintainer"}, e.Role) {
				e.Role = "maintainer"
			}
		})
	},
	"unknown-team-refused": func(p *reference.Parts) { p.Rules.UnknownTeam = "reject" },
	"junk-spoils-teams": func(p *reference.Parts) {
		changeEntries(p, func(all []org.TeamEntry) []org.TeamEntry {
			if slices.ContainsFunc(all, func(e org.TeamEntry) bool { return e.Reason != "" }) {
				return nil
			}
			return all
		})
	},
	"unknown-team-made": func(p *reference.Parts) {
		beforeSignIn(p, "teams", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			for _, entry := range p.Grammar.Teams(e.Assertion.Attributes["teams"]) {
				known, err := optional(tx.Team(ctx, e.Organization.ID, entry.Team))
				if err != nil || known != nil || entry.Reason != "" {
					continue
				}
				made := org.Team{ID: entry.Team, Organization: e.Organization.ID, Slug: entry.Team, Name: entry.Team, DefaultRole: org.TeamMember}
				if err := tx.AddTeam(ctx, made); err != nil {
					return err
				}
			}
			return nil
		})
	},
	"team-by-name": func(p *reference.Parts) {
		beforeSignIn(p, "teams", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			teams, err := tx.Teams(ctx, e.Organization.ID)
			var entries []string
			for entry := range strings.SplitSeq(strings.Join(e.Assertion.Attributes["teams"], ","), ",") {
				if at := slices.IndexFunc(teams, func(t org.Team) bool { return t.Slug == entry }); at >= 0 {
					entry = teams[at].ID
				}
				entries = append(entries, entry)
			}
			if len(entries) > 1 {
				e.Assertion.Attributes["teams"] = entries
			}
			return err
		})
	},
	"team-of-any-organization": func(p *reference.Parts) {
		afterSignIn(p, "teams", func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
			organizations, err := tx.Organizations(ctx)
			for _, entry := range p.Grammar.Teams(e.Assertion.Attributes["teams"]) {
				for _, o := range organizations {
					if team, err := tx.Team(ctx, o.ID, entry.Team); err == nil && o.ID != e.Organization.ID {
						place := org.TeamPlace{Team: team.ID, Account: e.Account.ID, Role: org.TeamMember, Source: org.ByAssertion}
						return tx.PutTeamPlace(ctx, place)
					}
				}
			}
			return err
		})
	},
	"team-twice-last-role":  func(p *reference.Parts) { p.Rules.DuplicateTeam = "last" },
	"team-twice-first-role": func(p *reference.Parts) { p.Rules.DuplicateTeam = "first" },
	"first-value-only":      func(p *reference.Parts) { p.Rules.MultiValue = "first" },
	"uuid-to-the-letter": func(p *reference.Parts) {
		changeEntry(p, func(e *org.TeamEntry) {
			if team, _, _ := strings.Cut(e.Raw, "/"); team != strings.ToLower(team) {
				e.Reason = "not a team UUID"
			}
		})
	},
	"role-to-the-letter": func(p *reference.Parts) {
		changeEntry(p, func(e *org.TeamEntry) {
			if _, role, _ := strings.Cut(e.Raw, "/"); role != strings.ToLower(role) {
				e.Role = role
			}
		})
	},

	"role-attribute-heeded":   func(p *reference.Parts) { adminBy(p, named("role", "roles")) },
	"groups-attribute-heeded": func(p *reference.Parts) { adminBy(p, named("groups")) },
	"attribute-case-ignored": func(p *reference.Parts) {
		adminBy(p, func(name string) bool { return strings.EqualFold(name, "admin") })
	},
	"attribute-prefix-heeded": func(p *reference.Parts) {
		adminBy(p, func(name string) bool { return strings.HasPrefix(name, "admin") })
	},
	"many-attributes-refused": func(p *reference.Parts) {
		afterSignIn(p, "address", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if n := len(e.Assertion.Attributes); n > 20 {
				return &org.Error{Kind: org.Forbidden, Message: fmt.Sprintf("%d attributes are too many", n)}
			}
			return nil
		})
	},
})

// readAdmin reads one value of the admin attribute in another way.
func readAdmin(p *reference.Parts, read func(value string) bool) {
	p.Grammar.Bool = func(values []string) (value, sound bool) { return slices.ContainsFunc(values, read), true }
}

// adminBy takes what attributes of other names say for the admin attribute, where it
// sounds like it.
func adminBy(p *reference.Parts, counts func(name string) bool) {
	beforeSignIn(p, "role", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
		for name, values := range e.Assertion.Attributes {
			if name != "admin" && counts(name) && (slices.Contains(values, "true") || slices.Contains(values, "admin")) {
				e.Assertion.Attributes["admin"] = []string{"true"}
			}
		}
		return nil
	})
}

func named(names ...string) func(string) bool {
	return func(name string) bool { return slices.Contains(names, name) }
}

// changeEntries changes what was read of the teams attribute, when there is any.
func changeEntries(p *reference.Parts, change func([]org.TeamEntry) []org.TeamEntry) {
	teams := p.Grammar.Teams
	p.Grammar.Teams = func(values []string) []org.TeamEntry {
		entries := teams(values)
		if len(entries) == 0 {
			return nil
		}
		return change(entries)
	}
}

// changeEntry changes each entry by itself.
func changeEntry(p *reference.Parts, change func(*org.TeamEntry)) {
	changeEntries(p, func(all []org.TeamEntry) []org.TeamEntry { return eachEntry(all, change) })
}

func eachEntry(all []org.TeamEntry, change func(*org.TeamEntry)) []org.TeamEntry {
	changed := slices.Clone(all)
	for i := range changed {
		change(&changed[i])
	}
	return changed
}

// separateTeams splits the teams attribute at something else than a comma.
func separateTeams(p *reference.Parts, separator string) {
	teams := p.Grammar.Teams
	p.Grammar.Teams = func(values []string) []org.TeamEntry {
		swap := strings.NewReplacer(",", "?", separator, ",")
		return teams([]string{swap.Replace(strings.Join(values, separator))})
	}
}
