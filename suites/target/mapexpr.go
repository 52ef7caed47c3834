package target

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"
)

// The variables that expressions of a mapping see. What was asked is a text of the
// slot's name, empty for those that were not used; all that is known of the
// person are lists of texts.
var (
	askedVariables  = []string{"organization", "email", "user_name", "name_id", "external_id", "record_id", "account_id"}
	knownVariables  = []string{"emails", "user_names", "name_ids", "external_ids", "record_ids", "account_ids"}
	answerVariables = []string{"body", "header", "status", "url", "page"}
)

// environment makes the variables of these names known to expressions.
func environment(names ...string) *cel.Env {
	env, err := basicEnvironment()
	if err != nil {
		panic(err) // a slip in this file, which any test shows
	}
	var options []cel.EnvOption
	for _, name := range names {
		options = append(options, cel.Variable(name, typeOf(name)))
	}
	env, err = env.Extend(options...)
	if err != nil {
		panic(err) // likewise
	}
	return env
}

func typeOf(name string) *cel.Type {
	switch {
	case name == "status" || name == "page":
		return cel.IntType
	case name == "header":
		return cel.MapType(cel.StringType, cel.StringType)
	case name == "default":
		return cel.BoolType
	case name == "body" || name == "item":
		return cel.DynType
	case slices.Contains(knownVariables, name):
		return cel.ListType(cel.StringType)
	}
	return cel.StringType
}

// basicEnvironment is CEL with its extensions for texts, optional fields (item.?name)
// and with(url, name, value), which sets a parameter in an address's query.
var basicEnvironment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Strings(),
		cel.Function("with", cel.Overload("with_string_string_string",
			[]*cel.Type{cel.StringType, cel.StringType, cel.StringType}, cel.StringType,
			cel.FunctionBinding(withParameter))))
})

func withParameter(args ...ref.Val) ref.Val {
	address, err := url.Parse(string(args[0].(types.String)))
	if err != nil {
		return types.NewErr("%q is no address", args[0])
	}
	query := address.Query()
	query.Set(string(args[1].(types.String)), string(args[2].(types.String)))
	address.RawQuery = query.Encode()
	return types.String(address.String())
}

// mapExpression is a compiled expression and where it stands in the target file.
type mapExpression struct {
	key, text string
	program   cel.Program
	uses      map[string]bool // the variables that it mentions
}

// compileExpression reads the expression that stands at key; without a text there is none, nil.
// One whose outcome can be told already has to be of one of these types.
func compileExpression(env *cel.Env, key, text string, outcomes ...*cel.Type) (*mapExpression, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	ast, issues := checked(env, text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, &ConfigError{key, fmt.Sprintf("%q, column %d: %s", firstOf(text), first.Location.Column()+1, firstOf(first.Message))}
	}
	if got := ast.OutputType(); len(outcomes) > 0 && !slices.ContainsFunc(outcomes, func(want *cel.Type) bool { return want.Kind() == got.Kind() }) && got.Kind() != types.DynKind {
		return nil, &ConfigError{key, fmt.Sprintf("%q is a %s, and a %s belongs here", firstOf(text), got, outcomes[0])}
	}
	program, err := env.Program(ast, cel.InterruptCheckFrequency(1000), cel.CostLimit(maxCost))
	if err != nil {
		return nil, &ConfigError{key, fmt.Sprintf("%q: %s", firstOf(text), firstOf(err.Error()))}
	}
	uses := map[string]bool{}
	for _, mentioned := range ast.NativeRep().ReferenceMap() {
		uses[mentioned.Name] = true
	}
	return &mapExpression{key: key, text: text, program: program, uses: uses}, nil
}

// maxCost ends an expression that works without end, in CEL's units: about one for
// each thing that it touches.
const maxCost = 2_000_000

// value works the expression out, in the types of encoding/json and time.Time. The
// error says what was met, which is what the expression was about.
func (e *mapExpression) value(ctx context.Context, given map[string]any, met any) (any, error) {
	out, _, err := e.program.ContextEval(ctx, given)
	if err == nil {
		var plain any
		if plain, err = plainly(out); err == nil {
			return plain, nil
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, e.failed(firstOf(err.Error()) + "; it met " + shapeOf(met))
}

// failed is the error of an expression that could not be worked out, or came to
// something else than what belongs there.
func (e *mapExpression) failed(why string) error {
	return fmt.Errorf("%s: %s: %s", e.key, firstOf(e.text), why)
}

// shapeOf says what kind of thing a value is. What stands in it stays there: it may
// be a secret.
func shapeOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case map[string]any:
		if len(v) == 0 {
			return "an object without a key"
		}
		return firstOf("an object with the keys " + strings.Join(slices.Sorted(maps.Keys(v)), ", "))
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case string:
		return "a text"
	case bool:
		return "a bool"
	case time.Time:
		return "a time"
	}
	return "a number"
}

// plainly turns what CEL works with into what encoding/json does, and times into
// time.Time.
func plainly(value ref.Val) (any, error) {
	switch v := value.(type) {
	case types.Null:
		return nil, nil
	case types.Timestamp:
		return v.Time, nil
	case *types.Optional:
		if !v.HasValue() {
			return nil, nil
		}
		return plainly(v.GetValue())
	case traits.Lister:
		return plainList(v)
	case traits.Mapper:
		return plainMap(v)
	case types.Bool, types.Int, types.Uint, types.Double, types.String:
		return v.Value(), nil
	}
	return nil, errors.New("a " + value.Type().TypeName() + " belongs nowhere here")
}

func plainList(list traits.Lister) (any, error) {
	plain := []any{}
	for at := list.Iterator(); at.HasNext() == types.True; {
		item, err := plainly(at.Next())
		if err != nil {
			return nil, err
		}
		plain = append(plain, item)
	}
	return plain, nil
}

func plainMap(object traits.Mapper) (any, error) {
	plain := map[string]any{}
	for at := object.Iterator(); at.HasNext() == types.True; {
		key := at.Next()
		name, ok := key.(types.String)
		if !ok {
			return nil, errors.New("an object has a key that is no text")
		}
		value, err := plainly(object.Get(key))
		if err != nil {
			return nil, err
		}
		plain[string(name)] = value
	}
	return plain, nil
}

// compiling is held while an expression is checked: the environments share what the
// library fills in as it goes.
var compiling sync.Mutex

func checked(env *cel.Env, text string) (*cel.Ast, *cel.Issues) {
	compiling.Lock()
	defer compiling.Unlock()
	return env.Compile(text)
}
