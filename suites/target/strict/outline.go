package strict

import (
	"reflect"
	"slices"
)

// Key is a key that a file may have.
type Key struct {
	Path     string // from the top, as connections[].scim.base_url; {} stands for any key of a map
	Required bool   // where what it stands in is there
	Secret   bool   // it says where the value comes from
	Sourced  bool   // it may say where the value comes from
	Kind     string // text, number, whole number, true or false, duration, list, map, struct, or other for what reads itself
}

// Outline lists the keys that a file may have which is read into v, in the order of
// the types. A schema for editors is held against it.
func Outline(v any) []Key { return outline(reflect.TypeOf(v), "", nil) }

var readerType = reflect.TypeFor[Reader]()

func outline(t reflect.Type, path string, all []Key) []Key {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for _, f := range fieldsOf(t) {
		of := t.FieldByIndex(f.index).Type
		key := Key{Path: joined(path, f.name), Required: f.required, Secret: f.secret, Sourced: f.sourced, Kind: kindOf(of)}
		all = append(all, key)
		all = inside(of, key, all)
	}
	return all
}

// inside lists what may stand below a key.
func inside(t reflect.Type, key Key, all []Key) []Key {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch kindOf(t) {
	case "struct":
		return outline(t, key.Path, all)
	case "list":
		return inside(t.Elem(), Key{Path: key.Path + "[]"}, all)
	case "map":
		below := Key{Path: joined(key.Path, "{}"), Secret: key.Secret, Kind: kindOf(t.Elem())}
		return inside(t.Elem(), below, append(all, below))
	}
	return all
}

func kindOf(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case reflect.PointerTo(t).Implements(readerType):
		return "other"
	case t == durationType:
		return "duration"
	}
	switch kind := t.Kind(); {
	case kind == reflect.String:
		return "text"
	case kind == reflect.Bool:
		return "true or false"
	case slices.Contains([]reflect.Kind{reflect.Int, reflect.Int64}, kind):
		return "whole number"
	case kind == reflect.Float64:
		return "number"
	case kind == reflect.Slice:
		return "list"
	case kind == reflect.Map:
		return "map"
	case kind == reflect.Struct:
		return "struct"
	}
	return "other"
}
