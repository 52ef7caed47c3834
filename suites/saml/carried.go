package saml

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	. "rollcall.example/suites/match"
	"rollcall.example/suites/spec"
)

// way is one way to bring a response to the product that Okta's page does not go.
type way struct {
	clause, variant, title string
	bring                  func(spec.Held, *simulator.Delivery)
}

// refused builds a spec for each way that must let nobody in, though what is brought is
// honest: it would sign its person in if it came as it should.
func refused(okta *spec.Okta, ways ...way) {
	for _, w := range ways {
		It(w.title, cited(w.clause, w.variant), func(ctx SpecContext) {
			brought(ctx, okta, func(lando, _ *spec.Person) spec.Visit {
				GinkgoHelper()
				held := freely(ctx, okta, lando)
				visit := okta.Deliver(ctx, held, func(d *simulator.Delivery) { w.bring(held, d) })
				Expect(visit).To(BeRefused())
				return visit
			})
		})
	}
}

// brought is between for answers that are signed as Okta signs them by itself.
func brought(ctx context.Context, okta *spec.Okta, do func(attacker, victim *spec.Person) spec.Visit) {
	GinkgoHelper()
	between(ctx, okta, idp.SignBoth, do)
}

func cited(clause, variant string) spec.Citation {
	if variant == "" {
		return spec.Clause(clause)
	}
	return spec.Clause(clause).In(variant)
}

// by sends the delivery with another method, its form in the body and in the query.
func by(method string) func(spec.Held, *simulator.Delivery) {
	return func(h spec.Held, d *simulator.Delivery) { d.Method, d.Address = method, asking(h.ACS, h.Form()) }
}

// got brings the message in the query of a GET.
func got(message func(spec.Held) []byte) func(spec.Held, *simulator.Delivery) {
	return func(h spec.Held, d *simulator.Delivery) {
		form := h.Form()
		form.Set("SAMLResponse", base64.StdEncoding.EncodeToString(message(h)))
		d.Method, d.Address, d.Body, d.Header = http.MethodGet, asking(h.ACS, form), nil, nil
	}
}

// posted brings other bytes in the place of the document, in an ordinary form.
func posted(message func(spec.Held) []byte) func(spec.Held, *simulator.Delivery) {
	return func(h spec.Held, d *simulator.Delivery) { d.Body = []byte(h.Carrying(message(h)).Form().Encode()) }
}

// written brings the base64 text after a change to it.
func written(change func(encoded string) string) func(spec.Held, *simulator.Delivery) {
	return func(h spec.Held, d *simulator.Delivery) {
		h.SAMLResponse = change(h.SAMLResponse)
		d.Body = []byte(h.Form().Encode())
	}
}

// asking is the address with these parameters added to its query.
func asking(address string, form url.Values) string {
	at, err := url.Parse(address)
	if err != nil {
		return address
	}
	if at.RawQuery != "" {
		at.RawQuery += "&"
	}
	at.RawQuery += form.Encode()
	return at.String()
}

// document is what the answer carries, as it is.
func document(h spec.Held) []byte { return h.XML() }

// deflated is what it carries as the Redirect binding would have it.
func deflated(h spec.Held) []byte { return squeezed(h.XML(), deflater) }

func deflater(w io.Writer) io.WriteCloser {
	writer, _ := flate.NewWriter(w, flate.BestCompression) // fails on an unknown level only
	return writer
}

func zlibber(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func gzipper(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

// squeezed compresses with each of the ways in turn.
func squeezed(content []byte, ways ...func(io.Writer) io.WriteCloser) []byte {
	for _, by := range ways {
		var out bytes.Buffer
		writer := by(&out)
		_, _ = writer.Write(content) // to memory
		_ = writer.Close()
		content = out.Bytes()
	}
	return content
}

// swollen is what inflates to the padded document of this length, which is not made for it.
func swollen(content []byte, length int) []byte {
	var out bytes.Buffer
	writer := deflater(&out)
	_, _ = writer.Write(content) // to memory
	blank := bytes.Repeat([]byte{' '}, 64<<10)
	for left := length - len(content); left > 0; left -= len(blank) {
		_, _ = writer.Write(blank[:min(left, len(blank))])
	}
	_ = writer.Close()
	return out.Bytes()
}

// padded is the document with so much white space after it that it has this length: it
// says what it said, and compresses to next to nothing.
func padded(content []byte, length int) []byte {
	return slices.Concat(content, bytes.Repeat([]byte{' '}, max(0, length-len(content))))
}
