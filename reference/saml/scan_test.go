package saml

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// told writes a tree down, a line a thing, with everything that can be told apart in it.
func told(el *etree.Element, depth int, to *strings.Builder) {
	fmt.Fprintf(to, "%*s%q:%q", depth, "", el.Space, el.Tag)
	for _, attr := range el.Attr {
		fmt.Fprintf(to, " %q:%q=%q", attr.Space, attr.Key, attr.Value)
	}
	to.WriteString("\n")
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.Element:
			told(token, depth+1, to)
		case *etree.CharData:
			fmt.Fprintf(to, "%*s text %q\n", depth, "", token.Data)
		case *etree.Comment:
			// The library keeps the line ends of comments as they were written.
			data := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(token.Data)
			fmt.Fprintf(to, "%*s comment %q\n", depth, "", data)
		case *etree.ProcInst:
			fmt.Fprintf(to, "%*s instruction %q %q\n", depth, "", token.Target, token.Inst)
		case *etree.Directive:
			fmt.Fprintf(to, "%*s directive %q\n", depth, "", token.Data)
		}
	}
}

// readAlike wants what the scanner takes to be what the oracle reads. It says whether the
// scanner took it.
func readAlike(t *testing.T, text string) bool {
	t.Helper()
	document, err := scan(text)
	if err != nil {
		return false
	}
	theirs, err := oracle([]byte(text))
	if err != nil && (strings.Contains(err.Error(), "invalid XML name") || strings.Contains(err.Error(), "version") || strings.Contains(err.Error(), "encoding")) {
		return true // a name by the fifth edition of XML, or a declaration that is looked at later
	}
	if err != nil {
		t.Fatalf("the scanner takes what the library does not: %v\n%q", err, text)
	}
	var ours, librarys strings.Builder
	told(&document.Element, 0, &ours)
	told(&theirs.Element, 0, &librarys)
	if ours.String() != librarys.String() {
		t.Fatalf("%q\nis to the scanner\n%sand to the library\n%s", text, &ours, &librarys)
	}
	return true
}

func FuzzScan(f *testing.F) {
	for _, c := range canonicalTable {
		f.Add(c.xml)
	}
	for number := range uint64(40) {
		f.Add(someDocument(number, "d").xml)
	}
	for _, c := range scanned {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if utf8.ValidString(text) {
			readAlike(t, text)
		}
	})
}

// scanned are texts and whether they are taken.
var scanned = []struct {
	text  string
	taken bool
}{
	{`<a/>`, true},
	{"\n<!-- c --><a></a >\n<!---->", true},
	{`<?xml version="1.0"?><a/>`, true},
	{"<?xml\tversion='1.0' encoding='utf-8'\n?>\n<a/>", true},
	{`<p:a xmlns:p='urn:p' p:b = "1"` + "\n" + `c='"'/>`, true},
	{`<a b=">" c='/>'>></a>`, true},
	{`<a b="&#10;&#x9;&#xD;&amp;&lt;&gt;&quot;&apos;&#x1F600;"/>`, true},
	{"<a b='1\r\n2\r3\n4\t5'>1\r\n2\r3\n4\t5</a>", true},
	{`<a>]]<![CDATA[]]]]><![CDATA[>&<b>]]>]]&gt;</a>`, true},
	{`<_é.1-·/>`, true},
	{"<a>\U0001F600\uFFFD\u0085</a>", true},
	{strings.Repeat("<a>", maxDepth) + strings.Repeat("</a>", maxDepth), true},

	{``, true}, // there is nothing in it, which is for another to refuse
	{`<a>`, false},
	{`<a`, false},
	{`<a b`, false},
	{`<a b=`, false},
	{`<a b="`, false},
	{`<a></b>`, false},
	{`<p:a></q:a>`, false},
	{`</a>`, false},
	{`<a/></a>`, false},
	{`<a></a`, false},
	{`<a></a b="1">`, false},
	{`< a/>`, false},
	{`<a / >`, false},
	{`<1a/>`, false},
	{`<-a/>`, false},
	{`<:a/>`, false},
	{`<a:/>`, false},
	{`<a:b:c/>`, false},
	{`<a:1/>`, false},
	{`<a b:c:d="1"/>`, false},
	{`<a b="1"c="2"/>`, false},
	{`<a b/>`, false},
	{`<a b=1/>`, false},
	{`<a b="<"/>`, false},
	{`<a b="1" b="2"/>`, false},
	{"<a " + strings.Repeat(`b="" `, 10_000) + "/>", false},
	{`<a>&</a>`, false},
	{`<a>&amp</a>`, false},
	{`<a>&nbsp;</a>`, false},
	{`<a>&AMP;</a>`, false},
	{`<a>&#;</a>`, false},
	{`<a>&#x;</a>`, false},
	{`<a>&#X41;</a>`, false},
	{`<a>&#-1;</a>`, false},
	{`<a>&#+1;</a>`, false},
	{`<a>&#4_1;</a>`, false},
	{`<a>&#0;</a>`, false},
	{`<a>&#x8;</a>`, false},
	{`<a>&#xD800;</a>`, false},
	{`<a>&#xFFFE;</a>`, false},
	{`<a>&#x110000;</a>`, false},
	{`<a>&#99999999999999;</a>`, false},
	{"<a>\x00</a>", false},
	{"<a>\x1b</a>", false},
	{"<a>\uFFFF</a>", false},
	{"<a b='\x01'/>", false},
	{"<a><!--\x01--></a>", false},
	{"<a><![CDATA[\x01]]></a>", false},
	{`<a>]]></a>`, false},
	{`<a><![CDATA[</a>`, false},
	{`<![CDATA[]]><a/>`, false},
	{`<a><!-- -- --></a>`, false},
	{`<a><!-- --->`, false},
	{`<a><!-></a>`, false},
	{`<!DOCTYPE a><a/>`, false},
	{`<a><!ENTITY b "c"></a>`, false},
	{`<a><?b c?></a>`, false},
	{` <?xml version="1.0"?><a/>`, false},
	{`<?xml version="1.0"?><?xml version="1.0"?><a/>`, false},
	{`<?xml-stylesheet href="b"?><a/>`, false},
	{`<?xmlb?><a/>`, false},
	{strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1), false},
}

func TestScan(t *testing.T) {
	t.Parallel()
	for _, c := range scanned {
		if taken := readAlike(t, c.text); taken != c.taken {
			t.Errorf("%.200q: taken: %t", c.text, taken)
		}
	}
	for number := range uint64(300) {
		c := someDocument(number, "")
		_, err := oracle([]byte(c.xml))
		if taken := readAlike(t, c.xml); taken != (err == nil) && !strings.Contains(fmt.Sprint(err), "twice") {
			t.Errorf("taken: %t, by the library: %v\n%s", taken, err, c.xml)
		}
	}
}

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
