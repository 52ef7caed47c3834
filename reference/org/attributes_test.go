package org_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"rollcall.example/reference/org"
)

// told is what an identity provider said that the product does not read.
func told() map[string]any {
	return map[string]any{
		"title": "Captain", "phonenumbers": []any{map[string]any{"value": "+1", "primary": true}},
		"urn:x:2.0:user": map[string]any{"employeenumber": json.Number("12345678901234567890")},
	}
}

func TestAttributesAreKeptAndGivenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, Active: true, Attributes: told()})
	w.ok(err)
	got, err := w.svc.Record(w.ctx, w.caller, made.ID)
	w.ok(err)
	if !reflect.DeepEqual(got.Attributes, told()) {
		t.Errorf("came back as %v", got.Attributes)
	}
	w.ok(w.setActive(made.ID, false))
	got, err = w.svc.Record(w.ctx, w.caller, made.ID)
	w.ok(err)
	if !reflect.DeepEqual(got.Attributes, told()) || got.Version != 2 {
		t.Errorf("deactivation left %v, version %d", got.Attributes, got.Version)
	}
}

// A change of nothing but kept attributes counts as one; the log names them and
// tells no value.
func TestAttributesChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, Active: true, Attributes: told()})
	w.ok(err)
	change := func(edit func(*org.Record)) (after org.Record, log []org.Event) {
		log = w.during(func() {
			after, err = w.svc.ChangeRecord(w.ctx, w.caller, made.ID, func(r *org.Record) error { edit(r); return nil })
			w.ok(err)
		})
		return after, log
	}
	if after, log := change(func(r *org.Record) { r.Attributes = told() }); after.Version != 1 || len(log) != 0 {
		t.Errorf("saying the same again made version %d and wrote %v", after.Version, log)
	}
	after, log := change(func(r *org.Record) {
		r.Attributes["title"] = "General"
		delete(r.Attributes, "phonenumbers")
		r.Attributes["urn:x:2.0:user"].(map[string]any)["department"] = "Falcon"
		r.Attributes["nickname"] = "Han"
	})
	w.said(log, org.RecordUpdated)
	if after.Version != 2 {
		t.Errorf("the version is %d", after.Version)
	}
	if log[0].Before != `{"attributes":["phonenumbers","title","urn:x:2.0:user"]}` || log[0].After != `{"attributes":["nickname","title","urn:x:2.0:user"]}` {
		t.Errorf("the log says %s, then %s", log[0].Before, log[0].After)
	}
	if after, log = change(func(r *org.Record) { r.Attributes = nil }); after.Version != 3 || len(log) != 1 {
		t.Errorf("clearing made version %d and wrote %v", after.Version, log)
	}
	got, err := w.svc.Record(w.ctx, w.caller, made.ID)
	w.ok(err)
	if got.Attributes != nil {
		t.Errorf("left: %v", got.Attributes)
	}
}

// What a change does before it fails stays in its copy.
func TestAttributesOfARefusedChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.svc.CreateRecord(w.ctx, w.caller, org.Record{UserName: han, Active: true, Attributes: told()})
	w.ok(err)
	_, err = w.svc.ChangeRecord(w.ctx, w.caller, made.ID, func(r *org.Record) error {
		r.Attributes["phonenumbers"].([]any)[0].(map[string]any)["value"] = "+2"
		return &org.Error{Kind: org.Invalid, Message: "no"}
	})
	w.refused(err, org.Invalid)
	got, err := w.svc.Record(w.ctx, w.caller, made.ID)
	w.ok(err)
	if !reflect.DeepEqual(got.Attributes, told()) {
		t.Errorf("left: %v", got.Attributes)
	}
}
