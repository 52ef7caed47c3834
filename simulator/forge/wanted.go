package forge

import (
	"fmt"
	"slices"

	"rollcall.example/simulator/idp"
)

// What becomes of an attack at a product that wants more signed than the attack's mode
// signs. Such a product takes no honest response of that mode, so that its refusal of a
// wrong one would say nothing. The attack is then made of a donor that is signed in both
// parts, and what is wrong with it is still one thing:
//
//   - Where the identity provider itself is wrong, as in the algorithm of one signature,
//     that part of the donor is as the mode has it, and the other signature is honest:
//     the inner one first, and the outer one over it.
//   - Whoever has no key can leave no signature honest over what they change. What they
//     do to one of them they do to the other in the same way.
//   - What is forged beside a signed assertion changes the response that is signed around
//     both. What the response's signature covered is then kept in an Object of it, where
//     a verifier that follows the reference finds it (the second form of XSW1).

// Signed says how much of the donor is signed when the attack is made in one of its modes
// at a product that wants this much signed; SignNothing stands for either part. Where no
// such attack is left to make, the reason says why, and ends in no full stop.
func (a Attack) Signed(mode, wanted idp.Signing) (signed idp.Signing, reason string) {
	other := idp.SignAssertion
	if mode == idp.SignAssertion {
		other = idp.SignResponse
	}
	switch {
	case mode == idp.SignBoth || wanted == mode || wanted == idp.SignNothing:
		return mode, ""
	case a.Only != "":
		return mode, a.Only
	case a.inOneSignature():
		if wanted == other {
			return mode, fmt.Sprintf("the fault is in the %s's signature, which need not be there", mode)
		}
	case slices.Contains(a.In(), idp.SignBoth):
		return mode, "it is made with both parts signed as it is"
	case slices.Contains(a.In(), wanted), mode == idp.SignResponse && len(a.In()) > 1:
		return mode, fmt.Sprintf("with more signed it is what is made of a response with %s signed", other)
	}
	return idp.SignBoth, ""
}

// inOneSignature says that the fault is in the making of a signature by whoever has the
// key, and nowhere else: the other part of the response can be signed in honesty.
func (a Attack) inOneSignature() bool {
	elsewhere := a.forged || a.claims != nil || a.draft != nil || a.document != nil || a.bytes != nil
	return a.sign != nil && !elsewhere
}

// widened says that the donor has more signed than the attack was made for.
func (a Attack) widened(d Donor) bool {
	return d.Claims.Sign == idp.SignBoth && !slices.Contains(a.In(), idp.SignBoth)
}

// signWidely signs both parts of a widened donor, one after the other.
func (a Attack) signWidely(d Donor, draft *idp.Draft) error {
	for _, part := range []idp.Signing{idp.SignAssertion, idp.SignResponse} {
		d := d
		d.Claims.Sign = part
		sign := honestly
		if a.sign != nil && (!a.inOneSignature() || slices.Contains(a.In(), part) && part == d.part(a)) {
			sign = a.sign
		}
		if err := sign(d, draft); err != nil {
			return err
		}
		draft.Encrypt, draft.EncryptName = nil, nil // it is done
		if part == idp.SignAssertion && a.around != nil {
			if err := a.around(d, draft); err != nil {
				return err
			}
		}
	}
	return nil
}

// part is what a widened donor is to be attacked in.
func (d Donor) part(a Attack) idp.Signing {
	if slices.Contains(a.In(), d.Part) {
		return d.Part
	}
	return a.In()[0]
}

// kept makes a moment after the signing one that keeps what the response's signature
// covered, in an Object of that signature, and gives the response an ID of its own.
func kept(moment edit) edit {
	return func(d Donor, draft *idp.Draft) error {
		signature, err := find(draft.Response, "Signature")
		if err != nil {
			return err
		}
		covered := unsigned(draft.Response)
		if err := moment(d, draft); err != nil {
			return err
		}
		wrapping{}.rename(draft.Response)
		inObject(signature, covered)
		return nil
	}
}
