package probe

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web"
	"rollcall.example/reference/web/wire"
)

type newOrganization struct {
	Name     string      `json:"name"`
	Plan     org.Plan    `json:"plan"`
	Flags    []string    `json:"flags"`
	Provider newProvider `json:"provider"`
	Founder  bool        `json:"founder"`
	Groups   bool        `json:"groups"`
	Encrypt  bool        `json:"encrypted"` // assertions are to be encrypted
	Teams    []newTeam   `json:"teams"`
}

type newProvider struct {
	Kind     org.ProviderKind  `json:"kind"`
	State    org.ProviderState `json:"state"`
	Metadata string            `json:"idp_metadata"`
}

type newTeam struct {
	Name        string       `json:"name"`
	Default     bool         `json:"default"`
	DefaultRole org.TeamRole `json:"default_role"`
}

func (t newTeam) wanted() org.NewTeam {
	return org.NewTeam{Name: t.Name, Default: t.Default, DefaultRole: t.DefaultRole}
}

// wanted reads the identity provider's metadata; what is wrong with it is the
// caller's to know.
func (n newProvider) wanted() (org.NewProvider, error) {
	wanted, err := web.NewProvider(n.Kind, n.State, []byte(n.Metadata))
	if err != nil {
		err = &wire.Problem{Status: http.StatusUnprocessableEntity, Message: "idp_metadata: " + err.Error()}
	}
	return wanted, err
}

func (p *Probe) found(w http.ResponseWriter, r *http.Request) error {
	asked := newOrganization{Plan: org.Enterprise}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	wanted := org.NewOrganization{Name: asked.Name, Plan: asked.Plan, Flags: asked.Flags}
	if asked.Founder {
		wanted.Founder = founder(asked.Name)
	}
	for _, team := range asked.Teams {
		wanted.Teams = append(wanted.Teams, team.wanted())
	}
	var err error
	if wanted.Provider, err = asked.Provider.wanted(); err != nil {
		return err
	}
	wanted.Provider.Groups = asked.Groups
	if asked.Encrypt {
		if wanted.Provider.DecryptionKey, err = p.decryptionKey(); err != nil {
			return err
		}
	}
	made, err := p.org.Found(r.Context(), wanted)
	if err != nil {
		return err
	}
	return p.connect(w, r, http.StatusCreated, made.Organization.ID, made.Provider.ID)
}

