package org

import (
	"reflect"
	"testing"
)

// A record is spelt in the log field by field, and compared so: a field that is missing
// in one of the places would be missing there in silence.
func TestFieldsOfARecordAreOnePlaceForAll(t *testing.T) {
	full := Record{UserName: "Łuk&s@acme.example", ExternalID: "00u1", GivenName: "Luke", FamilyName: "<Skywalker>",
		DisplayName: "Captain", Emails: []Email{{Value: "luke@acme.example", Type: "work", Primary: true}}, Active: true}
	for _, r := range []Record{{}, full} {
		if got, want := spellRecord(r), spell(recordFields(r)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	differ := 0
	for i := range reflect.TypeFor[Record]().NumField() {
		changed := full
		reflect.ValueOf(&changed).Elem().Field(i).SetZero()
		same := reflect.DeepEqual(recordFields(full), recordFields(changed))
		if sameFields(full, changed) != same {
			t.Errorf("%s: the same by one way and not by the other", reflect.TypeFor[Record]().Field(i).Name)
		}
		if !same {
			differ++
		}
	}
	if fields := len(recordFields(full)); differ != fields {
		t.Errorf("%d of %d fields make a difference", differ, fields)
	}
}
