package spec

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
)

// Body is a resource, or another message, before it is sent.
type Body = map[string]any

// The schemas that bodies name (RFC 7643 section 10.3, RFC 7644 section 8.2).
const (
	UserSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	SearchSchema     = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	BulkSchema       = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
)

// Change changes a body before it is sent.
type Change func(Body)

// With makes a body say this at a path, as "title" or "name.givenName"; the URI of an
// extension leads into it, and is then named in schemas.
func With(path string, value any) Change {
	return func(b Body) {
		if urn, name, extends := InExtension(path); extends {
			b["schemas"] = naming(b["schemas"], urn)
			if name == "" {
				b[urn] = value
				return
			}
			b, path = below(b, urn), name
		}
		outer, inner, nested := strings.Cut(path, ".")
		if nested {
			below(b, outer)[inner] = value
			return
		}
		b[path] = value
	}
}

// Without leaves an attribute out of a body. What it would stand in is not made for that:
// an extension that says nothing is not in the body, nor named in schemas.
func Without(path string) Change {
	return func(b Body) {
		within, name := b, path
		if urn, attribute, extends := InExtension(path); extends && attribute != "" {
			within, name = inside(b, urn), attribute
		}
		if outer, inner, nested := strings.Cut(name, "."); nested && !strings.HasPrefix(name, "urn:") {
			within, name = inside(within, outer), inner
		}
		delete(within, name)
	}
}

// inside is below where there is such an attribute, and nil where there is none.
func inside(b Body, name string) Body {
	if _, there := b[name].(map[string]any); !there {
		return nil
	}
	return below(b, name)
}

// InExtension splits the path of an attribute of an extension, urn:…:2.0:User:department.
// The URI alone has no name.
func InExtension(path string) (urn, name string, extends bool) {
	if !strings.HasPrefix(path, "urn:") {
		return "", "", false
	}
	at := strings.LastIndexByte(path, ':')
	if last := path[at+1:]; last != "" && strings.ToUpper(last[:1]) == last[:1] {
		return path, "", true
	}
	return path[:at], path[at+1:], true
}

func naming(schemas any, urn string) []string {
	named, _ := schemas.([]string)
	if slices.Contains(named, urn) {
		return named
	}
	return append(slices.Clone(named), urn)
}

// below is the complex attribute of that name, a copy so that a body that shares it
// stays as it is.
func below(b Body, name string) Body {
	before, _ := b[name].(map[string]any)
	inner := Body{}
	maps.Copy(inner, before)
	b[name] = inner
	return inner
}

// User is a person as a client would create them: the least that every product keeps,
// under names that nobody else has, and the changes. Of who has one name only, nothing
// is said of a family name: an empty one is a value that a product may refuse.
func (c *Client) User(name string, changes ...Change) Body {
	first, last, _ := strings.Cut(name, " ")
	n := c.named.Add(1)
	email := fmt.Sprintf("%s.%s.%d@rollcall.test", addressed(name), c.tag, n)
	names := Body{"givenName": first}
	if last != "" {
		names["familyName"] = last
	}
	return changed(Body{
		"schemas":     []string{UserSchema},
		"userName":    email,
		"externalId":  fmt.Sprintf("ext-%s-%d", c.tag, n),
		"name":        names,
		"displayName": name,
		"emails":      []any{Body{"value": email, "type": "work", "primary": true}},
		"active":      true,
	}, changes)
}

// Group is a group of these members, under a name that no other has, and the changes.
func (c *Client) Group(name string, members []*Resource, changes ...Change) Body {
	body := Body{
		"schemas":     []string{GroupSchema},
		"displayName": fmt.Sprintf("%s %s.%d", name, c.tag, c.named.Add(1)),
	}
	if len(members) > 0 {
		body["members"] = Members(members...)
	}
	return changed(body, changes)
}

// Members is what a group says of its members.
func Members(of ...*Resource) []any {
	all := make([]any, len(of))
	for i, r := range of {
		all[i] = Body{"value": r.ID}
	}
	return all
}

func changed(b Body, changes []Change) Body {
	for _, change := range changes {
		change(b)
	}
	return b
}

// Resource is something that the spec made.
type Resource struct {
	ID   string
	Path string // below the base URL, as /Users/42
	Body Body   // what was last written as a whole
	Made provision.Answer
}

// String names the resource in a message.
func (r *Resource) String() string { return fmt.Sprintf("%v at %s", r.name(), r.Path) }

// ResourceID is the id that the product gave it.
func (r *Resource) ResourceID() string { return r.ID }

// Collection is where the resource was made, as /Users.
func (r *Resource) Collection() string { return r.Path[:strings.LastIndexByte(r.Path, '/')] }

// naming is the attribute by which a client finds the resource, and what it says.
func (r *Resource) naming() string {
	if r.Collection() == "/Groups" {
		return "displayName"
	}
	return "userName"
}

func (r *Resource) name() string {
	name, _ := r.Body[r.naming()].(string)
	return name
}

// Filter finds the resource by its name: userName eq "…", or displayName of a group.
func (r *Resource) Filter() string { return r.naming() + " eq " + Quoted(r.name()) }

// Quoted is a text as a filter writes it (RFC 7644 section 3.4.2.2).
func Quoted(text string) string {
	var quoted strings.Builder
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string can always be encoded
	return strings.TrimSpace(quoted.String())
}

