package scim

import (
	"net/http"
	"strconv"

	"rollcall.example/reference/org"
)

// version is a record's weak entity tag.
func version(r org.Record) string { return `W/"` + strconv.Itoa(r.Version) + `"` }

// createUser answers POST /Users (RFC 7644 section 3.3). A person is active unless
// the request says otherwise.
func (s *Server) createUser(x *exchange) (reply, error) {
	wanted := org.Record{Active: true}
	if err := s.readBody(x, &wanted); err != nil {
		return reply{}, err
	}
	record, err := s.domain.CreateRecord(x.Context(), x.caller, wanted)
	if err != nil {
		return reply{}, err
	}
	x.view = x.view.with(users.writtenIn(x.body))
	return s.show(x, s.protocol.Created, record)
}

// readUser answers GET /Users/{id} (section 3.4.1).
func (s *Server) readUser(x *exchange) (reply, error) {
	record, err := s.domain.Record(x.Context(), x.caller, x.id)
	if err == nil {
		err = s.unmoved(x, record)
	}
	if err != nil {
		return reply{}, ofUser(err)
	}
	return s.show(x, http.StatusOK, record)
}

// unmoved holds a request to the version of the record that it is meant for.
func (s *Server) unmoved(x *exchange, record org.Record) error {
	return s.holds(x, x.location("Users", record.ID), version(record))
}

// replaceUser answers PUT /Users/{id} (section 3.5.1). What the body says of id and
// meta is ignored.
func (s *Server) replaceUser(x *exchange) (reply, error) {
	record, err := s.domain.ChangeRecord(x.Context(), x.caller, x.id, func(r *org.Record) error {
		if err := s.unmoved(x, *r); err != nil {
			return err
		}
		return s.replaceWith(x, r)
	})
	if err != nil {
		return reply{}, ofUser(err)
	}
	x.view = x.view.with(users.writtenIn(x.body))
	return s.show(x, http.StatusOK, record)
}

// patchUser answers PATCH /Users/{id} (section 3.5.2).
func (s *Server) patchUser(x *exchange) (reply, error) {
	ops, err := s.protocol.Operations(x.body)
	if err != nil {
		return reply{}, err
	}
	record, err := s.domain.ChangeRecord(x.Context(), x.caller, x.id, func(r *org.Record) error {
		if err := s.unmoved(x, *r); err != nil {
			return err
		}
		return s.protocol.patch(ops, r)
	})
	if err != nil {
		return reply{}, ofUser(err)
	}
	x.view = x.view.with(users.patchedBy(ops))
	return s.show(x, http.StatusOK, record)
}

// deleteUser answers DELETE /Users/{id} (section 3.6).
func (s *Server) deleteUser(x *exchange) (reply, error) {
	err := s.domain.DeleteRecord(x.Context(), x.caller, x.id, func(r org.Record) error { return s.unmoved(x, r) })
	if org.KindOf(err) == org.Unsupported {
		return reply{}, withoutDelete(err)
	}
	if err != nil {
		return reply{}, ofUser(err)
	}
	return reply{status: http.StatusNoContent}, nil
}

// withoutDelete says what a product that keeps all records does offer.
func withoutDelete(err error) error {
	refusal, _ := refusalOf(err)
	refusal.Header = http.Header{"Allow": {"GET, PATCH, PUT"}}
	return refusal
}

// listUsers answers GET /Users (section 3.4.2).
func (s *Server) listUsers(x *exchange) (reply, error) {
	page, err := s.pageOf(x)
	if err != nil {
		return reply{}, err
	}
	selected, err := s.selected(x)
	if err != nil {
		return reply{}, err
	}
	order, err := orderOf(x.query, users)
	if err != nil {
		return reply{}, err
	}
	records, total, next, err := s.look(x, selected, order, page)
	if err != nil {
		return reply{}, err
	}
	resources, err := s.shownAll(x, records)
	if err != nil {
		return reply{}, err
	}
	return s.paged(x, page, total, resources, next)
}

// shownAll are records as this client gets to see them.
func (s *Server) shownAll(x *exchange, records []org.Record) ([]shown, error) {
	groups, err := s.groupsOf(x, records...)
	if err != nil {
		return nil, err
	}
	resources := make([]shown, len(records))
	for i, r := range records {
		resources[i] = shown{users, s.user(x, r, groups[r.ID]), x.view}
	}
	return resources, nil
}

// user is a record as a resource with an address, and with the groups of its person.
func (s *Server) user(x *exchange, record org.Record, groups []org.Group) Document {
	resource := s.protocol.Render(record, x.location("Users", record.ID))
	if len(groups) > 0 {
		resource["groups"] = s.directly(x, groups)
	}
	return resource
}

