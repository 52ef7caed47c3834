package defect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	"rollcall.example/reference"
)

// What stands in front of the SCIM server and mends nothing: requests are read and
// answers are shown otherwise than they are.

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

// object is a JSON object as it goes over the wire.
type object = map[string]any

// scimAnswer is what the server said, before the client hears it.
type scimAnswer struct {
	status int
	header http.Header
	body   object // nil where the body is no JSON object
	text   []byte // the body as it was
}

// answerTo is what the product answers to a request.
func answerTo(r *http.Request, next http.Handler) *scimAnswer {
	recorded := httptest.NewRecorder()
	next.ServeHTTP(recorded, r)
	text := recorded.Body.Bytes()
	return &scimAnswer{status: recorded.Code, header: recorded.Header(), text: text, body: objectOf(text)}
}

// refuse makes the answer a SCIM error.
func (a *scimAnswer) refuse(status int, scimType, detail string) {
	a.status, a.body = status, refusalBody(status, scimType, detail)
}

func refusalBody(status int, scimType, detail string) object {
	said := object{"schemas": []any{errorSchema}, "status": statusText(status), "detail": detail}
	if scimType != "" {
		said["scimType"] = scimType
	}
	return said
}

func statusText(status int) string {
	text, _ := json.Marshal(status) // a number can be written
	return string(text)
}

// resources are the resources that the answer shows: itself, or those of a list.
func (a *scimAnswer) resources() []object {
	if a.body == nil || a.status >= http.StatusMultipleChoices {
		return nil
	}
	listed, isList := a.body["Resources"].([]any)
	if !isList {
		return []object{a.body}
	}
	var all []object
	for _, entry := range listed {
		if resource, ok := entry.(object); ok {
			all = append(all, resource)
		}
	}
	return all
}

// showOtherwise changes what the server answers to such requests.
func showOtherwise(p *reference.Parts, which whichRequest, change func(r *http.Request, a *scimAnswer)) {
	around(p, which, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := answerTo(r, next)
		change(r, answer)
		answer.write(w)
	})
}

func (a *scimAnswer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.body != nil {
		a.text = textOf(a.body)
		w.Header().Set("Content-Type", "application/scim+json")
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.text)
}

// objectOf reads a JSON object; nil where it is none.
func objectOf(text []byte) object {
	var read object
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&read) != nil {
		return nil
	}
	return read
}

func textOf(o object) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(o) // it was JSON before
	return text.Bytes()
}

// showEach changes every resource that such answers show.
func showEach(p *reference.Parts, which whichRequest, change func(resource object)) {
	showOtherwise(p, which, func(_ *http.Request, a *scimAnswer) {
		for _, resource := range a.resources() {
			change(resource)
		}
	})
}

// readOtherwise changes the body of such requests before the server reads it. Where
// change returns an answer, the server never hears of the request.
func readOtherwise(p *reference.Parts, which whichRequest, change func(r *http.Request, body object) *scimAnswer) {
	around(p, which, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if body := objectOf(bodyOf(r)); body != nil {
			if answer := change(r, body); answer != nil {
				answer.write(w)
				return
			}
			setBody(r, textOf(body))
		}
		next.ServeHTTP(w, r)
	})
}

// refuse refuses such requests, whatever else they are.
func refuse(p *reference.Parts, which whichRequest, status int, scimType, detail string) {
	around(p, which, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		refusing(status, scimType, detail).write(w)
	})
}

// refusing is an answer that refuses.
func refusing(status int, scimType, detail string) *scimAnswer {
	answer := &scimAnswer{header: http.Header{}}
	answer.refuse(status, scimType, detail)
	return answer
}

// rewriteText changes what stands in requests' paths and in answers, as plain text.
func rewriteText(p *reference.Parts, which whichRequest, path func(string) string, answer func(string) string) {
	around(p, which, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		r.URL.Path, r.URL.RawPath = path(r.URL.Path), ""
		recorded := httptest.NewRecorder()
		next.ServeHTTP(recorded, r)
		said := &scimAnswer{status: recorded.Code, header: recorded.Header(), text: []byte(answer(recorded.Body.String()))}
		for _, name := range []string{"Location", "Content-Location"} {
			if said.header.Get(name) != "" {
				said.header.Set(name, answer(said.header.Get(name)))
			}
		}
		said.write(w)
	})
}

// textIn is a member of an object that is a text, in whatever case its name is.
func textIn(o object, name string) string {
	for key, value := range o {
		if strings.EqualFold(key, name) {
			text, _ := value.(string)
			return text
		}
	}
	return ""
}

// has says whether an object has a member, in whatever case its name is.
func has(o object, name string) bool {
	for key := range o {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// metaOf is the meta of a resource; one that goes nowhere where it has none.
func metaOf(resource object) object {
	meta, ok := resource["meta"].(object)
	if !ok {
		return object{}
	}
	return meta
}