// With is the resource as it was last written, with changes: what a client replaces it
// by. The resource itself stays as it is until that is sent.
func (r *Resource) With(changes ...Change) Body { return changed(maps.Clone(r.Body), changes) }

// Create makes what the body says, in /Groups if it is a group and else in /Users.
// Where the product refuses the spec is untestable.
func (c *Client) Create(ctx context.Context, body Body, how ...Asking) *Resource {
	answer := c.Post(ctx, collectionOf(body), body, how...)
	made, err := madeOf(answer, body)
	if err != nil {
		conclude(EntryUntestable, "an honest creation came to nothing: "+err.Error(), 1)
	}
	return made
}

func collectionOf(body Body) string {
	if named, _ := body["schemas"].([]string); slices.Contains(named, GroupSchema) {
		return "/Groups"
	}
	return "/Users"
}

// Made is what a creation was answered with, to go on with. Where that is no resource
// with an id the spec is untestable.
func (c *Client) Made(answer provision.Answer, body Body) *Resource {
	made, err := madeOf(answer, body)
	if err != nil {
		conclude(EntryUntestable, err.Error(), 1)
	}
	return made
}

// Taken is [Client.Made] where that the creation succeeds is the claim itself.
func (c *Client) Taken(answer provision.Answer, body Body) *Resource {
	made, err := madeOf(answer, body)
	gomega.Expect(err).WithOffset(1).NotTo(gomega.HaveOccurred(), "it is to be created")
	return made
}

func madeOf(answer provision.Answer, body Body) (*Resource, error) {
	shown, err := answer.Document()
	switch id := shown.Text("id"); {
	case !answer.OK():
		return nil, fmt.Errorf("it was answered %s", answerInWords(answer))
	case err != nil:
		return nil, fmt.Errorf("it was answered %d, and %w", answer.Status, err)
	case id == "":
		return nil, fmt.Errorf("it was answered %d, and %w", answer.Status, answer.NoID())
	default:
		whole := maps.Clone(body)
		whole["id"] = id
		return &Resource{ID: id, Path: collectionOf(body) + "/" + url.PathEscape(id), Body: whole, Made: answer}, nil
	}
}

func answerInWords(a provision.Answer) string {
	text := fmt.Sprintf("%d %s", a.Status, a.Reason())
	if detail := a.Detail(); detail != "" {
		text += ": " + detail
	}
	return text
}

// Post sends a body to a collection.
func (c *Client) Post(ctx context.Context, collection string, body any, how ...Asking) provision.Answer {
	answer, err := c.exchange(ctx, "POST", collection, body, how)
	broken(err, 2)
	return answer
}

// Get reads the resource by its id.
func (c *Client) Get(ctx context.Context, r *Resource, how ...Asking) provision.Answer {
	answer, err := c.exchange(ctx, "GET", r.Path, nil, how)
	broken(err, 2)
	return answer
}

// Put replaces the resource. What was taken is what the resource is written as from
// then on.
func (c *Client) Put(ctx context.Context, r *Resource, body any, how ...Asking) provision.Answer {
	answer, err := c.exchange(ctx, "PUT", r.Path, body, how)
	broken(err, 2)
	if whole, ok := body.(Body); ok && answer.OK() {
		r.Body = whole
	}
	return answer
}

// Patch sends the operations in one request (RFC 7644 section 3.5.2).
func (c *Client) Patch(ctx context.Context, r *Resource, operations ...map[string]any) provision.Answer {
	answer, err := c.exchange(ctx, "PATCH", r.Path, PatchBody(operations...), nil)
	broken(err, 2)
	return answer
}

// Add is an operation of a PATCH; an empty path is left out.
func Add(path string, value any) map[string]any { return operation("add", path, value) }

// Replace is an operation of a PATCH; an empty path is left out.
func Replace(path string, value any) map[string]any { return operation("replace", path, value) }

// Remove is an operation of a PATCH.
func Remove(path string) map[string]any { return map[string]any{"op": "remove", "path": path} }

func operation(op, path string, value any) map[string]any {
	said := map[string]any{"op": op, "value": value}
	if path != "" {
		said["path"] = path
	}
	return said
}

// Delete deletes the resource.
func (c *Client) Delete(ctx context.Context, r *Resource) provision.Answer {
	answer, err := c.exchange(ctx, "DELETE", r.Path, nil, nil)
	broken(err, 2)
	return answer
}

// Filter lists what matches, in a collection as /Users.
func (c *Client) Filter(ctx context.Context, collection, filter string, how ...Asking) provision.Answer {
	answer, err := c.exchange(ctx, "GET", collection, nil, append([]Asking{Param("filter", filter)}, how...))
	broken(err, 2)
	return answer
}

// List asks for a list of a collection.
func (c *Client) List(ctx context.Context, collection string, how ...Asking) provision.Answer {
	answer, err := c.exchange(ctx, "GET", collection, nil, how)
	broken(err, 2)
	return answer
}

// Search asks by POST, below a collection or, with an empty one, below the base URL
// (RFC 7644 section 3.4.3). The schema is added where the body names none.
func (c *Client) Search(ctx context.Context, collection string, parameters Body) provision.Answer {
	body := Body{"schemas": []string{SearchSchema}}
	maps.Copy(body, parameters)
	answer, err := c.exchange(ctx, "POST", collection+"/.search", body, nil)
	broken(err, 2)
	return answer
}
