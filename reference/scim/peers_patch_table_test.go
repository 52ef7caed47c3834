package scim_test

import (
	"strings"

	"rollcall.example/reference/scim"
)

// Why ours is right where scim-patch makes something else of a user, or why both may be.
// Sections without a name are those of RFC 7644. It knows no schema, as its
// documentation says: what follows from one is left to whoever uses it.
const (
	capitals   = "3.5.2 has small letters; reading more harms nobody, and clients send them"
	noValue    = "3.5.2.3 replaces by a value; what is missing is a mistake, not a removal"
	nameCase   = "RFC 7643 2.1: names of attributes are case insensitive"
	required   = "3.5.2.2: what is required cannot be removed: mutability"
	readOnly   = "3.5.2: what is read-only cannot be changed: mutability"
	noSuch     = "3.5.2: an operation fits the schema; 3.12, invalidPath"
	ignored    = "left open: beside a path, members that no schema has are ignored, as they are in POST"
	asText     = "RFC 7643 2.3.2: a truth value is true or false; Entra writes it as text, and is understood"
	ofType     = "3.5.2: a value is of the attribute's type; 3.12, invalidValue"
	overlay    = "3.5.2.3: parts of a complex attribute that the value does not name stay"
	onePrimary = "3.5.2: whatever becomes primary, the others are not any more"
	twice      = "3.5.2.1: what is there already is not added; RFC 7643 2.4: no value twice"
	listed     = "3.5.2.1: a value is added to a multi-valued attribute, which is a list (RFC 7643 2.4)"
	wholly     = "3.5.2.3: all values, or those that are chosen, are replaced, not joined"
	compared   = "3.4.2.2: caseExact, which type is not, decides how a filter compares"
	unmatched  = "3.5.2.3: where a filter chooses nothing, a replace is refused: noTarget"
	foreseen   = "left open: an add whose filter chooses nothing makes the value that it asks for, as Entra wants"
	noAddress  = "left open: an entry of which only the kind is known is none for this product"
	absentGone = "3.5.2.2: what is not there is removed already, as its examples of members have it"
	byValue    = "outside of the standard: Entra removes by value, and names no more than is needed"
	quoted     = "3.4.2.2: what is in quotes is a text, whatever is in it"
	extended   = "3.10 and RFC 7643 3.3: the URN of an extension is one name"
	simply     = "RFC 7643 2.4: value stands for each of a list of simple values"
)

// abbreviated are URNs that would hide what a row is about.
var abbreviated = strings.NewReplacer("CORE", scim.UserSchema, "ENTERPRISE", scim.EnterpriseSchema, "BADGE", scim.BadgeSchema)

