package idp

import (
	"encoding/base64"
	"strings"

	"github.com/beevik/etree"
)

// depthOf counts the elements around an element.
func depthOf(element *etree.Element) int {
	depth := 0
	// The document itself is an element without a name.
	for above := element.Parent(); above != nil && above.Tag != ""; above = above.Parent() {
		depth++
	}
	return depth
}

// indent puts each element below the given one, which stands that deep, on a line of its
// own. Elements that hold text stay as they are: their white space would count.
func indent(element *etree.Element, depth int, unit string) {
	children := element.ChildElements()
	if len(children) == 0 {
		return
	}
	for _, child := range children {
		element.InsertChildAt(child.Index(), etree.NewText("\n"+strings.Repeat(unit, depth+1)))
		indent(child, depth+1, unit)
	}
	element.AddChild(etree.NewText("\n" + strings.Repeat(unit, depth)))
}

// lines writes base64 in lines of that many characters.
func lines(raw []byte, length int, end string) string {
	text := base64.StdEncoding.EncodeToString(raw)
	var out strings.Builder
	out.Grow(len(text) + len(text)/length*len(end))
	for len(text) > length {
		out.WriteString(text[:length])
		out.WriteString(end)
		text = text[length:]
	}
	out.WriteString(text)
	return out.String()
}
