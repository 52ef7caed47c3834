package provision

import "encoding/json"

// User is an app user's profile as it is pushed.
type User struct {
	// UserName is the application user name; the rest is the Okta profile.
	UserName    string
	GivenName   string
	FamilyName  string
	Email       string
	DisplayName string
	Locale      string
	// ExternalID is the Okta user id.
	ExternalID string
	// Password is sent with a new user; Okta makes one up and sends it also where
	// password synchronization is off.
	Password string
}

type name struct {
	GivenName  string `json:"givenName,omitempty"`
	FamilyName string `json:"familyName,omitempty"`
}

type email struct {
	Primary bool   `json:"primary"`
	Value   string `json:"value"`
	Type    string `json:"type"`
}

// newUser has its members in Okta's order.
type newUser struct {
	Schemas     []string `json:"schemas"`
	UserName    string   `json:"userName"`
	Name        name     `json:"name"`
	Emails      []email  `json:"emails"`
	DisplayName string   `json:"displayName,omitempty"`
	Locale      string   `json:"locale,omitempty"`
	ExternalID  string   `json:"externalId,omitempty"`
	Groups      []string `json:"groups"`
	Password    string   `json:"password,omitempty"`
	Active      bool     `json:"active"`
}

// Body returns the JSON with which Okta creates the user, byte for byte.
func (u User) Body() ([]byte, error) {
	return marshal(newUser{
		Schemas:     []string{userSchema},
		UserName:    u.UserName,
		Name:        name{u.GivenName, u.FamilyName},
		Emails:      []email{{Primary: true, Value: u.Email, Type: "work"}},
		DisplayName: u.DisplayName,
		Locale:      u.Locale,
		ExternalID:  u.ExternalID,
		Groups:      []string{},
		Password:    u.Password,
		Active:      true,
	})
}

// Empties is how an attribute that has become empty is pushed. No document says
// which Okta does, so it is a choice; null is the default.
type Empties int

// EmptyNull sends null, EmptyString "", EmptyOmit sends back what the product had.
const (
	EmptyNull Empties = iota
	EmptyString
	EmptyOmit
)

// apply writes the mapped attributes over a resource that the product returned.
// What is not mapped stays, active and unknown attributes among it.
func (u User) apply(resource *Object, empties Empties) error {
	if err := resource.Set("userName", u.UserName); err != nil {
		return err
	}
	if err := u.applyName(resource, empties); err != nil {
		return err
	}
	if err := u.applyEmail(resource); err != nil {
		return err
	}
	if err := setOrEmpty(resource, "displayName", u.DisplayName, empties); err != nil {
		return err
	}
	return setOrEmpty(resource, "locale", u.Locale, empties)
}

func (u User) applyName(resource *Object, empties Empties) error {
	full, err := ParseObject(resource.Raw("name"))
	if err != nil {
		full = &Object{}
	}
	if err := setOrEmpty(full, "givenName", u.GivenName, empties); err != nil {
		return err
	}
	if err := setOrEmpty(full, "familyName", u.FamilyName, empties); err != nil {
		return err
	}
	return resource.Set("name", full)
}

// applyEmail changes the address marked primary and leaves the others alone.
func (u User) applyEmail(resource *Object) error {
	var raw []json.RawMessage
	if json.Unmarshal(resource.Raw("emails"), &raw) != nil {
		raw = nil
	}
	addresses := make([]*Object, 0, len(raw)+1)
	primary := -1
	for n, text := range raw {
		address, err := ParseObject(text)
		if err != nil {
			return resource.Set("emails", []email{{true, u.Email, "work"}})
		}
		if string(address.Raw("primary")) == "true" {
			primary = n
		}
		addresses = append(addresses, address)
	}
	if primary < 0 {
		addresses = append(addresses, &Object{})
		primary = len(addresses) - 1
		for _, part := range []struct {
			name  string
			value any
		}{{"primary", true}, {"value", ""}, {"type", "work"}} {
			if err := addresses[primary].Set(part.name, part.value); err != nil {
				return err
			}
		}
	}
	if err := addresses[primary].Set("value", u.Email); err != nil {
		return err
	}
	return resource.Set("emails", addresses)
}

// setOrEmpty sets a value; an empty one only matters where the product has one.
func setOrEmpty(resource *Object, name, value string, empties Empties) error {
	if value != "" {
		return resource.Set(name, value)
	}
	if existing := resource.Raw(name); existing == nil || string(existing) == "null" {
		return nil
	}
	switch empties {
	case EmptyOmit:
		return nil
	case EmptyString:
		return resource.Set(name, "")
	}
	return resource.Set(name, nil)
}

// profilePatch is the value with which a profile is patched.
type profilePatch struct {
	UserName    string  `json:"userName"`
	Name        name    `json:"name"`
	Emails      []email `json:"emails"`
	DisplayName string  `json:"displayName,omitempty"`
	Locale      string  `json:"locale,omitempty"`
}

func (u User) patch() profilePatch {
	return profilePatch{
		UserName:    u.UserName,
		Name:        name{u.GivenName, u.FamilyName},
		Emails:      []email{{Primary: true, Value: u.Email, Type: "work"}},
		DisplayName: u.DisplayName,
		Locale:      u.Locale,
	}
}
