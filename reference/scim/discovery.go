package scim

import (
	"maps"
	"net/http"
	"slices"
)

// documents are what discovery serves, by the endpoint that serves them (RFC 7644
// section 4). They are read once and never changed.
var documents = struct {
	configuration document
	types         []document
	schemas       []document
}{
	readEmbedded("ServiceProviderConfig"),
	[]document{readEmbedded("ResourceTypeUser"), readEmbedded("ResourceTypeGroup")},
	[]document{readEmbedded("User"), readEmbedded("Group"), readEmbedded("EnterpriseUser"), readEmbedded("Badge")},
}

// offered are those of the documents that tell of what the connection offers.
func (x *exchange) offered(all []document) []document {
	if x.caller.Provider.Groups {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(d document) bool { return d.id() == "Group" || d.id() == GroupSchema })
}

// document is a discovery resource, without its meta.
type document map[string]any

func readEmbedded(name string) document {
	var d document
	decodeEmbedded(name, &d)
	return d
}

func (d document) id() string {
	id, _ := d["id"].(string)
	return id
}

// at is the document as it is found at a location.
func (d document) at(resourceType, location string) document {
	located := maps.Clone(d)
	located["meta"] = document{"resourceType": resourceType, "location": location}
	return located
}

// configuration answers GET /ServiceProviderConfig (RFC 7643 section 5).
func (s *Server) configuration(x *exchange) (reply, error) {
	location := x.location("ServiceProviderConfig")
	return s.discovered(x, documents.configuration.at("ServiceProviderConfig", location))
}

// listResourceTypes answers GET /ResourceTypes (RFC 7643 section 6).
func (s *Server) listResourceTypes(x *exchange) (reply, error) {
	return s.listDocuments(x, "ResourceType", x.offered(documents.types))
}

func (s *Server) readResourceType(x *exchange) (reply, error) {
	return s.readDocument(x, "ResourceType", x.offered(documents.types))
}

// listSchemas answers GET /Schemas (RFC 7643 section 7).
func (s *Server) listSchemas(x *exchange) (reply, error) {
	return s.listDocuments(x, "Schema", x.offered(documents.schemas))
}

func (s *Server) readSchema(x *exchange) (reply, error) {
	return s.readDocument(x, "Schema", x.offered(documents.schemas))
}

// listDocuments gives them all: discovery knows no pages.
func (s *Server) listDocuments(x *exchange, resourceType string, all []document) (reply, error) {
	located := make([]document, len(all))
	for i, d := range all {
		located[i] = d.at(resourceType, x.location(x.path[0], d.id()))
	}
	return s.discovered(x, newList(len(all), 1, located))
}

func (s *Server) readDocument(x *exchange, resourceType string, all []document) (reply, error) {
	for _, d := range all {
		if d.id() == x.id {
			return s.discovered(x, d.at(resourceType, x.location(x.path[0], x.id)))
		}
	}
	return reply{}, &Error{Status: http.StatusNotFound, Detail: "there is nothing with this id"}
}

// discovered answers with a document. A filter is refused rather than ignored, so
// that nobody takes everything for what matched (RFC 7644 section 4).
func (s *Server) discovered(x *exchange, body any) (reply, error) {
	if x.query.Has("filter") {
		return reply{}, &Error{Status: http.StatusForbidden, Detail: "discovery cannot be filtered"}
	}
	return reply{http.StatusOK, nil, body}, nil
}
