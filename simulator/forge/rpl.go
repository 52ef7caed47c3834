package forge

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Attacks on what ties a response to a request.
func init() {
	register("rpl", Attack{
		Row: "RPL-16", Name: "in-response-to-empty", Rule: "request-not-empty", ByHand: true,
		Summary: "answers a request with an empty ID",
		draft: func(_ Donor, draft *idp.Draft) error {
			data, err := find(draft.Assertion, "Subject/SubjectConfirmation/SubjectConfirmationData")
			if err != nil {
				return err
			}
			for _, el := range []*etree.Element{draft.Response, data} {
				el.CreateAttr("InResponseTo", "")
			}
			return nil
		},
	})
}
