package strict

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// CommandWithin is how long a command may take to print a secret.
const CommandWithin = 30 * time.Second

// sources are the keys that say where a value comes from.
var sources = []string{"env", "file", "command"}

const fromWhere = "write where it comes from: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}"

// sourced reads a value from where the file says that it comes from.
func (n Node) sourced(w wish) string {
	entries, isMap := n.entries()
	switch {
	case !isMap && (n.Is() == "a list" || n.Is() == "nothing"):
		n.isNot("where a secret comes from", fromWhere)
		return ""
	case !isMap:
		n.Wrong(fromWhere, "%s stands in the file itself, and is a secret", n.name())
		n.hide()
		return ""
	case len(entries) != 1:
		n.Wrong(fromWhere, "%s comes from exactly one place, and %d are named", n.name(), len(entries))
		return ""
	}
	from := entries[0]
	var value string
	var ok bool
	switch from.name {
	case "env":
		value, ok = from.value.fromEnvironment()
	case "file":
		value, ok = from.value.fromFile()
	case "command":
		value, ok = from.value.fromCommand()
	default:
		n.unknownKey(from, sources)
	}
	if !ok {
		return ""
	}
	return from.value.trimmed(value, w)
}

// hide shows of the line of the last mistake only what stands before the value.
func (n Node) hide() {
	last := &n.mistakes[len(n.mistakes)-1]
	runes := []rune(last.Text)
	if at := last.Column - 1; at < len(runes) {
		last.Text = string(runes[:at]) + mask
	}
	if n.at != nil && n.at.Position.Line == last.Line {
		last.Column = n.at.Position.Column
	}
}

// trimmed takes the line's end off, which files and commands leave there. Anything
// else that is no one line cannot be a token.
func (n Node) trimmed(value string, w wish) string {
	if w.lines {
		return value
	}
	value = strings.TrimRight(value, "\r\n")
	switch {
	case value == "":
		n.Wrong("", "%s gave nothing", n.name())
	case strings.ContainsAny(value, "\r\n"):
		n.Wrong("it must give the secret and nothing else", "%s gave more than one line", n.name())
	}
	return value
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (n Node) fromEnvironment() (string, bool) {
	name, ok := n.Text()
	if !ok || !variableName.MatchString(name) {
		n.Wrong("write the name of the variable, not what it holds", "%s is not the name of an environment variable", n.name())
		n.hide()
		return "", false
	}
	value, set := os.LookupEnv(name)
	switch {
	case !set:
		n.Wrong("set it, as in: export "+name+"=…", "the environment variable %s is not set", name)
	case value == "":
		n.Wrong("set it, as in: export "+name+"=…", "the environment variable %s is empty", name)
	}
	return value, value != ""
}

func (n Node) fromFile() (string, bool) {
	path, ok := n.Text()
	if !ok {
		n.isNot("the path of a file", "")
		return "", false
	}
	path = n.Absolute(path)
	text, err := os.ReadFile(path)
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	if err != nil {
		n.Wrong("paths start from the directory of the target file", "%s: %s cannot be read: %v", n.name(), masked(path), err)
		return "", false
	}
	return string(text), true
}

// fromCommand runs a program in the file's directory. What it prints is never
// shown, not even where it fails: it may be half a secret.
func (n Node) fromCommand() (string, bool) {
	items, isList := n.items()
	var words []string
	for _, item := range items {
		word, ok := item.Text()
		if !ok {
			item.isNot("text", "")
			return "", false
		}
		words = append(words, word)
	}
	if !isList || len(words) == 0 || words[0] == "" {
		n.isNot("a list: a program and its arguments", "as [op, read, op://vault/token]; no shell is started")
		return "", false
	}
	ctx, cancel := context.WithTimeout(n.ctx, CommandWithin)
	defer cancel()
	program := words[0]
	if strings.ContainsRune(program, '/') {
		program = n.Absolute(program)
	}
	command := exec.CommandContext(ctx, program, words[1:]...)
	command.Dir = n.options.Dir
	command.WaitDelay = time.Second
	text, err := command.Output()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		n.Wrong("", "%s: %s did not end within %v", n.name(), words[0], CommandWithin)
	case errors.As(err, &ended):
		n.Wrong("run it by hand to see why", "%s: %s ended with %s", n.name(), words[0], ended.ProcessState)
	case err != nil:
		n.Wrong("it is looked for in PATH, or from the directory of the target file where it has a slash", "%s: %s cannot be run", n.name(), words[0])
	default:
		return string(text), true
	}
	return "", false
}
