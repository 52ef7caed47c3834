package scim

import (
	"net/http"
	"reflect"
	"slices"

	"rollcall.example/reference/org"
)

// isMe says whether a request is about whoever sends it.
func (x *exchange) isMe() bool { return slices.Equal(x.path, []string{"Me"}) }

// admitPerson lets a member in to /Me by an API token of their own.
func (s *Server) admitPerson(x *exchange, call org.Call) (org.Caller, error) {
	caller, record, err := s.domain.AdmitPerson(x.Context(), call)
	if org.KindOf(err) == org.NotFound {
		return caller, &Error{Status: http.StatusNotFound, Detail: "this identity provider has no record of you"}
	}
	x.me = record.ID
	return caller, err
}

// mine makes an operation on a user one on the user who asks (RFC 7644 section
// 3.11): it works on the resource itself and says where that is, whatever comes of it.
func (s *Server) mine(do operation) operation {
	return func(x *exchange) (reply, error) {
		if x.me == "" {
			return reply{}, &Error{Status: http.StatusNotFound, Detail: "the token is the identity provider's, which is no user: /Me is for a member's own API token"}
		}
		x.id = x.me
		location := x.location("Users", x.me)
		answer, err := do(x)
		if err != nil {
			return reply{}, locate(err, location)
		}
		answer.header = located(answer.header, location)
		return answer, nil
	}
}

// locate puts a location on a refusal.
func locate(err error, location string) error {
	refusal, broken := refusalOf(err)
	if broken {
		return err
	}
	known := *refusal
	known.Header = located(refusal.Header, location)
	return &known
}

func located(header http.Header, location string) http.Header {
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Location", location)
	return header
}

// patchMe answers PATCH /Me: a person may change how they are called and no more.
func (s *Server) patchMe(x *exchange) (reply, error) {
	ops, err := s.protocol.Operations(x.body)
	if err != nil {
		return reply{}, err
	}
	record, err := s.domain.ChangeRecord(x.Context(), x.caller, x.id, func(r *org.Record) error {
		if err := s.unmoved(x, *r); err != nil {
			return err
		}
		before := *r
		if err := s.protocol.patch(ops, r); err != nil {
			return err
		}
		return ownChange(before, *r)
	})
	if err != nil {
		return reply{}, ofUser(err)
	}
	return s.show(x, http.StatusOK, record)
}

// ownChange refuses a change of more than the names that a person is shown under.
func ownChange(before, after org.Record) error {
	if !reflect.DeepEqual(butNames(before), butNames(after)) {
		return errNotYours
	}
	return nil
}

// butNames is a record without what is a person's own to change.
func butNames(r org.Record) Document {
	r.GivenName, r.FamilyName, r.DisplayName = "", "", "" // what follows from them goes as well
	d := documentOf(r)
	delete(d, "name")
	return d
}

var errNotYours = &Error{Status: http.StatusForbidden, Detail: "of yourself you may change name and displayName only"}

// notMine answers what a person may not do to themselves.
func (s *Server) notMine(*exchange) (reply, error) { return reply{}, errNotYours }