// judgedOperations are what somebody has, operations, and what there is then, as JSON; or
// why not.
var judgedOperations = []struct{ has, operations, ours, theirs, why string }{
	{``, `{"op":"add","path":"title","value":"a"}`,
		`{"title":"a"}`, same, agreed},
	{``, `{"op":"Add","path":"title","value":"a"}`,
		`{"title":"a"}`, same, agreed},
	{``, `{"op":"ADD","path":"title","value":"a"}`,
		`{"title":"a"}`, refused, capitals},
	{``, `{"op":"move","path":"title","value":"a"}`,
		`invalidSyntax`, same, agreed},
	{``, `{"op":"add","path":"title"}`,
		`invalidValue`, same, agreed},
	{`"title":"t"`, `{"op":"replace","path":"title"}`,
		`invalidValue`, `{}`, noValue},
	{`"title":"t"`, `{"op":"remove","path":"title"}`,
		`{}`, same, agreed},
	{`"title":"t"`, `{"op":"remove"}`,
		`noTarget`, same, agreed},
	{`"title":"t"`, `{"op":"remove","path":"nickName"}`,
		`{"title":"t"}`, same, agreed},
	{`"title":"t"`, `{"op":"replace","path":"title","value":null}`,
		`{}`, same, agreed},
	{`"title":"t"`, `{"op":"replace","path":"title","value":""}`,
		`{}`, same, agreed},
	{`"title":"t"`, `{"op":"replace","path":"CORE:title","value":"u"}`,
		`{"title":"u"}`, same, agreed},
	{`"title":"t"`, `{"op":"remove","path":"TITLE"}`,
		`{}`, `{"title":"t"}`, nameCase},
	{`"title":"t"`, `{"op":"replace","path":"Title","value":"u"}`,
		`{"title":"u"}`, `{"Title":"u","title":"t"}`, nameCase},
	{`"title":"t"`, `{"op":"replace","value":{"Title":"u"}}`,
		`{"title":"u"}`, `{"Title":"u","title":"t"}`, nameCase},
	{``, `{"op":"add","path":"title","value":"a"},{"op":"add","path":"nickName","value":"b"},{"op":"remove","path":"title"}`,
		`{"nickName":"b"}`, same, agreed},
	{``, `{"op":"add","path":"","value":{"title":"b"}}`,
		`{"title":"b"}`, same, agreed},
	{``, `{"op":"add","value":"b"}`,
		`invalidValue`, same, agreed},
	{``, `{"op":"remove","path":"userName"}`,
		`mutability`, `{}`, required},
	{``, `{"op":"replace","path":"id","value":"y"}`,
		`mutability`, `{"id":"y"}`, readOnly},
	{``, `{"op":"replace","path":"colour","value":"red"}`,
		`invalidPath`, `{"colour":"red"}`, noSuch},
	{``, `{"op":"replace","value":{"colour":"red"}}`,
		`{}`, `{"colour":"red"}`, ignored},
	{``, `{"op":"add","path":"name","value":{"colour":"red"}}`,
		`{}`, `{"name":{"colour":"red"}}`, ignored},
	{``, `{"op":"replace","path":"active","value":"False"}`,
		`{"active":false}`, `{"active":"False"}`, asText},
	{``, `{"op":"replace","path":"active","value":"no"}`,
		`invalidValue`, `{"active":"no"}`, ofType},
	{``, `{"op":"replace","path":"title","value":7}`,
		`invalidValue`, `{"title":7}`, ofType},
	{``, `{"op":"replace","path":"name","value":"g"}`,
		`invalidValue`, `{"name":"g"}`, ofType},
	{`"name":{"givenName":"g","familyName":"f"}`, `{"op":"replace","path":"name","value":{"givenName":"h"}}`,
		`{"name":{"familyName":"f","givenName":"h"}}`, same, agreed},
	{`"name":{"givenName":"g","familyName":"f"}`, `{"op":"add","path":"name","value":{"givenName":"h"}}`,
		`{"name":{"familyName":"f","givenName":"h"}}`, same, agreed},
	{`"name":{"givenName":"g","familyName":"f"}`, `{"op":"replace","value":{"name":{"givenName":"h"}}}`,
		`{"name":{"familyName":"f","givenName":"h"}}`, `{"name":{"givenName":"h"}}`, overlay},
	{`"name":{"givenName":"g","familyName":"f"}`, `{"op":"add","value":{"name":{"givenName":"h"}}}`,
		`{"name":{"familyName":"f","givenName":"h"}}`, `{"name":{"givenName":"h"}}`, overlay},
	{`"name":{"givenName":"g","familyName":"f"}`, `{"op":"add","value":{"name.givenName":"h"}}`,
		`{"name":{"familyName":"f","givenName":"h"}}`, same, agreed},
	{`"name":{"givenName":"g","familyName":"f"}`, `{"op":"remove","path":"name.givenName"},{"op":"remove","path":"name.familyName"}`,
		`{}`, same, agreed},
	{`"emails":[{"value":"a","type":"work","primary":true}]`, `{"op":"add","path":"emails","value":[{"value":"b","type":"home","primary":true}]}`,
		`{"emails":[{"type":"work","value":"a"},{"primary":true,"type":"home","value":"b"}]}`, `{"emails":[{"primary":true,"type":"work","value":"a"},{"primary":true,"type":"home","value":"b"}]}`, onePrimary},
	{`"emails":[{"value":"a","type":"work","primary":true},{"value":"b","type":"home"}]`, `{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}`,
		`{"emails":[{"type":"work","value":"a"},{"primary":true,"type":"home","value":"b"}]}`, `{"emails":[{"primary":true,"type":"work","value":"a"},{"primary":true,"type":"home","value":"b"}]}`, onePrimary},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails","value":[{"value":"a","type":"work"}]}`,
		`{"emails":[{"type":"work","value":"a"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails","value":{"value":"a","type":"work"}}`,
		`{"emails":[{"type":"work","value":"a"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails","value":{"value":"b"}}`,
		`{"emails":[{"type":"work","value":"a"},{"value":"b"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","value":{"emails":[{"value":"a","type":"work"}]}}`,
		`{"emails":[{"type":"work","value":"a"}]}`, `{"emails":[{"type":"work","value":"a"},{"type":"work","value":"a"}]}`, twice},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails","value":[{"value":"A","type":"Work"}]}`,
		`{"emails":[{"type":"work","value":"a"}]}`, `{"emails":[{"type":"work","value":"a"},{"type":"Work","value":"A"}]}`, twice},
	{``, `{"op":"add","path":"emails","value":[{"value":"b"},{"value":"b"}]}`,
		`{"emails":[{"value":"b"}]}`, `{"emails":[{"value":"b"},{"value":"b"}]}`, twice},
	{``, `{"op":"add","path":"emails","value":{"value":"b"}}`,
		`{"emails":[{"value":"b"}]}`, `{"emails":{"value":"b"}}`, listed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails","value":{"value":"b"}}`,
		`{"emails":[{"value":"b"}]}`, `{"emails":[{"type":"work","value":"b"}]}`, wholly},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"b"}}`,
		`{"emails":[{"value":"b"}]}`, `{"emails":[{"type":"work","value":"b"}]}`, wholly},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails[type eq \"work\"]","value":{"value":"b"}}`,
		`{"emails":[{"type":"work","value":"b"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails[type eq \"WORK\"].value","value":"b"}`,
		`{"emails":[{"type":"work","value":"b"}]}`, `{"emails":[{"type":"work","value":"a"},{"type":"WORK","value":"b"}]}`, compared},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails[type eq \"home\"].value","value":"b"}`,
		`noTarget`, `{"emails":[{"type":"work","value":"a"},{"type":"home","value":"b"}]}`, unmatched},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"b"}}`,
		`noTarget`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails[type eq \"home\"].value","value":"b"}`,
		`{"emails":[{"type":"work","value":"a"},{"type":"home","value":"b"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails[type eq \"home\"]","value":{"value":"b"}}`,
		`{"emails":[{"type":"work","value":"a"},{"type":"home","value":"b"}]}`, `{"emails":[{"type":"work","value":"a"}]}`, foreseen},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails[type eq \"home\" and primary eq true].value","value":"b"}`,
		`{"emails":[{"type":"work","value":"a"},{"primary":true,"type":"home","value":"b"}]}`, refused, foreseen},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"add","path":"emails[type ne \"work\"].value","value":"b"}`,
		`noTarget`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails.type","value":"home"}`,
		`{"emails":[{"type":"home","value":"a"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"},{"value":"b"}]`, `{"op":"remove","path":"emails.type"}`,
		`{"emails":[{"value":"a"},{"value":"b"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"remove","path":"emails[type eq \"work\"].type"}`,
		`{"emails":[{"value":"a"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"remove","path":"emails[type eq \"work\"].value"}`,
		`{}`, `{"emails":[{"type":"work"}]}`, noAddress},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"remove","path":"emails[type eq \"home\"].value"}`,
		`{"emails":[{"type":"work","value":"a"}]}`, refused, absentGone},
	{``, `{"op":"remove","path":"emails[type eq \"home\"]"}`,
		`{}`, refused, absentGone},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"remove","path":"emails[type eq \"home\"]"}`,
		`{"emails":[{"type":"work","value":"a"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"remove","path":"emails[type eq \"work\"]"}`,
		`{}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"},{"value":"b"}]`, `{"op":"remove","path":"emails[not (type eq \"work\")]"}`,
		`{"emails":[{"type":"work","value":"a"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"},{"value":"b"}]`, `{"op":"remove","path":"emails[type eq \"work\" and value ew \"a\"]"}`,
		`{"emails":[{"value":"b"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"remove","path":"emails","value":[{"value":"a"}]}`,
		`{}`, `{"emails":[{"type":"work","value":"a"}]}`, byValue},
	{``, `{"op":"remove","path":"emails","value":[{"value":"c"}]}`,
		`{}`, refused, byValue},
	{`"emails":[{"value":"a","type":"work"},{"value":"b"}]`, `{"op":"remove","path":"emails","value":[{"value":"a","type":"work"}]}`,
		`{"emails":[{"value":"b"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"},{"value":"b"}]`, `{"op":"remove","path":"emails","value":[{"value":"c"}]}`,
		`{"emails":[{"type":"work","value":"a"},{"value":"b"}]}`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails[0].value","value":"b"}`,
		`invalidPath`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails[type].value","value":"b"}`,
		`invalidPath`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails[type eq \"work\"","value":"b"}`,
		`invalidPath`, same, agreed},
	{`"emails":[{"value":"a","type":"work"}]`, `{"op":"replace","path":"emails[type eq \"work\"].colour","value":"b"}`,
		`invalidPath`, `{"emails":[{"colour":"b","type":"work","value":"a"}]}`, noSuch},
	{`"emails":[{"value":"a.b]c","type":"work"}]`, `{"op":"replace","path":"emails[value eq \"a.b]c\"].type","value":"home"}`,
		`{"emails":[{"type":"home","value":"a.b]c"}]}`, refused, quoted},
	{``, `{"op":"add","path":"addresses[type eq \"work\"].locality","value":"b"}`,
		`{"addresses":[{"locality":"b","type":"work"}]}`, same, agreed},
	{`"addresses":[{"type":"work","locality":"l"}]`, `{"op":"remove","path":"addresses[type eq \"work\"].locality"}`,
		`{"addresses":[{"type":"work"}]}`, same, agreed},
	{`"addresses":[{"type":"work","locality":"l"}]`, `{"op":"add","path":"addresses[type eq \"work\"].region","value":"r"}`,
		`{"addresses":[{"locality":"l","region":"r","type":"work"}]}`, same, agreed},
	{``, `{"op":"add","path":"ENTERPRISE:department","value":"d"}`,
		`{"ENTERPRISE":{"department":"d"}}`, same, agreed},
	{``, `{"op":"add","path":"ENTERPRISE:manager.value","value":"d"}`,
		`{"ENTERPRISE":{"manager":{"value":"d"}}}`, same, agreed},
	{``, `{"op":"add","path":"ENTERPRISE","value":{"department":"d"}}`,
		`{"ENTERPRISE":{"department":"d"}}`, `{"urn:ietf:params:scim:schemas:extension:enterprise:2.0":{"User":{"department":"d"}}}`, extended},
	{``, `{"op":"add","value":{"ENTERPRISE":{"department":"d"}}}`,
		`{"ENTERPRISE":{"department":"d"}}`, `{"urn:ietf:params:scim:schemas:extension:enterprise:2.0":{"User":{"department":"d"}}}`, extended},
	{``, `{"op":"add","value":{"ENTERPRISE:department":"d"}}`,
		`{"ENTERPRISE":{"department":"d"}}`, same, agreed},
	{`"ENTERPRISE":{"department":"d"}`, `{"op":"remove","path":"ENTERPRISE:department"}`,
		`{}`, same, agreed},
	{`"ENTERPRISE":{"department":"d"}`, `{"op":"remove","path":"ENTERPRISE"}`,
		`{}`, `{"ENTERPRISE":{"department":"d"}}`, extended},
	{``, `{"op":"add","path":"BADGE:areas","value":["x","y"]}`,
		`{"BADGE":{"areas":["x","y"]}}`, same, agreed},
	{``, `{"op":"add","path":"BADGE:areas","value":"x"}`,
		`{"BADGE":{"areas":["x"]}}`, `{"BADGE":{"areas":"x"}}`, listed},
	{`"BADGE":{"areas":["x","y"]}`, `{"op":"add","path":"BADGE:areas","value":["x","z"]}`,
		`{"BADGE":{"areas":["x","y","z"]}}`, same, agreed},
	{`"BADGE":{"areas":["x","y"]}`, `{"op":"add","path":"BADGE:areas","value":"z"}`,
		`{"BADGE":{"areas":["x","y","z"]}}`, same, agreed},
	{`"BADGE":{"areas":["x","y"]}`, `{"op":"remove","path":"BADGE:areas","value":["x"]}`,
		`{"BADGE":{"areas":["y"]}}`, same, agreed},
	{`"BADGE":{"areas":["x","y"]}`, `{"op":"remove","path":"BADGE:areas[value eq \"x\"]"}`,
		`{"BADGE":{"areas":["y"]}}`, `{"BADGE":{"areas":["x","y"]}}`, simply},
}
