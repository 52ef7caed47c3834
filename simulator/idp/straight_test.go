package idp_test

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/idp"
)

// byTree issues by way of a tree, which a draft is.
func byTree(tb testing.TB, i idp.Identity, c idp.Claims) (*idp.Response, error) {
	tb.Helper()
	draft, err := i.Draft(c)
	if err != nil {
		return nil, err
	}
	if err := draft.SignAs(c.Sign); err != nil {
		return nil, err
	}
	return draft.Seal(), nil
}

// bothWays issues the same message straight and by way of a tree, and wants the same.
func bothWays(tb testing.TB, i idp.Identity, c idp.Claims) {
	tb.Helper()
	c.Random = io.Reader(&stream{})
	straight, err := i.Issue(c)
	c.Random = io.Reader(&stream{})
	tree, treeErr := byTree(tb, i, c)
	if err != nil || treeErr != nil {
		if fmt.Sprint(err) != fmt.Sprint(treeErr) {
			tb.Fatalf("straight: %v\nby tree: %v", err, treeErr)
		}
		return
	}
	if string(straight.XML) != string(tree.XML) {
		tb.Fatalf("signing %s\nstraight: %s\n by tree: %s", c.Sign, straight.XML, tree.XML)
	}
	straight.XML, tree.XML = nil, nil
	if fmt.Sprint(straight) != fmt.Sprint(tree) {
		tb.Fatalf("straight: %+v\nby tree: %+v", straight, tree)
	}
}

// What is written without a tree is, to the byte, what the tree makes: of each signing
// mode, with and without attributes, with every character that has an escape.
func TestStraightIsTheTrees(t *testing.T) {
	t.Parallel()
	const hard = "Łukasz O'Neil-周 <&\">\t\r\n ]]>"
	everything := withAttributes(claims())
	everything.NameID, everything.NameIDFormat, everything.SessionIndex = hard, hard, hard
	everything.Destination, everything.Recipient, everything.Audience, everything.InResponseTo = hard, hard+"r", hard+"a", hard+"i"
	everything.Unset = idp.Empty
	everything.Attributes = append(everything.Attributes, idp.Attribute{Name: hard, NameFormat: hard, Values: []string{hard, "", hard}}, idp.Attribute{Name: "unset"})
	unsolicited := claims()
	unsolicited.InResponseTo, unsolicited.AuthnInstant = "", time.Time{}
	nothing := claims()
	nothing.NameID = ""
	for name, c := range map[string]idp.Claims{
		"plain": claims(), "attributes": withAttributes(claims()), "hard": everything, "unsolicited": unsolicited, "refused": nothing,
	} {
		for _, signing := range []idp.Signing{idp.SignBoth, idp.SignResponse, idp.SignAssertion, idp.SignNothing} {
			t.Run(name+" "+signing.String(), func(t *testing.T) {
				t.Parallel()
				c.Sign = signing
				bothWays(t, identity(t), c)
			})
		}
	}
}

// On an elliptic curve no two signatures are alike; all else is the same, and somebody
// else's implementation verifies it.
func TestStraightIsTheTreesOnACurve(t *testing.T) {
	t.Parallel()
	needXMLSec(t)
	signer := withKey(t, "ec-p256")
	c := withAttributes(claims())
	c.Random = io.Reader(&stream{})
	straight, err := signer.Issue(c)
	c.Random = io.Reader(&stream{})
	tree, treeErr := byTree(t, signer, c)
	if err != nil || treeErr != nil {
		t.Fatal(err, treeErr)
	}
	signed := regexp.MustCompile(`<ds:(SignatureValue|DigestValue)>[^<]*<`)
	if got, want := signed.ReplaceAllString(string(straight.XML), ""), signed.ReplaceAllString(string(tree.XML), ""); got != want {
		t.Errorf("straight: %s\n by tree: %s", got, want)
	}
	if !strings.Contains(string(straight.XML), idp.ECDSASHA256) {
		t.Errorf("it is not signed by ECDSA: %s", straight.XML)
	}
	for _, element := range []string{"Response", "Assertion"} {
		if err := verify(t, signer, straight.XML, element); err != nil {
			t.Errorf("the signature of the %s does not verify: %v", element, err)
		}
	}
}

func FuzzStraightIsTheTrees(f *testing.F) {
	f.Add("https://acme.test/acs?a=1&b=2", "https://acme.test", "_1", "han@acme.test", "teams\none/maintainer\ntwo\n\nadmin\n\nnone", byte(0))
	f.Add("<&\">\t\r\n", "]]>", "", "\x00\xff\ufffe", "a\nb", byte(1))
	f.Add("d", "a", "r", "n", "", byte(2))
	f.Add("d", "a", "", "n", "x\n\n\ny", byte(3))
	who := identity(f)
	f.Fuzz(func(t *testing.T, to, audience, request, name, attributes string, signing byte) {
		c := idp.Claims{
			Destination: to, Recipient: to, Audience: audience, InResponseTo: request, NameID: name,
			Now: issued, Sign: idp.Signing(signing % 4), Unset: idp.Unset(signing / 4 % 2),
		}
		for text := range strings.SplitSeq(attributes, "\n\n") {
			if text == "" {
				continue
			}
			lines := strings.Split(text, "\n")
			c.Attributes = append(c.Attributes, idp.Attribute{Name: lines[0], Values: lines[1:]})
		}
		bothWays(t, who, c)
	})
}