// founder is the address of an administrator whom nobody else can be: one person
// may found many organizations, but is then one account in all of them.
func founder(name string) string {
	return fmt.Sprintf("founder@%s.test", strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-"))
}

func (p *Probe) readOrganization(w http.ResponseWriter, r *http.Request) error {
	return p.connect(w, r, http.StatusOK, r.PathValue("id"), r.URL.Query().Get("provider"))
}

func (p *Probe) addProvider(w http.ResponseWriter, r *http.Request) error {
	var asked newProvider
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	wanted, err := asked.wanted()
	if err != nil {
		return err
	}
	// What an organization was founded with, its further providers have as well.
	others, err := p.org.Providers(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	wanted.Groups = slices.ContainsFunc(others, func(p org.Provider) bool { return p.Groups })
	for _, other := range others {
		wanted.DecryptionKey = other.DecryptionKey
	}
	made, _, err := p.org.AddProvider(r.Context(), byHand, r.PathValue("id"), wanted)
	if err != nil {
		return err
	}
	return p.connect(w, r, http.StatusCreated, r.PathValue("id"), made.ID)
}

func (p *Probe) dissolve(w http.ResponseWriter, r *http.Request) error {
	return done(w, p.org.Dissolve(r.Context(), byHand, r.PathValue("id")))
}

func (p *Probe) changeOrganization(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Plan  *org.Plan `json:"plan"`
		Flags *[]string `json:"flags"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	id := r.PathValue("id")
	if asked.Plan != nil {
		if err := p.org.SetPlan(r.Context(), byHand, id, *asked.Plan); err != nil {
			return err
		}
	}
	if asked.Flags != nil {
		if err := p.setFlags(r.Context(), id, *asked.Flags); err != nil {
			return err
		}
	}
	return done(w, nil)
}

// setFlags makes wanted the whole list of flags that are on.
func (p *Probe) setFlags(ctx context.Context, id string, wanted []string) error {
	o, err := p.org.Organization(ctx, id)
	if err != nil {
		return err
	}
	for _, flag := range o.Flags {
		if !slices.Contains(wanted, flag) {
			if err := p.org.SetFlag(ctx, byHand, id, flag, false); err != nil {
				return err
			}
		}
	}
	for _, flag := range wanted {
		if err := p.org.SetFlag(ctx, byHand, id, flag, true); err != nil {
			return err
		}
	}
	return nil
}

func (p *Probe) setProviderState(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		ID    string            `json:"id"`
		State org.ProviderState `json:"state"`
		Force bool              `json:"force"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	provider, err := findProvider(r.Context(), p.org, r.PathValue("id"), asked.ID)
	if err != nil {
		return err
	}
	return done(w, p.org.SetProviderState(r.Context(), byHand, provider.ID, asked.State, asked.Force))
}

func (p *Probe) changeToken(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Action   string `json:"action"`
		Provider string `json:"provider"`
		Overlap  uint32 `json:"overlap_seconds"`
		Lifetime uint32 `json:"lifetime_seconds"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	provider, err := findProvider(r.Context(), p.org, r.PathValue("id"), asked.Provider)
	if err != nil {
		return err
	}
	switch asked.Action {
	case "rotate":
		made, err := p.org.RotateToken(r.Context(), byHand, provider.ID, seconds(asked.Overlap), seconds(asked.Lifetime))
		if err != nil {
			return err
		}
		wire.Write(w, http.StatusOK, struct {
			Token   string `json:"token"`
			BaseURL string `json:"base_url"`
		}{made.Token, p.site(r).SCIM(provider.ID)})
		return nil
	case "expire":
		return done(w, p.org.ExpireToken(r.Context(), byHand, provider.ID))
	}
	return &wire.Problem{Status: http.StatusUnprocessableEntity, Message: `the action must be "rotate" or "expire"`}
}

// seconds reads a duration of the contract. 32 bits are 136 years, which is long
// enough for any clock and too short to overflow one.
func seconds(n uint32) time.Duration { return time.Duration(n) * time.Second }

func (p *Probe) advanceClock(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Advance uint32 `json:"advance_seconds"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := p.org.AdvanceClock(r.Context(), byHand, id, seconds(asked.Advance)); err != nil {
		return err
	}
	o, err := p.org.Organization(r.Context(), id)
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusOK, struct {
		Now time.Time `json:"now"`
	}{p.org.Now(o)})
	return nil
}

func (p *Probe) readAudit(w http.ResponseWriter, r *http.Request) error {
	after, err := wire.Number(r.URL.Query(), "after")
	if err != nil {
		return err
	}
	o, err := p.org.Organization(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	events, err := p.org.Audit(r.Context(), o.ID, after, 0)
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusOK, struct {
		Events []wire.Event `json:"events"`
	}{wire.Events(events)})
	return nil
}

func (p *Probe) countSeats(w http.ResponseWriter, r *http.Request) error {
	o, err := p.org.Organization(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	seats, err := p.org.Seats(r.Context(), o.ID)
	if err != nil {
		return err
	}
	var total struct {
		Open     int `json:"open"`
		Started  int `json:"started"`
		Released int `json:"released"`
	}
	total.Started = len(seats)
	for _, s := range seats {
		if s.Ended.IsZero() {
			total.Open++
		} else {
			total.Released++
		}
	}
	wire.Write(w, http.StatusOK, total)
	return nil
}
