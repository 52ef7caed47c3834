package strict

import (
	"reflect"
	"strings"
)

// field is a field of a struct that has a key in the file.
type field struct {
	name  string
	index []int
	wish
}

// wish is what the tag read says.
type wish struct {
	required bool
	secret   bool
	sourced  bool
	lines    bool
	path     bool
	content  bool
	url      bool
	place    bool
	words    string
}

// fieldsOf are the fields that the file may set, those of embedded structs among
// them.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name != "" && name != "-" && f.IsExported() {
			fields = append(fields, field{name: name, index: f.Index, wish: wishOf(f)})
		}
	}
	return fields
}

func wishOf(f reflect.StructField) wish {
	var w wish
	for word := range strings.SplitSeq(f.Tag.Get("read"), ",") {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "":
		case "required":
			w.required = true
		case "secret":
			w.secret = true
		case "sourced":
			w.sourced = true
		case "lines":
			w.lines = true
		case "path":
			w.path = true
		case "content":
			w.content = true
		case "url":
			w.url = true
		case "place":
			w.place = true
		case "words":
			w.words = value
		default:
			panic("strict: " + f.Name + " has the tag read with " + word + ", which means nothing")
		}
	}
	return w
}

func names(fields []field) []string {
	all := make([]string, 0, len(fields))
	for _, f := range fields {
		all = append(all, f.name)
	}
	return all
}
