package forge

import (
	"errors"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Attacks on a product that takes encrypted assertions: on what it believes of them, and
// on how it decrypts. The donor is encrypted for the product. What was signed before it
// was encrypted stays so; whatever changes afterwards is outside of every signature but
// the response's.
func init() {
	register("enc",
		Attack{
			Row: "ENC-01", Name: "encrypted-unsigned", Modes: OnAssertion, Summary: "is encrypted and not signed at all",
			Sources: []string{"CVE-2024-9487", "CVE-2024-4985", "CVE-2026-18108"},
			claims: func(d *Donor) error {
				d.Impersonate()
				d.Claims.Sign = idp.SignNothing
				return nil
			},
		},
		Attack{
			Row: "ENC-02", Name: "encrypted-attacker-key", Modes: OnAssertion,
			Summary: "is encrypted, and signed with a key of the attacker's own inside",
			Sources: []string{"CVE-2024-9487", "CVE-2024-4985"},
			claims: func(d *Donor) error {
				d.Impersonate()
				return d.signWith("attacker")
			},
		},
		Attack{
			Row: "ENC-05", Name: "plain-refused", ByHand: true, Summary: "is not encrypted, though it was to be",
			claims: says(func(c *idp.Claims) { c.Encrypt = nil }),
		},
		Attack{
			Row: "ENC-06", Name: "another-recipient", NoCrash: true, Modes: OnAssertion, Summary: "is encrypted for somebody else's key",
			claims: encrypted(func(d Donor, e *idp.Encryption) error {
				e.Recipients = []idp.Recipient{{Key: &d.key().PublicKey}}
				return nil
			}),
		},
		flawed("ENC-07", "ciphertext-changed", "last-block", "has another last block of ciphertext", idp.AES256CBC,
			idp.Faults{Cipher: flipByte(-1)}),
		flawed("ENC-07", "ciphertext-changed", "padding-byte", "has its padding changed through the block before", idp.AES256CBC,
			idp.Faults{Cipher: flipByte(-17)}),
		flawed("ENC-07", "ciphertext-changed", "middle-block", "has another block of ciphertext in the middle", idp.AES256CBC,
			idp.Faults{Cipher: flipByte(320)}),
		flawed("ENC-08", "ciphertext-cut", "part-of-a-block", "ends within a block", idp.AES256CBC,
			idp.Faults{Cipher: func(v []byte) []byte { return v[:len(v)-5] }}),
		flawed("ENC-08", "ciphertext-cut", "less-than-a-vector", "has less ciphertext than a block", idp.AES256CBC,
			idp.Faults{Cipher: func(v []byte) []byte { return v[:7] }}),
		flawed("ENC-08", "ciphertext-cut", "vector-alone", "has an initialization vector and nothing after it", idp.AES256CBC,
			idp.Faults{Cipher: func(v []byte) []byte { return v[:16] }}),
		flawed("ENC-08", "ciphertext-cut", "no-ciphertext", "has an empty ciphertext", idp.AES256CBC,
			idp.Faults{Cipher: func([]byte) []byte { return nil }}),
		flawed("ENC-09", "padding-wrong", "padding-of-zero", "says that it has no padding", idp.AES256CBC,
			idp.Faults{Padded: lastByte(0)}),
		flawed("ENC-09", "padding-wrong", "padding-longer-than-a-block", "has more padding than a block is long", idp.AES256CBC,
			idp.Faults{Plain: func(v []byte) []byte { return append(v, strings.Repeat(" ", 48)...) }, Padded: lastByte(40)}),
		flawed("ENC-09", "padding-wrong", "padding-longer-than-all", "has more padding than text", idp.AES256CBC,
			idp.Faults{Padded: func(v []byte) []byte { return lastByte(255)(v[len(v)-32:]) }}),
		flawed("ENC-09", "padding-wrong", "padding-alone", "has padding and no text", idp.AES256CBC,
			idp.Faults{Plain: func([]byte) []byte { return nil }}),
		flawed("ENC-10", "tag-wrong", "tag-flipped", "has another tag than it was sealed with", idp.AES256GCM,
			idp.Faults{Cipher: flipByte(-1)}),
		flawed("ENC-10", "tag-wrong", "tag-cut", "has a tag of four bytes", idp.AES256GCM,
			idp.Faults{Cipher: func(v []byte) []byte { return v[:len(v)-12] }}),
		flawed("ENC-10", "tag-wrong", "tag-gone", "has no tag", idp.AES256GCM,
			idp.Faults{Cipher: func(v []byte) []byte { return v[:len(v)-16] }}),
		flawed("ENC-10", "tag-wrong", "nonce-short", "has less ciphertext than a nonce", idp.AES256GCM,
			idp.Faults{Cipher: func(v []byte) []byte { return v[:8] }}),
		Attack{
			Row: "ENC-11", Name: "rsa-without-oaep", Expect: Warn, Modes: OnAssertion, Summary: "has its key encrypted by RSA with PKCS #1 1.5 padding",
			Sources: []string{"CVE-2011-2487"},
			claims: encrypted(func(_ Donor, e *idp.Encryption) error {
				e.Transport = idp.Transport{Algorithm: idp.RSA15}
				return nil
			}),
		},
		Attack{
			Row: "ENC-13", Name: "triple-des", Expect: Warn, Modes: OnAssertion, Summary: "is encrypted with triple DES",
			claims: encrypted(func(_ Donor, e *idp.Encryption) error {
				e.Content = idp.TripleDESCBC
				return nil
			}),
		},
		misstated("oaep-digest-misstated", "states another digest for OAEP than it was made with",
			idp.Transport{Digest: idp.DigestSHA256}, func(method *etree.Element) error {
				return change(method, "DigestMethod", "Algorithm", idp.DigestSHA1)
			}),
		misstated("oaep-mask-misstated", "states another mask generation function than it was made with",
			idp.Transport{Algorithm: idp.RSAOAEP, Digest: idp.DigestSHA256, MGF: idp.MGF1SHA256}, func(method *etree.Element) error {
				return change(method, "MGF", "Algorithm", idp.MGF1SHA1)
			}),
		misstated("oaep-label-dropped", "keeps back the parameters of OAEP that it was made with",
			idp.Transport{Params: []byte("a label")}, func(method *etree.Element) error { return drop(method, "OAEPparams") }),
		flawed("ENC-17", "method-unusable", "key-of-another-size", "brings a key that is too short for its algorithm", idp.AES256CBC,
			idp.Faults{Key: func(v []byte) []byte { return v[:16] }}),
		Attack{
			Row: "ENC-17", Name: "content-method-unknown", Rule: "method-unusable", NoCrash: true, Modes: OnAssertion,
			Summary: "is encrypted by an algorithm that nobody knows",
			around: onData(func(_ Donor, data *etree.Element) error {
				return change(data, "EncryptionMethod", "Algorithm", "urn:rollcall:unknown")
			}),
		},
		Attack{
			Row: "ENC-17", Name: "content-method-missing", Rule: "method-unusable", NoCrash: true, Modes: OnAssertion,
			Summary: "does not say by which algorithm it is encrypted",
			around:  onData(func(_ Donor, data *etree.Element) error { return drop(data, "EncryptionMethod") }),
		},
		Attack{
			Row: "ENC-17", Name: "key-method-unknown", Rule: "method-unusable", NoCrash: true, Modes: OnAssertion,
			Summary: "has its key encrypted by an algorithm that nobody knows",
			around: onKey(func(_ Donor, key *etree.Element) error {
				return change(key, "EncryptionMethod", "Algorithm", "urn:rollcall:unknown")
			}),
		},
	)
}

// encrypted bends how the donor is encrypted, the donor's own encryption excepted.
func encrypted(bend func(Donor, *idp.Encryption) error) func(*Donor) error {
	return func(d *Donor) error {
		if d.Claims.Encrypt == nil {
			return errors.New("the donor is not encrypted")
		}
		bent := *d.Claims.Encrypt
		bent.Recipients = slices.Clone(bent.Recipients)
		d.Claims.Encrypt = &bent
		return bend(*d, &bent)
	}
}

// flawed is an attack that encrypts with a fault, outside of every signature.
func flawed(row, rule, name, summary, content string, faults idp.Faults) Attack {
	return Attack{
		Row: row, Name: name, Rule: rule, NoCrash: true, Modes: OnAssertion, Summary: summary,
		Sources: flaws[row],
		claims: encrypted(func(_ Donor, e *idp.Encryption) error {
			e.Content, e.Faults = content, faults
			return nil
		}),
	}
}

// flaws are what became known of the rows about decryption.
var flaws = map[string][]string{
	"ENC-07": {"Jager and Somorovsky, How to break XML encryption, CCS 2011"},
	"ENC-08": {"GO-2026-4760"},
	"ENC-09": {"GHSA-hwqm-qvj9-4jr2"},
}

// misstated is an attack whose key was not encrypted as the message says.
func misstated(name, summary string, made idp.Transport, tell func(method *etree.Element) error) Attack {
	return Attack{
		Row: "ENC-14", Name: name, Rule: "oaep-misstated", NoCrash: true, Modes: OnAssertion, Summary: summary,
		claims: encrypted(func(_ Donor, e *idp.Encryption) error {
			e.Transport = made
			return nil
		}),
		around: onKey(func(_ Donor, key *etree.Element) error {
			method, err := find(key, "EncryptionMethod")
			if err != nil {
				return err
			}
			return tell(method)
		}),
	}
}

// onData and onKey do something with the EncryptedData, and with its first EncryptedKey.
func onData(do func(Donor, *etree.Element) error) func(Donor, *idp.Draft) error {
	return onEncrypted("EncryptedData", do)
}

func onKey(do func(Donor, *etree.Element) error) func(Donor, *idp.Draft) error {
	return onEncrypted(".//EncryptedKey", do)
}

func onEncrypted(path string, do func(Donor, *etree.Element) error) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		if draft.Encrypted == nil {
			return errors.New("the donor is not encrypted")
		}
		found := draft.Encrypted.FindElement(path)
		if found == nil {
			return errors.New("the donor has no " + path)
		}
		return do(d, found)
	}
}

// flipByte changes one byte: the one with this number, from the end where it is negative.
func flipByte(n int) func([]byte) []byte {
	return func(value []byte) []byte {
		value = slices.Clone(value)
		value[(len(value)+n)%len(value)] ^= 0x55
		return value
	}
}

// lastByte sets the length that a padding says it has.
func lastByte(length byte) func([]byte) []byte {
	return func(value []byte) []byte {
		value = slices.Clone(value)
		value[len(value)-1] = length
		return value
	}
}
