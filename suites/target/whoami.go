package target

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

// answer is what came back from an address.
type answer struct {
	status int
	header http.Header
	body   string
}

// Read lets the expressions say who is there, by an answer of the address. Who is
// not answered with success is nobody, whatever the answer holds.
func (w *ByWhoAmI) Read(status int, header http.Header, body string) (Presence, error) {
	a := answer{status, header, body}
	ask, err := w.questions()
	if err != nil {
		return Presence{}, err
	}
	seen := Presence{Status: a.status}
	if a.status/100 != 2 {
		return seen, nil
	}
	facts := a.facts()
	// White space around an address is a part of it: it makes the address another one.
	if email := ask.email.text(facts); strings.TrimSpace(email) != "" {
		seen.In, seen.Email = true, email
		seen.Role, seen.Teams = ask.role.text(facts), ask.teams.texts(facts)
	}
	return seen, nil
}

// facts are what the expressions are about.
func (a answer) facts() map[string]any {
	header := map[string]string{}
	for name := range a.header {
		header[strings.ToLower(name)] = a.header.Get(name)
	}
	var body any
	if json.Unmarshal([]byte(a.body), &body) != nil {
		body = strings.TrimRight(a.body, "\r\n") // a text ends its line
	}
	return map[string]any{"status": a.status, "header": header, "body": body}
}

// questions are the expressions, ready to be asked. One that is empty is nil.
type questions struct{ email, role, teams *expression }

func (w *ByWhoAmI) questions() (questions, error) {
	var q questions
	for _, of := range []struct {
		name, text string
		wants      []string
		into       **expression
	}{
		{"email", orElse(w.Email, "body.email"), []string{"string"}, &q.email},
		{"role", w.Role, []string{"string"}, &q.role},
		{"teams", w.Teams, []string{"list"}, &q.teams},
	} {
		if of.text == "" {
			continue
		}
		compiled, err := compile(of.text, of.wants...)
		if err != nil {
			return q, fmt.Errorf("whoami: %s: %w", of.name, err)
		}
		*of.into = compiled
	}
	return q, nil
}

// expression is a CEL expression over an answer.
type expression struct{ program cel.Program }

// compiled keeps expressions: compiling one takes longer than the request that it
// is about.
var compiled sync.Map // of a text to *expression

var answerWords = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("status", cel.IntType),
		cel.Variable("header", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("body", cel.DynType),
	)
})

// compile reads an expression that yields one of these kinds of value, as far as
// can be told before there is an answer.
func compile(text string, kinds ...string) (*expression, error) {
	if known, ok := compiled.Load(text); ok {
		return known.(*expression), nil
	}
	words, err := answerWords()
	if err != nil {
		return nil, err
	}
	tree, issues := checked(words, text)
	if issues.Err() != nil {
		return nil, fmt.Errorf("%q is not a CEL expression over status, header and body: %s", text, firstLine(issues.Err().Error()))
	}
	if yields := tree.OutputType(); !suits(yields, kinds) {
		return nil, fmt.Errorf("%q yields %s, and should yield %s", text, yields, strings.Join(kinds, " or "))
	}
	program, err := words.Program(tree, cel.CostLimit(1_000_000))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	made := &expression{program}
	compiled.Store(text, made)
	return made, nil
}

func suits(yields *cel.Type, kinds []string) bool {
	if yields.IsExactType(cel.DynType) {
		return true
	}
	for _, kind := range kinds {
		if strings.HasPrefix(yields.String(), kind) {
			return true
		}
	}
	return false
}

// value evaluates; nil where the answer does not hold what the expression is about.
func (e *expression) value(facts map[string]any) ref.Val {
	if e == nil {
		return nil
	}
	value, _, err := e.program.Eval(facts)
	if err != nil {
		return nil
	}
	return value
}

func (e *expression) text(facts map[string]any) string {
	value := e.value(facts)
	if value == nil {
		return ""
	}
	text, _ := value.Value().(string)
	return text
}

func (e *expression) texts(facts map[string]any) []string {
	value := e.value(facts)
	if value == nil {
		return nil
	}
	native, err := value.ConvertToNative(reflect.TypeFor[[]string]())
	if err != nil {
		return nil
	}
	return native.([]string)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
