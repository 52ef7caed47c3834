package probe

import (
	"net/http"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// byHand is who the audit log names for what the probe arranges: no member did it.
const byHand = ""

// member names a member of an organization, as most verbs do.
type member struct {
	Organization string `json:"organization"`
	AccountID    string `json:"account_id"`
}

func (p *Probe) arrangeRole(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		member
		Role org.Role `json:"role"`
		By   string   `json:"by"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	actor, err := p.actor(r, asked.Organization, asked.By)
	if err != nil {
		return err
	}
	return done(w, p.org.ChangeRole(r.Context(), actor, asked.Organization, asked.AccountID, asked.Role))
}

// actor is the name that goes into the audit log for a member with this account, who
// may do such a thing; for no account it is that of nobody.
func (p *Probe) actor(r *http.Request, organization, account string) (string, error) {
	if account == "" {
		return byHand, nil
	}
	row, err := p.org.Member(r.Context(), organization, account)
	if err == nil && row.Membership.Role != org.Admin {
		err = &org.Error{Kind: org.Immutable, Message: "only an administrator may do this"}
	}
	return row.Account.Email, err
}

func (p *Probe) arrangeTeam(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Organization string `json:"organization"`
		newTeam
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	made, err := p.org.CreateTeam(r.Context(), byHand, asked.Organization, asked.wanted())
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusCreated, struct {
		ID   string `json:"id"`
		Slug string `json:"slug"`
	}{made.ID, made.Slug})
	return nil
}

func (p *Probe) arrangeJoin(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		member
		Team string       `json:"team"`
		Role org.TeamRole `json:"role"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	return done(w, p.org.JoinTeam(r.Context(), byHand, asked.Organization, asked.Team, asked.AccountID, asked.Role))
}

func (p *Probe) arrangeLeave(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		member
		Team string `json:"team"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	return done(w, p.org.LeaveTeam(r.Context(), byHand, asked.Organization, asked.Team, asked.AccountID))
}

func (p *Probe) arrangeRemove(w http.ResponseWriter, r *http.Request) error {
	var asked member
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	return done(w, p.org.RemoveMember(r.Context(), byHand, asked.Organization, asked.AccountID))
}

func (p *Probe) arrangeDisband(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Organization string `json:"organization"`
		Team         string `json:"team"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	return done(w, p.org.DisbandTeam(r.Context(), byHand, asked.Organization, asked.Team))
}

func (p *Probe) arrangeToken(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		member
		Name string `json:"name"`
	}
	if err := wire.Read(w, r, &asked); err != nil {
		return err
	}
	made, secret, err := p.org.IssueToken(r.Context(), byHand, asked.Organization, asked.AccountID, asked.Name)
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusCreated, struct {
		ID     string `json:"id"`
		Secret string `json:"secret"`
	}{made.ID, secret})
	return nil
}
