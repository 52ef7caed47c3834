package strict

import "reflect"

// secretive is a value that knows better than its tags what of it is secret.
type secretive interface{ Secrets() []string }

// Secrets lists what the fields with the tag read:"secret" hold, anywhere in v. A
// value below v that has a method Secrets is asked instead.
func Secrets(v any) []string {
	var found []string
	gather(reflect.ValueOf(v), true, &found)
	return found
}

func gather(v reflect.Value, top bool, found *[]string) {
	if !v.IsValid() {
		return
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return
	}
	if known, ok := v.Interface().(secretive); ok && !top {
		*found = append(*found, known.Secrets()...)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		gather(v.Elem(), top, found)
	case reflect.Slice:
		for i := range v.Len() {
			gather(v.Index(i), false, found)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			gather(v.MapIndex(key), false, found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				gatherField(f, v.Field(i), found)
			}
		}
	}
}

func gatherField(f reflect.StructField, v reflect.Value, found *[]string) {
	if !wishOf(f).secret {
		gather(v, false, found)
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.String() != "" {
			*found = append(*found, v.String())
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			*found = append(*found, v.MapIndex(key).String())
		}
	}
}
