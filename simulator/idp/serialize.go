package idp

import (
	"bytes"
	"io"
	"sync"

	"github.com/beevik/etree"
)

// buffers are kept from one message to the next: a message with hundreds of attributes is
// written three times, and what is written grows to a hundred kilobytes.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// serialize writes a document as it stands, its attributes in their own order. It is
// what the library writes in its canonical settings, in a fraction of the time.
func serialize(document *etree.Document) []byte {
	out := buffers.Get().(*bytes.Buffer)
	defer keep(out)
	s := serializer{out: out, settings: document.WriteSettings}
	for _, token := range document.Child {
		s.token(token)
	}
	return bytes.Clone(out.Bytes())
}

// serializeTo is serialize in pieces: a document of megabytes is never there whole.
func serializeTo(to io.Writer, document *etree.Document) error {
	out := buffers.Get().(*bytes.Buffer)
	defer keep(out)
	s := serializer{out: out, settings: document.WriteSettings, to: to}
	for _, token := range document.Child {
		s.token(token)
	}
	s.flush()
	return s.failed
}

// ordinary is how large a buffer may be that is kept, and piece how much is written at a
// time, in bytes.
const (
	ordinary = 1 << 20
	piece    = 64 << 10
)

// keep puts a buffer back, unless it has grown with a message that is like no other.
func keep(buffer *bytes.Buffer) {
	if buffer.Cap() <= ordinary {
		buffer.Reset()
		buffers.Put(buffer)
	}
}

type serializer struct {
	out      *bytes.Buffer
	settings etree.WriteSettings
	scratch  []byte
	to       io.Writer // where it goes piece by piece; nil to leave it in out
	failed   error
}

func (s *serializer) flush() {
	if s.failed == nil {
		_, s.failed = s.out.WriteTo(s.to)
	}
	s.out.Reset()
}

func (s *serializer) token(token etree.Token) {
	if s.to != nil && s.out.Len() >= piece {
		s.flush()
	}
	switch token := token.(type) {
	case *etree.Element:
		s.element(token)
	case *etree.CharData:
		if token.IsCData() {
			token.WriteTo(s.out, &s.settings)
			return
		}
		s.scratch = appendText(s.scratch[:0], token.Data)
		s.out.Write(s.scratch)
	default:
		token.WriteTo(s.out, &s.settings)
	}
}

func (s *serializer) element(element *etree.Element) {
	s.out.WriteByte('<')
	s.name(element.Space, element.Tag)
	for i := range element.Attr {
		a := &element.Attr[i]
		s.out.WriteByte(' ')
		s.name(a.Space, a.Key)
		s.scratch = appendValue(s.scratch[:0], a.Value)
		s.out.Write(s.scratch)
	}
	if len(element.Child) == 0 {
		s.out.WriteString("/>")
		return
	}
	s.out.WriteByte('>')
	for _, token := range element.Child {
		s.token(token)
	}
	s.out.WriteString("</")
	s.name(element.Space, element.Tag)
	s.out.WriteByte('>')
}

func (s *serializer) name(prefix, local string) {
	if prefix != "" {
		s.out.WriteString(prefix)
		s.out.WriteByte(':')
	}
	s.out.WriteString(local)
}
