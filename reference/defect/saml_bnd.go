package defect

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in how a response reaches the product.
var _ = register(defects{
	"deflated-anywhere": func(p *reference.Parts) {
		takeQueries(p)
		inflating(p, 0, inflated)
	},
	"response-by-query":     takeQueries,
	"deflated-form-taken":   func(p *reference.Parts) { inflating(p, p.SAML.MaxBytes, inflated) },
	"any-compression-taken": func(p *reference.Parts) { inflating(p, p.SAML.MaxBytes, decompressed) },
	"any-method-taken": func(p *reference.Parts) {
		atAnswers(p, func(r *http.Request) {
			if r.Method != http.MethodGet {
				r.Method = http.MethodPost
			}
			rewriteBody(r, func(body []byte) []byte {
				if len(body) == 0 {
					body = []byte(r.URL.RawQuery)
				}
				return body
			})
		})
	},
	"any-content-type-taken": func(p *reference.Parts) { atAnswers(p, anyForm) },
	"base64-lenient":         func(p *reference.Parts) { decoding(p, lenient) },
	"base64-without-lines": func(p *reference.Parts) {
		encoding := check(p, "encoding")
		p.SAML.Replace("encoding", func(ctx context.Context, m *saml.Message) error {
			if strings.ContainsAny(m.Encoded, "\r\n") {
				return saml.Refuse("the response is not base64")
			}
			return encoding(ctx, m)
		})
	},
	"last-parameter-believed":  func(p *reference.Parts) { oneBelievedForTheOther(p, 0, -1) },
	"first-parameter-believed": func(p *reference.Parts) { oneBelievedForTheOther(p, -1, 0) },
	"acs-of-any-customer":      acsOfAnyCustomer,
	"address-from-headers":     addressFromHeaders,
	"artifact-falls-over": func(p *reference.Parts) {
		fallsOver(p, func(r *http.Request) bool { return isAnswer(r) && formOf(r).Get("SAMLart") != "" })
	},
	"error-page-reflects": func(p *reference.Parts) {
		around(p, isAnswer, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			form := formOf(r)
			document, err := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
			if err != nil {
				document = []byte(form.Get("SAMLResponse"))
			}
			said := strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(string(document)) + form.Get("RelayState")
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if status >= http.StatusBadRequest {
					body = append(body, said...)
				}
				return status, body
			})
		})
	},
})

const acsPath = "/login/sso/saml/consume"

// fallsOver answers such requests as a product that crashed.
func fallsOver(p *reference.Parts, which whichRequest) {
	around(p, which, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(http.StatusInternalServerError)
	})
}

// atAnswers changes whatever comes to the assertion consumer service.
func atAnswers(p *reference.Parts, change func(*http.Request)) {
	hearOtherwise(p, func(r *http.Request) bool { return r.URL.Path == acsPath }, change)
}

// takeQueries takes a query for a form.
func takeQueries(p *reference.Parts) {
	atAnswers(p, func(r *http.Request) {
		if query := r.URL.Query(); r.Method == http.MethodGet && query.Has("SAMLResponse") {
			r.Method = http.MethodPost
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			setBody(r, []byte(query.Encode()))
		}
	})
}

// decoding reads base64 in another way.
func decoding(p *reference.Parts, decode func(string) []byte) {
	p.SAML.Replace("encoding", func(_ context.Context, m *saml.Message) error {
		m.XML = decode(m.Encoded)
		return nil
	})
}

// inflating reads what was compressed, up to most bytes of it; 0 is without bounds.
func inflating(p *reference.Parts, most int, inflate func([]byte) []byte) {
	encoding := check(p, "encoding")
	p.SAML.Replace("encoding", func(ctx context.Context, m *saml.Message) error {
		if err := encoding(ctx, m); err != nil || bytes.HasPrefix(m.XML, []byte("<")) {
			return err
		}
		if m.XML = inflate(m.XML); most > 0 && len(m.XML) > most {
			return saml.Refuse("the response inflates to %d bytes", len(m.XML))
		}
		return nil
	})
}

// inflated undoes DEFLATE; what is not deflated is nothing.
func inflated(content []byte) []byte {
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(content)))
	if err != nil {
		return nil
	}
	return plain
}

