package defect

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects that follow what a document says: to files, to addresses, into code that was
// not made for it.
var _ = register(defects{
	"saml-external-entities-resolved": func(p *reference.Parts) {
		before(p, "document", func(_ context.Context, m *saml.Message) {
			text := string(m.XML)
			for _, e := range external.FindAllStringSubmatch(text, -1) {
				found, _ := fetched(e[2])
				content := strings.ToValidUTF8(string(found), "")
				text = strings.ReplaceAll(text, "&"+e[1]+";", strings.NewReplacer("&", "", "<", "").Replace(content))
			}
			m.XML = withoutDoctype([]byte(text))
		})
	},
	"saml-external-subset-fetched": func(p *reference.Parts) {
		before(p, "document", func(ctx context.Context, m *saml.Message) {
			for _, found := range subset.FindAllSubmatch(m.XML, -1) {
				fetch(ctx, string(found[1]))
			}
		})
	},
	"saml-schema-fetched": func(p *reference.Parts) {
		before(p, "root", func(ctx context.Context, m *saml.Message) {
			for _, attr := range m.Response.Attr {
				if strings.HasSuffix(attr.Key, "chemaLocation") {
					words := strings.Fields(attr.Value)
					fetch(ctx, words[len(words)-1])
				}
			}
		})
	},
	"saml-style-sheet-fetched": func(p *reference.Parts) {
		before(p, "document", func(ctx context.Context, m *saml.Message) {
			if found := styleSheet.FindSubmatch(m.XML); found != nil {
				fetch(ctx, string(found[1]))
			}
		})
	},
	"saml-inclusions-followed": func(p *reference.Parts) {
		// The page tells what name it was that nobody has.
		type told struct{}
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			var included bytes.Buffer
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), told{}, &included)))
			_, _ = w.Write(included.Bytes())
		})
		before(p, "root", func(ctx context.Context, m *saml.Message) {
			included, ok := ctx.Value(told{}).(*bytes.Buffer)
			for _, el := range m.Response.FindElements(".//NameID/include") {
				if found, err := fetched(el.SelectAttrValue("href", "")); ok && err == nil {
					included.Write(found)
				}
			}
		})
	},
	"saml-unknown-type-panics": func(p *reference.Parts) {
		atEveryType(p, func(_ *etree.Element, value string) bool { return value != "xs:string" })
	},
})

var (
	external   = regexp.MustCompile(`<!ENTITY\s+(\w+)\s+SYSTEM\s+"([^"]*)">`)
	subset     = regexp.MustCompile(`<!(?:DOCTYPE|ENTITY %)[^\[>]*?SYSTEM\s+"([^"]*)"`)
	styleSheet = regexp.MustCompile(`<\?xml-stylesheet[^?]*href="([^"]*)"`)
)

// atEveryType breaks off where one of the types that values state is a surprise.
func atEveryType(p *reference.Parts, surprise func(el *etree.Element, value string) bool) {
	before(p, "signature", func(_ context.Context, m *saml.Message) {
		for _, el := range where(m.Response, func(*etree.Element) bool { return true }) {
			for _, attr := range el.Attr {
				if attr.Space == "xsi" && attr.Key == "type" && surprise(el, attr.Value) {
					panic(http.ErrAbortHandler)
				}
			}
		}
	})
}
