package spec

import "fmt"

// KeepsInactive says whether the product has users who are not active: one whose profile
// says record_after_deactivate: gone has none.
func (c *Client) KeepsInactive() bool {
	return !c.live.Profile.States("record_after_deactivate", "gone")
}

// NeedsInactive ends the spec as unsupported where the product has no inactive users.
func (c *Client) NeedsInactive() {
	if !c.KeepsInactive() {
		conclude(EntryUnsupported, fmt.Sprintf("the profile %s says record_after_deactivate: gone, and this is about somebody inactive", c.live.Profile.Name), 1)
	}
}
