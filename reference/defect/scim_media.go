package defect

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/scim"
)

// Defects in the media types and letters of requests and answers.
var _ = register(defects{
	"scim-type-refused": refuseType(func(kind string) bool { return strings.HasPrefix(kind, "application/scim+json") }),
	"charset-refused": refuseType(func(kind string) bool {
		return strings.Contains(kind, "charset") && !strings.HasPrefix(kind, "application/scim+json; charset=utf-8;")
	}),
	"json-refused": refuseType(func(kind string) bool { return strings.HasPrefix(kind, "application/json") }),
	"every-type-taken": func(p *reference.Parts) {
		hearOtherwise(p, overSCIM, func(r *http.Request) {
			if r.Header.Get("Content-Type") != "" {
				r.Header.Set("Content-Type", "application/scim+json")
			}
		})
	},
	"letters-lost": func(p *reference.Parts) {
		read := p.SCIM.Read
		p.SCIM.Read = func(body scim.Document, into *org.Record) error {
			err := read(body, into)
			into.GivenName, into.FamilyName = inASCII(into.GivenName), inASCII(into.FamilyName)
			return err
		}
	},
	"bytes-replaced": func(p *reference.Parts) {
		hearOtherwise(p, overSCIM, func(r *http.Request) {
			if r.Method == http.MethodPost {
				setBody(r, bytes.ToValidUTF8(bodyOf(r), []byte("?")))
			}
		})
	},
	"answers-are-text": func(p *reference.Parts) {
		showOtherwise(p, overSCIM, func(_ *http.Request, a *scimAnswer) {
			a.body = nil // the text goes as it is
			a.header.Set("Content-Type", "text/json")
		})
	},
	"accept-exactly": func(p *reference.Parts) {
		unaccepted := func(r *http.Request) bool {
			accept := r.Header.Get("Accept")
			return overSCIM(r) && accept != "application/scim+json" && !strings.Contains(accept, "html")
		}
		refuse(p, unaccepted, http.StatusNotAcceptable, "", "answers are application/scim+json only")
	},
	"page-for-browsers": func(p *reference.Parts) {
		showOtherwise(p, overSCIM, func(r *http.Request, a *scimAnswer) {
			if strings.HasPrefix(r.Header.Get("Accept"), "text/html") && a.status != http.StatusUnauthorized {
				a.status, a.body, a.text = http.StatusOK, nil, []byte("<html><h1>Users</h1></html>")
				a.header.Set("Content-Type", "text/html")
			}
		})
	},
	"compressed-always": func(p *reference.Parts) {
		showOtherwise(p, overSCIM, func(_ *http.Request, a *scimAnswer) {
			if len(a.text) > 0 {
				a.header.Set("Content-Encoding", "gzip")
				a.body, a.text = nil, compressed(a.text)
			}
		})
	},
})

// refuseType does not know a media type.
func refuseType(wrong func(contentType string) bool) install {
	return func(p *reference.Parts) {
		unknown := func(r *http.Request) bool { return overSCIM(r) && wrong(r.Header.Get("Content-Type")) }
		refuse(p, unknown, http.StatusUnsupportedMediaType, "", "this media type is not known")
	}
}

// inASCII leaves away what is no letter of ASCII.
func inASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
}

func compressed(text []byte) []byte {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write(text) // a buffer takes everything
	_ = writer.Close()
	return packed.Bytes()
}
