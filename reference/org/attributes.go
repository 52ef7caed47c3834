package org

import (
	"maps"
	"reflect"
	"slices"
)

// cloneAttributes copies what a record keeps for the identity provider, so that the
// copy may be edited however deep.
func cloneAttributes(attributes map[string]any) map[string]any {
	if len(attributes) == 0 {
		return nil
	}
	return clone(attributes).(map[string]any)
}

// clone copies a JSON value.
func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, member := range v {
			object[name] = clone(member)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, entry := range v {
			list[i] = clone(entry)
		}
		return list
	}
	return value
}

// recordDifference spells the fields in which two records differ, before and after.
// Of the attributes that the product only keeps, the log tells the names and no
// values: some of them are nobody's business but the identity provider's.
func recordDifference(before, after Record) (was, is string) {
	old, changed := map[string]any{}, map[string]any{}
	if !sameFields(before, after) {
		old, changed = differing(recordFields(before), recordFields(after))
	}
	if names := changedAttributes(before.Attributes, after.Attributes); len(names) > 0 {
		old["attributes"] = assigned(before.Attributes, names)
		changed["attributes"] = assigned(after.Attributes, names)
	}
	if len(changed) == 0 {
		return "", ""
	}
	return spell(old), spell(changed)
}

// changedAttributes are the names of the attributes that differ, sorted.
func changedAttributes(before, after map[string]any) []string {
	var names []string
	for name, value := range after {
		if !reflect.DeepEqual(before[name], value) {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, stays := after[name]; !stays {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// assigned are those of the names that have a value.
func assigned(attributes map[string]any, names []string) []string {
	held := slices.Collect(maps.Keys(attributes))
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(held, name) })
}
