package verify

import (
	"fmt"
	"slices"
	"strings"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/spec"
	"rollcall.example/suites/target"
)

// claims are the places of a ServiceProviderConfig that say whether there is a feature
// (RFC 7643 section 5; RFC 9865 section 3 for the cursor).
var claims = map[string]string{
	target.SCIMPatch:    "patch.supported",
	target.SCIMBulk:     "bulk.supported",
	target.SCIMFilter:   "filter.supported",
	target.SCIMSort:     "sort.supported",
	target.SCIMETag:     "etag.supported",
	target.SCIMPassword: "changePassword.supported",
	target.SCIMCursor:   "pagination.cursor",
}

func denial(path string) string { return "ServiceProviderConfig says " + path + " is false" }

// absent is the reason of what cannot be learned, as an endpoint of discovery tells
// nothing.
func absent(endpoint, why string) string {
	return fmt.Sprintf("discovery is missing (%s: %s): %s", endpoint, why, declareIt)
}

// hear learns from the three endpoints of discovery.
func (l *learner) hear() {
	there := 0
	var silent string
	for _, endpoint := range []struct {
		name string
		hear func(endpoint string) (missing string)
	}{{"ServiceProviderConfig", l.hearConfig}, {"ResourceTypes", l.hearTypes}, {"Schemas", l.hearSchemas}} {
		missing := endpoint.hear(endpoint.name)
		switch {
		case missing == "":
			there++
		case silent == "":
			silent = absent(endpoint.name, missing)
		}
	}
	if there == 0 {
		l.lacks(target.SCIMDiscovery, silent)
		return
	}
	l.has(target.SCIMDiscovery, "it answers")
}

// hearConfig learns from the ServiceProviderConfig.
func (l *learner) hearConfig(endpoint string) (missing string) {
	config, missing := l.config(endpoint)
	for feature, path := range claims {
		value, there := config.At(path)
		switch said, sensible := value.(bool); {
		case missing != "":
			if !triable(feature) {
				l.lacks(feature, absent(endpoint, missing))
			}
		case !there:
			l.lacks(feature, endpoint+" says nothing of "+path)
		case !sensible:
			l.lacks(feature, fmt.Sprintf("%s says of %s neither true nor false", endpoint, path))
		case said:
			l.has(feature, endpoint+" says so")
		default:
			l.lacks(feature, denial(path))
		}
	}
	return missing
}

// config is the ServiceProviderConfig, where the answer is one: it says something of
// what such a document is about.
func (l *learner) config(endpoint string) (config provision.Document, missing string) {
	answer, why := l.get("/" + endpoint)
	if why != "" {
		return nil, why
	}
	config, err := answer.Document()
	if err != nil {
		return nil, err.Error()
	}
	for _, path := range claims {
		if _, there := config.At(path); there {
			return config, ""
		}
	}
	return nil, "it answered something else"
}

// hearTypes learns from the resource types which resources there are, and how users are
// extended.
func (l *learner) hearTypes(endpoint string) (missing string) {
	types, missing := l.list(endpoint, func(d provision.Document) bool { return d.Text("endpoint") != "" })
	if missing != "" {
		l.lacks(target.SCIMExtension, absent(endpoint, missing))
		return missing
	}
	if names(types, "/Groups") == nil {
		l.lacks(target.SCIMGroups, endpoint+" names no Group")
	} else {
		l.has(target.SCIMGroups, endpoint+" names Group")
	}
	own, enterprise := "", false
	for _, extension := range names(types, "/Users").Objects("schemaExtensions") {
		switch urn := extension.Text("schema"); {
		case strings.EqualFold(urn, spec.EnterpriseSchema):
			enterprise = true
		case urn != "":
			own = urn
		}
	}
	if enterprise {
		l.has(target.SCIMEnterprise, endpoint+" extends User by it")
	} else {
		l.lacks(target.SCIMEnterprise, endpoint+" does not extend User by it")
	}
	if own != "" {
		l.has(target.SCIMExtension, endpoint+" extends User by "+own)
	} else {
		l.lacks(target.SCIMExtension, endpoint+" names no extension of User of its own")
	}
	return ""
}

// hearSchemas learns from the schemas which attributes users have.
func (l *learner) hearSchemas(endpoint string) (missing string) {
	schemas, missing := l.list(endpoint, func(d provision.Document) bool {
		return d.Text("id") != "" && len(d.Objects("attributes")) > 0
	})
	user, enterprise := described(schemas, spec.UserSchema), described(schemas, spec.EnterpriseSchema)
	if !l.known(target.SCIMEnterprise) {
		switch {
		case missing != "":
			l.lacks(target.SCIMEnterprise, absent(endpoint, missing))
		case enterprise == nil:
			l.lacks(target.SCIMEnterprise, endpoint+" does not describe it")
		default:
			l.has(target.SCIMEnterprise, endpoint+" describes it")
		}
	}
	lacking := slices.DeleteFunc(slices.Clone(beyondTheLeast), func(name string) bool { return spec.AttributeOf(user, name) != nil })
	switch {
	case missing != "":
		l.lacks(target.SCIMAttributes, absent(endpoint, missing))
	case user == nil:
		l.lacks(target.SCIMAttributes, endpoint+" does not describe User")
	case len(lacking) > 0:
		l.lacks(target.SCIMAttributes, endpoint+" describes User without "+strings.Join(lacking, ", "))
	default:
		l.has(target.SCIMAttributes, endpoint+" describes all of User")
	}
	return missing
}

// beyondTheLeast are the attributes of users that a product may do without (RFC 7643
// section 4.1): who describes them all keeps whatever the core schema has.
var beyondTheLeast = []string{
	"displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone",
	"phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates",
}

// list is what an endpoint of discovery lists, where there is anything of its kind in it.
func (l *learner) list(endpoint string, kind func(provision.Document) bool) (listed []provision.Document, missing string) {
	answer, why := l.get("/" + endpoint)
	if why != "" {
		return nil, why
	}
	listed, err := answer.Documents()
	switch {
	case err != nil:
		return nil, err.Error()
	case !slices.ContainsFunc(listed, kind):
		return nil, "it lists nothing of the kind"
	}
	return listed, ""
}

// names finds the resource type that is served at an endpoint.
func names(types []provision.Document, endpoint string) provision.Document {
	at := slices.IndexFunc(types, func(d provision.Document) bool {
		return strings.EqualFold("/"+strings.Trim(d.Text("endpoint"), "/"), endpoint)
	})
	if at < 0 {
		return nil
	}
	return types[at]
}

func described(schemas []provision.Document, urn string) provision.Document {
	at := slices.IndexFunc(schemas, func(d provision.Document) bool { return strings.EqualFold(d.Text("id"), urn) })
	if at < 0 {
		return nil
	}
	return schemas[at]
}