// directly are the groups that somebody is in, as the attribute groups tells of them
// (RFC 7643 section 4.1.2).
func (s *Server) directly(x *exchange, groups []org.Group) []any {
	list := make([]any, len(groups))
	for i, g := range groups {
		list[i] = Document{"value": g.ID, "$ref": x.location("Groups", g.ID), "display": valid(g.DisplayName), "type": "direct"}
	}
	return list
}

// groupsOf lists the groups that people are in, where the provider offers any and the
// client wants to see them.
func (s *Server) groupsOf(x *exchange, records ...org.Record) (map[string][]org.Group, error) {
	if !x.caller.Provider.Groups || len(records) == 0 || !x.view.shows(users.index["groups"]) {
		return nil, nil
	}
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return s.domain.GroupsOf(x.Context(), ids...)
}

// selected reads the filter, when there is one.
func (s *Server) selected(x *exchange) (Selection, error) {
	switch len(x.query["filter"]) {
	case 0:
		return Selection{}, nil
	case 1:
		return s.protocol.Select(x.query.Get("filter"))
	}
	return Selection{}, bad(InvalidFilter, "filter is given more than once")
}

// look finds the page of what is selected. What the store cannot judge or sort is
// judged and sorted here, as it comes by: the total counts what really matches, and no
// page can slip while others write.
func (s *Server) look(x *exchange, selected Selection, o *order, p page) (records []org.Record, total int, next *position, err error) {
	if selected.Keep == nil && selected.Matches == nil && o == nil {
		return s.lookUp(x, selected.Match, p)
	}
	found := newGathering[org.Record](p, o)
	if p.after != nil {
		found.behind(o.rankOf(users, *p.after))
	}
	ranks := func(_ Document, place int) rank { return rank{number: place} }
	if o != nil {
		ranks = o.ranker(users)
	}
	err = s.domain.EachRecord(x.Context(), x.caller, selected.Match, func(r org.Record, groups []org.Group) {
		if selected.Keep != nil && !selected.Keep(r) {
			return
		}
		resource := documentOf(r)
		if len(groups) > 0 {
			resource["groups"] = s.directly(x, groups)
		}
		if selected.Matches == nil || selected.Matches(resource) {
			found.add(r, func(int) rank { return ranks(resource, int(r.Place)) })
		}
	})
	records, next = found.turned(p)
	return records, found.total, next, err
}

// lookUp finds the page of what the store can judge alone.
func (s *Server) lookUp(x *exchange, match org.RecordMatch, p page) (records []org.Record, total int, next *position, err error) {
	if p.after == nil {
		records, total, err = s.domain.FindRecords(x.Context(), x.caller, match, p.start-1, p.count)
		return records[:min(p.count, len(records))], total, nil, err
	}
	return pageBehind(p, func(r org.Record) int64 { return r.Place }, func(after int64, limit int) ([]org.Record, int, error) {
		match.After = after
		return s.domain.FindRecords(x.Context(), x.caller, match, 0, limit)
	})
}

// readBody makes a record say what the body of a POST or PUT says.
func (s *Server) readBody(x *exchange, into *org.Record) error {
	if err := checkSchemas(x.body["schemas"], UserSchema); err != nil {
		return err
	}
	return s.protocol.Read(x.body, into)
}

// replaceWith makes a record say what the body of a PUT says.
func (s *Server) replaceWith(x *exchange, into *org.Record) error {
	if err := checkSchemas(x.body["schemas"], UserSchema); err != nil {
		return err
	}
	body, err := s.protocol.coercion().inherit(users, x.body, into.Attributes)
	if err != nil {
		return err
	}
	return s.protocol.Read(body, into)
}

// checkSchemas wants the core schema among those that a body names. Extensions may
// stand beside it (RFC 7643 section 3).
func checkSchemas(value any, core string) error {
	list, _ := value.([]any)
	for _, entry := range list {
		if _, ok := entry.(string); !ok {
			return bad(InvalidSyntax, "schemas must be a list of URNs")
		}
	}
	if !mentions(list, core) {
		return bad(InvalidSyntax, "schemas must name %s", core)
	}
	return nil
}

// show answers with a record, whose address it gives in three places. A record that
// was never stored, because there was nobody to deactivate, is not shown.
func (s *Server) show(x *exchange, status int, record org.Record) (reply, error) {
	if record.Version == 0 {
		return reply{status: http.StatusNoContent}, nil
	}
	location := x.location("Users", record.ID)
	header := identity(location, version(record))
	if x.Method == http.MethodPost {
		header.Set("Location", location)
	}
	resources, err := s.shownAll(x, []org.Record{record})
	if err != nil {
		return reply{}, err
	}
	return reply{status, header, resources[0]}, nil
}

// ofUser makes "not found" say what was not.
func ofUser(err error) error {
	if org.KindOf(err) == org.NotFound {
		return &Error{Status: http.StatusNotFound, Detail: "there is no user with this id"}
	}
	return err
}
