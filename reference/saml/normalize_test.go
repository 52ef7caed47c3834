package saml

import (
	"bytes"
	"testing"
)

func TestNormalized(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"<a b='x\ny'>\n\t</a>":                 "<a b='x y'>\n\t</a>",
		"<a b=\"x\r\ny\tz\r\" c='\"\n'/>":      "<a b=\"x y z \" c='\" '/>",
		"<a\n\tb='&#10;'\n/>":                  "<a\n\tb='&#10;'\n/>",
		"<a b='>\n<'/>":                        "<a b='> <'/>",
		"<!-- <a b='\n'> --><a b='\n'/>":       "<!-- <a b='\n'> --><a b=' '/>",
		"<a><![CDATA[<b c='\n'>]]></a>":        "<a><![CDATA[<b c='\n'>]]></a>",
		"<?xml version='1.0'\n?>\n<a>'\n'</a>": "<?xml version='1.0'\n?>\n<a>'\n'</a>",
		"<a b='\n":                             "<a b=' ",
		"<!-- \n":                              "<!-- \n",
		"text alone\n":                         "text alone\n",
		"":                                     "",
	} {
		if got := normalized([]byte(written)); !bytes.Equal(got, []byte(want)) {
			t.Errorf("%q became %q, want %q", written, got, want)
		}
	}
}
