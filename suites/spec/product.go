package spec

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// Product is the other side of a story: the thing under test, which we look at
// and, as one of its own administrators, arrange things in.
type Product struct{ *stage }

// Look shows everything that the product holds of the person, by any of the names
// that they are known by. Where the target has no probe it shows what SCIM shows,
// the records.
func (p *Product) Look(ctx context.Context, who *Person) target.View {
	return p.look(ctx, identifiersOf(who), 3)
}

// ShowsEndedSeats makes a spec unobserved whose person had a seat, has none open, and is
// shown without one that has ended: such a probe shows what is, and not what was.
func (p *Product) ShowsEndedSeats(ctx context.Context, who *Person) {
	view, err := p.see(ctx, identifiersOf(who))
	unseen(err, 2)
	if view.Seats != nil && len(view.Seats) == 0 {
		conclude(EntryUnobserved, "the target's probe shows no seat that has ended", 1)
	}
}

// LookFor is Look for somebody known by these names only.
func (p *Product) LookFor(ctx context.Context, who target.Identifiers) target.View {
	return p.look(ctx, who, 3)
}

// look is a view that a claim may look at again where the product shows things late.
func (p *Product) look(ctx context.Context, who target.Identifiers, skip int) target.View {
	begun := time.Now()
	view, err := p.see(ctx, who)
	unseen(err, skip)
	view.Unobserved = func(list string) {
		conclude(EntryUnobserved, "nothing shows "+list+": the target's probe leaves the list out", 1)
	}
	again := func() (target.View, error) { return p.see(ctx, who) }
	return view.Watch(ctx, p.pace, begun, again, func(err error) { unseen(err, skip) })
}

// unseen ends the spec where a look failed.
func unseen(err error, skip int) {
	var blind unreadable
	if errors.As(err, &blind) {
		conclude(EntryUntestable, blind.Error(), skip)
	}
	broken(err, skip)
}

func identifiersOf(who *Person) target.Identifiers {
	profile := who.Profile()
	return target.Identifiers{
		UserNames:   []string{profile.Login, profile.Email},
		Emails:      []string{profile.Email},
		NameIDs:     []string{profile.Email},
		ExternalIDs: []string{who.ID},
	}
}

func (p *Product) see(ctx context.Context, who target.Identifiers) (target.View, error) {
	if probe := p.live.Probe(); probe != nil {
		return probe.Look(ctx, p.connection.Organization, who)
	}
	return p.seeOverSCIM(ctx, who)
}

// unreadable says that the product does not let itself be looked at. No record is
// seen then, and none is not what it means.
type unreadable struct{ error }

// listed reads what the look-up of a user name answered. Like Okta it takes a 404 for
// nobody; unlike Okta it takes nobody for somebody else.
func listed(answer provision.Answer, userName string) (provision.List, error) {
	if answer.Status == http.StatusNotFound {
		return provision.List{}, nil
	}
	list, err := answer.List()
	switch {
	case !answer.OK():
		return list, unreadable{fmt.Errorf("the look-up of %s answered %d %s, and no list", userName, answer.Status, answer.Reason())}
	case err != nil:
		return list, unreadable{fmt.Errorf("the look-up of %s cannot be read: %w", userName, err)}
	}
	for _, resource := range list.Resources {
		if found := resource.Text("userName"); !strings.EqualFold(found, userName) {
			return list, unreadable{fmt.Errorf("the look-up of %s shows %q", userName, found)}
		}
	}
	return list, nil
}

func (p *Product) seeOverSCIM(ctx context.Context, who target.Identifiers) (target.View, error) {
	view := target.View{Records: []target.Record{}}
	client, err := p.client(p.connection.SCIM)
	if err != nil {
		return view, err
	}
	seen := map[string]bool{}
	for _, name := range who.UserNames {
		answer, err := client.Find(ctx, name)
		if err != nil {
			return view, err
		}
		list, err := listed(answer, name)
		if err != nil {
			return view, err
		}
		for _, resource := range list.Resources {
			record := recordOf(resource)
			if !seen[record.ID] {
				seen[record.ID] = true
				view.Records = append(view.Records, record)
			}
		}
	}
	return view, nil
}

// arranger is the probe as one that arranges things. A target that declares to have
// one and does not is an error of the run.
func (p *Product) arranger() target.Arranger {
	arranger, ok := p.live.Probe().(target.Arranger)
	if !ok {
		broken(errNoArranger, 3)
	}
	return arranger
}

// organizer is the probe as one that founds organizations.
func (p *Product) organizer() target.Organizer {
	organizer, ok := p.live.Probe().(target.Organizer)
	if !ok {
		broken(errNoOrganizer, 3)
	}
	return organizer
}

var (
	errNoArranger  = errors.New("the target declares a feature arrange.*, and its probe cannot arrange anything")
	errNoOrganizer = errors.New("the target declares a feature organization.*, and its probe knows nothing of organizations")
)
