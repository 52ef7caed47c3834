package defect

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net/http"
	"regexp"
	"strings"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Defects in what metadata is taken, and what the product says of itself.
var _ = register(defects{
	"key-without-use-left-out": func(p *reference.Parts) {
		importing(p, func(m string) string {
			return keyDescriptors.ReplaceAllStringFunc(m, func(key string) string {
				if strings.Contains(key, " use=") {
					return key
				}
				return ""
			})
		})
	},
	"keyless-metadata-taken": func(p *reference.Parts) {
		importing(p, func(m string) string {
			if keyDescriptors.MatchString(m) {
				return m
			}
			return strings.Replace(m, "<md:NameIDFormat>", someKey()+"<md:NameIDFormat>", 1)
		})
	},
	"first-entity-taken": func(p *reference.Parts) {
		importing(p, func(m string) string {
			if !strings.Contains(m, "EntitiesDescriptor") {
				return m
			}
			return regexp.MustCompile(`(?s)<md:EntityDescriptor.*?</md:EntityDescriptor>`).FindString(m)
		})
	},
	"expired-metadata-taken": func(p *reference.Parts) {
		importing(p, func(m string) string { return regexp.MustCompile(` validUntil="[^"]*"`).ReplaceAllString(m, "") })
	},
	"any-address-taken": func(p *reference.Parts) {
		importing(p, func(m string) string { return strings.ReplaceAll(m, "javascript:", "https://script/") })
	},
	"document-type-followed": func(p *reference.Parts) {
		importing(p, func(m string) string {
			if named := regexp.MustCompile(`SYSTEM "([^"]*)"`).FindStringSubmatch(m); named != nil {
				fetch(context.Background(), named[1])
			}
			m = regexp.MustCompile(`(?s)<!DOCTYPE.*?\]>`).ReplaceAllString(m, "")
			return strings.ReplaceAll(m, "&out;", "")
		})
	},
	"second-key-left-out": func(p *reference.Parts) {
		importing(p, func(m string) string {
			if keys := keyDescriptors.FindAllString(m, -1); len(keys) > 1 {
				return strings.Replace(m, keys[1], "", 1)
			}
			return m
		})
	},
	"keys-by-entity-id": func(p *reference.Parts) {
		throughTx(p, func(tx org.Tx) org.Tx { return namesakeTx{tx} })
	},
	"own-metadata-careless": func(p *reference.Parts) {
		acs := regexp.MustCompile(`<md:AssertionConsumerService[^>]*/>`)
		isMetadata := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/saml/metadata") }
		answerOtherwise(p, isMetadata, func(status int, body []byte) (int, []byte) {
			return status, acs.ReplaceAllFunc(body, func(one []byte) []byte { return bytes.Repeat(one, 2) })
		})
	},
})

var keyDescriptors = regexp.MustCompile(`(?s)<md:KeyDescriptor.*?</md:KeyDescriptor>`)

// importing changes metadata before the product reads it.
func importing(p *reference.Parts, change func(string) string) {
	hearOtherwise(p, founds, func(r *http.Request) {
		rewriteObject(r, func(founded object) {
			provider, _ := founded["provider"].(object)
			if metadata, ok := provider["idp_metadata"].(string); ok {
				provider["idp_metadata"] = change(metadata)
			}
		})
	})
}

// founds says whether a request founds an organization of its own.
func founds(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/organizations")
}

// someKey is a key that nobody asked for.
func someKey() string {
	key, err := fixtures.Key("attacker")
	if err != nil {
		return ""
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return ""
	}
	return `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` +
		base64.StdEncoding.EncodeToString(der) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
}

// namesakeTx gives a provider the keys of all that have its entity id, whosever they are.
type namesakeTx struct{ org.Tx }

func (t namesakeTx) Providers(ctx context.Context, organization string) ([]org.Provider, error) {
	own, err := t.Tx.Providers(ctx, organization)
	if err != nil {
		return nil, err
	}
	organizations, err := t.Organizations(ctx)
	for _, o := range organizations {
		others, _ := t.Tx.Providers(ctx, o.ID)
		for i := range own {
			for _, other := range others {
				if o.ID != organization && other.IdPEntityID == own[i].IdPEntityID {
					own[i].IdPCerts = append(own[i].IdPCerts, other.IdPCerts...)
				}
			}
		}
	}
	return own, err
}
