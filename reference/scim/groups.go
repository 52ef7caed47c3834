package scim

import (
	"net/http"
	"strings"

	"rollcall.example/reference/org"
)

// createGroup answers POST /Groups (RFC 7644 section 3.3).
func (s *Server) createGroup(x *exchange) (reply, error) {
	var wanted org.Group
	if err := s.readGroupBody(x, &wanted); err != nil {
		return reply{}, err
	}
	group, err := s.domain.CreateGroup(x.Context(), x.caller, wanted)
	if err != nil {
		return reply{}, err
	}
	return s.showGroup(x, s.protocol.Created, group), nil
}

// readGroup answers GET /Groups/{id} (section 3.4.1). Members whom the client does not
// want to see are not read.
func (s *Server) readGroup(x *exchange) (reply, error) {
	group, err := s.domain.Group(x.Context(), x.caller, x.id, x.view.shows(membersOf))
	if err == nil {
		err = s.unmovedGroup(x, group)
	}
	if err != nil {
		return reply{}, ofGroup(err)
	}
	return s.showGroup(x, http.StatusOK, group), nil
}

// replaceGroup answers PUT /Groups/{id} (section 3.5.1). Members that the body leaves
// out are taken out, all of them where it names none.
func (s *Server) replaceGroup(x *exchange) (reply, error) {
	group, err := s.domain.ChangeGroup(x.Context(), x.caller, x.id, func(e *org.GroupEdit) error {
		if err := s.unmovedGroup(x, e.Group); err != nil {
			return err
		}
		if err := s.readGroupBody(x, &e.Group); err != nil {
			return err
		}
		e.Replace(ids(e.Members)...)
		e.Show = x.view.shows(membersOf)
		return nil
	})
	if err != nil {
		return reply{}, ofGroup(err)
	}
	return s.showGroup(x, http.StatusOK, group), nil
}

// patchGroup answers PATCH /Groups/{id} (section 3.5.2). Who adds one member to ten
// thousand does not want them all back: the answer is 204, and the group only for a
// client that says which attributes it wants.
func (s *Server) patchGroup(x *exchange) (reply, error) {
	ops, err := s.protocol.Operations(x.body)
	if err != nil {
		return reply{}, err
	}
	group, err := s.domain.ChangeGroup(x.Context(), x.caller, x.id, func(e *org.GroupEdit) error {
		if err := s.unmovedGroup(x, e.Group); err != nil {
			return err
		}
		e.Show = x.view != nil && x.view.shows(membersOf)
		return s.protocol.patchGroup(ops, e)
	})
	if err != nil {
		return reply{}, ofGroup(err)
	}
	answer := s.showGroup(x, http.StatusOK, group)
	if x.view == nil {
		answer.status, answer.body = http.StatusNoContent, nil
	}
	return answer, nil
}

// deleteGroup answers DELETE /Groups/{id} (section 3.6). The members stay.
func (s *Server) deleteGroup(x *exchange) (reply, error) {
	err := s.domain.DeleteGroup(x.Context(), x.caller, x.id, func(g org.Group) error { return s.unmovedGroup(x, g) })
	if err != nil {
		return reply{}, ofGroup(err)
	}
	return reply{status: http.StatusNoContent}, nil
}

// listGroups answers GET /Groups (section 3.4.2).
func (s *Server) listGroups(x *exchange) (reply, error) {
	page, err := s.pageOf(x)
	if err != nil {
		return reply{}, err
	}
	selected, err := s.selectedGroups(x)
	if err != nil {
		return reply{}, err
	}
	order, err := orderOf(x.query, groups)
	if err != nil {
		return reply{}, err
	}
	found, total, next, err := s.lookForGroups(x, selected, order, page)
	if err != nil {
		return reply{}, err
	}
	resources := make([]shown, len(found))
	for i, group := range found {
		resources[i] = s.shownGroup(x, group)
	}
	return s.paged(x, page, total, resources, next)
}

// selectedGroups reads the filter, when there is one.
func (s *Server) selectedGroups(x *exchange) (GroupSelection, error) {
	switch len(x.query["filter"]) {
	case 0:
		return GroupSelection{}, nil
	case 1:
		return s.protocol.SelectGroups(x.query.Get("filter"))
	}
	return GroupSelection{}, bad(InvalidFilter, "filter is given more than once")
}

// lookForGroups finds the page of what is selected. What the store cannot judge or sort
// is judged and sorted here, as it comes by.
func (s *Server) lookForGroups(x *exchange, selected GroupSelection, o *order, p page) (list []org.Group, total int, next *position, err error) {
	members := x.view.shows(membersOf)
	if selected.Keep == nil && o == nil {
		return s.lookUpGroups(x, selected.Match, members, p)
	}
	found := newGathering[org.Group](p, o)
	if p.after != nil {
		found.behind(o.rankOf(groups, *p.after))
	}
	ranks := func(_ Document, place int) rank { return rank{number: place} }
	if o != nil {
		ranks = o.ranker(groups)
	}
	members = members || selected.Members || o.about(membersOf)
	err = s.domain.EachGroup(x.Context(), x.caller, selected.Match, members, func(g org.Group) {
		resource := groupDocument(g, x.locator())
		if selected.Keep == nil || selected.Keep(resource) {
			found.add(g, func(int) rank { return ranks(resource, int(g.Place)) })
		}
	})
	list, next = found.turned(p)
	return list, found.total, next, err
}

// lookUpGroups finds the page of what the store can judge alone.
func (s *Server) lookUpGroups(x *exchange, match org.GroupMatch, members bool, p page) (list []org.Group, total int, next *position, err error) {
	if p.after == nil {
		list, total, err = s.domain.FindGroups(x.Context(), x.caller, match, members, p.start-1, p.count)
		return list, total, nil, err
	}
	return pageBehind(p, func(g org.Group) int64 { return g.Place }, func(after int64, limit int) ([]org.Group, int, error) {
		match.After = after
		return s.domain.FindGroups(x.Context(), x.caller, match, members, 0, limit)
	})
}

// about says whether the order looks at the attribute.
func (o *order) about(a *attribute) bool { return o != nil && strings.EqualFold(o.by.Name, a.Name) }

// readGroupBody makes a group say what the body of a POST or PUT says.
func (s *Server) readGroupBody(x *exchange, into *org.Group) error {
	if err := checkSchemas(x.body["schemas"], GroupSchema); err != nil {
		return err
	}
	return s.protocol.ReadGroup(x.body, into)
}

// unmovedGroup holds a request to the version of the group that it is meant for.
func (s *Server) unmovedGroup(x *exchange, group org.Group) error {
	return s.holds(x, x.location("Groups", group.ID), groupVersion(group))
}

func (s *Server) shownGroup(x *exchange, group org.Group) shown {
	return shown{groups, s.protocol.RenderGroup(group, x.locator()), x.view}
}

// showGroup answers with a group.
func (s *Server) showGroup(x *exchange, status int, group org.Group) reply {
	location := x.location("Groups", group.ID)
	header := identity(location, groupVersion(group))
	if x.Method == http.MethodPost {
		header.Set("Location", location)
	}
	return reply{status, header, s.shownGroup(x, group)}
}

// ofGroup makes "not found" say what was not.
func ofGroup(err error) error {
	if org.KindOf(err) == org.NotFound {
		return &Error{Status: http.StatusNotFound, Detail: "there is no group with this id"}
	}
	return err
}
