package scim

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// What is read is what encoding/json reads, but for the case of names.
func TestBodiesAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, ` { } `, "\t{\r\n}\n", `{"a":[]}`, `{"a":[ ]}`, `{"a":{}}`, `{"a":[1,2 , 3]}`, `{"a":[[],[[]],{}]}`, `{"":""}`,
		`{"a":true,"b":false,"c":null,"d":"","e":0,"f":-1.5e+10,"g":1E-3}`, `{ "a" : { "b" : [ { "c" : "d" } , "e" ] } , "f" : 1 }`,
		`{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}`, `{"a\"b":1,"\u0061c":2}`, `{"a":"é😀","ü":"}]{["}`, `{"a":"\\","b":"\\\""}`, `{"a":1}`, `{"a":-0}`,
	} {
		got, problem := readDocument([]byte(body))
		if problem != nil {
			t.Errorf("%s: %v", body, problem)
			continue
		}
		var want map[string]any
		decoder := json.NewDecoder(bytes.NewReader([]byte(body)))
		decoder.UseNumber()
		if err := decoder.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %v, want %v", body, got, want)
		}
	}
}

func BenchmarkReadDocument(b *testing.B) {
	body := []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"luke@example.com","name":{"givenName":"Luke","familyName":"Skywalker"},` +
		`"emails":[{"primary":true,"value":"luke@example.com","type":"work"}],"displayName":"Luke Skywalker","locale":"en-US","externalId":"00u1","groups":[],"active":true}`)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, problem := readDocument(body); problem != nil {
				b.Fatal(problem)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var document map[string]any
			if err := json.NewDecoder(strings.NewReader(string(body))).Decode(&document); err != nil {
				b.Fatal(err)
			}
		}
	})
}
