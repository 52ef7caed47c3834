package forge

import (
	"errors"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// ErrOpen says that an attack is made of a plain response and cannot be made of one whose
// assertion is encrypted: for a product that takes nothing else there is no such attack.
var ErrOpen = errors.New("the attack is made of a response whose assertion can be read")

// hide readies a donor whose assertion will be encrypted for an attack that knows nothing
// of it. Anybody can encrypt for a product, so what is forged in the open is encrypted
// last, by the deed returned. A signature of the response does not survive that: such a
// donor signs the assertion alone. Attacks that end before signing need none of this, the
// honest signing encrypts for them.
func (a Attack) hide(d *Donor) (last func(*idp.Draft) error, err error) {
	secret := d.Claims.Encrypt
	openly := a.sign != nil || a.around != nil || a.document != nil || a.bytes != nil
	if secret == nil || a.family == "enc" || !openly {
		return func(*idp.Draft) error { return nil }, nil
	}
	if a.bytes != nil || d.Claims.Sign == idp.SignResponse || a.widened(*d) {
		return nil, ErrOpen
	}
	d.Claims.Encrypt = nil
	if d.Claims.Sign == idp.SignBoth {
		d.Claims.Sign = idp.SignAssertion
	}
	return func(draft *idp.Draft) error { return encryptAll(*secret, draft.Response) }, nil
}

// encryptAll encrypts each assertion that is a child of the response, in its place.
func encryptAll(secret idp.Encryption, response *etree.Element) error {
	for _, assertion := range response.SelectElements("Assertion") {
		encrypted, err := secret.EncryptAssertion(assertion)
		if err != nil {
			return err
		}
		before(assertion, encrypted)
		response.RemoveChild(assertion)
	}
	return nil
}
