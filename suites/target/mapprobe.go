package target

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// MapProbe is a probe over the product's own API; see [MapConfig].
type MapProbe struct {
	client   *http.Client
	secrets  []string // that no error may show
	lists    map[string]*mapped
	sequence []string // the lists in the order in which to ask for them
	deeds    map[string]*deed
}

// Features says what is mapped.
func (p *MapProbe) Features(context.Context) ([]string, error) {
	var features []string
	for _, name := range listNames {
		if p.lists[name] != nil {
			features = append(features, "look."+name)
		}
	}
	if role := p.deeds["role"]; role != nil {
		features = append(features, ArrangeAdmin)
		if role.asks["by"] {
			features = append(features, ArrangeByMember)
		}
	}
	if p.deeds["team"] != nil && p.deeds["join"] != nil && p.deeds["leave"] != nil {
		features = append(features, ArrangeTeam)
	}
	if p.deeds["remove"] != nil {
		features = append(features, ArrangeRemoval)
	}
	if p.deeds["token"] != nil {
		features = append(features, ArrangeToken)
	}
	if p.deeds["disband"] != nil {
		features = append(features, ArrangeDisband)
	}
	return features, nil
}

// Look asks for every list that is mapped, by every identifier that it is asked by.
func (p *MapProbe) Look(ctx context.Context, organization string, who Identifiers) (View, error) {
	var view View
	for _, name := range p.sequence {
		found, err := p.gather(ctx, p.lists[name], organization, who)
		if err != nil {
			return View{}, err
		}
		if err := view.put(name, found); err != nil {
			return View{}, fmt.Errorf("probe: %s: %w", p.lists[name].key, err)
		}
		who = who.with(name, found)
	}
	return view, nil
}

// with adds what a list brought to light: what hangs on it is looked for too.
func (i Identifiers) with(list string, found []map[string]any) Identifiers {
	for _, one := range found {
		id, _ := one["id"].(string)
		account, _ := one["account_id"].(string)
		switch list {
		case "accounts":
			i.AccountIDs = adding(i.AccountIDs, id)
		case "records":
			i.RecordIDs, i.AccountIDs = adding(i.RecordIDs, id), adding(i.AccountIDs, account)
		}
	}
	return i
}

func adding(all []string, one string) []string {
	if one == "" || slices.Contains(all, one) {
		return all
	}
	return append(slices.Clone(all), one)
}

// put makes entries of a list the view's.
func (v *View) put(list string, found []map[string]any) (err error) {
	switch list {
	case "records":
		v.Records, err = entriesAs[Record](found)
	case "accounts":
		v.Accounts, err = entriesAs[Account](found)
	case "memberships":
		v.Memberships, err = entriesAs[Membership](found)
	case "seats":
		v.Seats, err = entriesAs[Seat](found)
	case "sessions":
		v.Sessions, err = entriesAs[Session](found)
	case "tokens":
		v.Tokens, err = entriesAs[Token](found)
	}
	return err
}

// blank takes the credentials out of a text.
func (p *MapProbe) blank(text string) string {
	for _, secret := range p.secrets {
		text = strings.ReplaceAll(text, secret, "[credentials]")
	}
	return text
}