// decompressed undoes every compression that it knows, as often as there is one.
func decompressed(content []byte) []byte {
	for len(content) > 0 && !bytes.HasPrefix(content, []byte("<")) {
		var reader io.Reader
		if unzipped, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
			reader = unzipped
		} else if unwrapped, err := zlib.NewReader(bytes.NewReader(content)); err == nil {
			reader = unwrapped
		} else {
			reader = flate.NewReader(bytes.NewReader(content))
		}
		plain, err := io.ReadAll(reader)
		if err != nil {
			return nil
		}
		content = plain
	}
	return content
}

// lenient takes any alphabet, leaves out what is in none and stops at padding.
func lenient(encoded string) []byte {
	encoded, _, _ = strings.Cut(encoded, "=")
	encoded = strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		case r == '+' || r == '/' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z':
			return r
		}
		return -1
	}, encoded)
	decoded, _ := base64.RawStdEncoding.DecodeString(encoded)
	return decoded
}

// anyForm makes a form of whatever media type was posted.
func anyForm(r *http.Request) {
	form := url.Values{}
	switch kind := r.Header.Get("Content-Type"); {
	case strings.HasPrefix(kind, "multipart/"):
		if r.ParseMultipartForm(1<<20) == nil {
			form = r.MultipartForm.Value
		}
		r.Form, r.PostForm, r.MultipartForm = nil, nil, nil
	case strings.Contains(kind, "json"):
		var fields map[string]string
		if json.NewDecoder(r.Body).Decode(&fields) == nil {
			for name, value := range fields {
				form.Set(name, value)
			}
		}
	case strings.HasPrefix(kind, "text/"):
		form = formOf(r)
	default:
		return
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	setBody(r, []byte(form.Encode()))
}

// oneBelievedForTheOther verifies one of several messages and reads the name in another.
// Places count from the end where they are negative.
func oneBelievedForTheOther(p *reference.Parts, verified, read int) {
	type believed struct{}
	around(p, isAnswer, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		form := formOf(r)
		if all := slices.Concat(r.URL.Query()["SAMLResponse"], form["SAMLResponse"]); len(all) > 1 {
			form.Set("SAMLResponse", all[(verified+len(all))%len(all)])
			r = r.WithContext(context.WithValue(r.Context(), believed{}, all[(read+len(all))%len(all)]))
		}
		setBody(r, []byte(form.Encode()))
		next.ServeHTTP(w, r)
	})
	nameID := check(p, "name-id")
	p.SAML.Replace("name-id", func(ctx context.Context, m *saml.Message) error {
		encoded, several := ctx.Value(believed{}).(string)
		if !several {
			return nameID(ctx, m)
		}
		decoded, _ := base64.StdEncoding.DecodeString(encoded)
		document := etree.NewDocument()
		if document.ReadFromBytes(decoded) == nil {
			if name := document.FindElement("//NameID"); name != nil {
				m.Assertion.NameID = name.Text()
			}
		}
		return nil
	})
}

// acsOfAnyCustomer finds the customer by the issuer, whatever address was posted to.
func acsOfAnyCustomer(p *reference.Parts) {
	store := keepStore(p)
	atAnswers(p, func(r *http.Request) {
		response, _ := base64.StdEncoding.DecodeString(formOf(r).Get("SAMLResponse"))
		if slug := slugOfIssuer(r.Context(), *store, response); slug != "" {
			r.URL.RawQuery = url.Values{"organization": {slug}}.Encode()
		}
	})
}

// addressFromHeaders believes that the product is where a request says that it is.
func addressFromHeaders(p *reference.Parts) {
	type said struct{}
	atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		host := r.Host
		if forwarded := r.Header.Get("X-Forwarded-Host"); forwarded != "" {
			host = forwarded
		}
		if _, forwarded, ok := strings.Cut(r.Header.Get("Forwarded"), "host="); ok {
			host = forwarded
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), said{}, host)))
	})
	destination := check(p, "destination")
	p.SAML.Replace("destination", func(ctx context.Context, m *saml.Message) error {
		if at, err := url.Parse(m.ACS); err == nil {
			at.Host = ctx.Value(said{}).(string)
			m.ACS = at.String()
		}
		return destination(ctx, m)
	})
}
