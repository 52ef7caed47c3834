package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// project is where the project begins, as these tests see it.
const project = "../.."

// shown is a command line that the documentation shows.
type shown struct{ where, line string }

// Every command that the documentation shows is run, at a product that is there, and
// ends as the reader would expect.
func TestShownCommands(t *testing.T) {
	t.Parallel()
	all := unique(slices.Concat(fromMarkdown(t), fromComments(t), fromExamples()))
	if len(all) < 60 {
		t.Fatalf("only %d commands were found: the documentation is read wrongly", len(all))
	}
	bench := newBench(t)
	for _, s := range all {
		t.Run(s.line, func(t *testing.T) {
			t.Parallel()
			if err := bench.run(t, s.line); err != nil {
				t.Errorf("%s shows\n  %s\n%v", s.where, s.line, err)
			}
		})
	}
	for line := range exceptions {
		if !slices.ContainsFunc(all, func(s shown) bool { return s.line == line }) {
			t.Errorf("nothing shows %q any more: take it from the exceptions", line)
		}
	}
}

// Every command is shown somewhere, and so run.
func TestEveryCommandIsShown(t *testing.T) {
	t.Parallel()
	all := slices.Concat(fromMarkdown(t), fromComments(t), fromExamples())
	for _, c := range commands(rootCommand()) {
		if c.HasSubCommands() {
			continue
		}
		path := c.CommandPath()
		if !slices.ContainsFunc(all, func(s shown) bool { return strings.HasPrefix(s.line+" ", path+" ") }) {
			t.Errorf("nothing shows %q: give it an Example", path)
		}
	}
}

// The README and the package comment list the commands that there are.
func TestCommandsAreListed(t *testing.T) {
	t.Parallel()
	for file, pattern := range map[string]string{
		filepath.Join(project, "README.md"): "(?m)^\\| `rollcall ([a-z]+)",
		"main.go":                           `(?m)^//\trollcall ([a-z]+)`,
	} {
		var listed []string
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, file), -1) {
			listed = append(listed, found[1])
		}
		slices.Sort(listed)
		listed = slices.DeleteFunc(slices.Compact(listed), func(name string) bool { return name == "completion" }) // comes with every program of cobra's
		want := slices.Sorted(slices.Values(commandNames(rootCommand())))
		if !slices.Equal(listed, want) {
			t.Errorf("%s lists %v; there are %v", file, listed, want)
		}
	}
}

// What the text calls by name, as `rollcall verify --target FILE`, exists.
func TestCommandsInTheTextExist(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile("`(?:go run \\./cmd/)?rollcall ([^`]+)`")
	for _, file := range markdownFiles(t) {
		for _, found := range inline.FindAllStringSubmatch(read(t, file), -1) {
			for _, words := range alternatives(strings.Fields(found[1])) {
				if problem := unknown(words); problem != "" {
					t.Errorf("%s: `rollcall %s`: %s", file, found[1], problem)
				}
			}
		}
	}
}

// alternatives are the command lines that are meant by one with words as a|b in it.
func alternatives(words []string) [][]string {
	for i, word := range words {
		if !strings.Contains(word, "|") {
			continue
		}
		var all [][]string
		for choice := range strings.SplitSeq(word, "|") {
			one := slices.Clone(words)
			one[i] = choice
			all = append(all, alternatives(one)...)
		}
		return all
	}
	return [][]string{words}
}

// unknown says which part of a command line there is not.
func unknown(words []string) string {
	root := rootCommand()
	root.InitDefaultCompletionCmd()
	c, rest, err := root.Find(words)
	if err != nil {
		return err.Error()
	}
	if !c.HasParent() {
		return "there is no such command"
	}
	for _, word := range rest {
		name, long := strings.CutPrefix(word, "--")
		name, _, _ = strings.Cut(name, "=")
		if long && c.Flag(name) == nil && c.InheritedFlags().Lookup(name) == nil {
			return "there is no --" + name
		}
		if c.HasSubCommands() && !long {
			return "there is no " + word
		}
	}
	return ""
}

// Every flag is of a command that says what it is for.
func TestFlagsSayWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, c := range commands(rootCommand()) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s says nothing", c.CommandPath(), f.Name)
			}
		})
	}
}

// Every link of the documentation to a file of the project leads there.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`)
	for _, file := range markdownFiles(t) {
		for _, found := range link.FindAllStringSubmatch(read(t, file), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), found[1])); err != nil {
				t.Errorf("%s: %s leads nowhere", file, found[1])
			}
		}
	}
}

// markdownFiles are the pages of the project, but for those that a program wrote.
func markdownFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	walk(t, func(path string) {
		if filepath.Ext(path) == ".md" && filepath.Base(path) != "KEYS.md" {
			files = append(files, path)
		}
	})
	if len(files) < 5 {
		t.Fatalf("only these pages were found: %v", files)
	}
	return files
}

// walk calls visit with every file that is the project's own and no test data.
func walk(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(project, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "node_modules" || name == "testdata" || name == ".git") {
			return fs.SkipDir
		}
		if !entry.IsDir() {
			visit(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fence is a block of code with the language it is said to be in.
var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// blocks are the blocks of a page in this language.
func blocks(page, language string) []string {
	var found []string
	for _, block := range fence.FindAllStringSubmatch(page, -1) {
		if block[1] == language {
			found = append(found, block[2])
		}
	}
	return found
}

func fromMarkdown(t *testing.T) []shown {
	t.Helper()
	var all []shown
	for _, file := range markdownFiles(t) {
		for _, block := range blocks(read(t, file), "sh") {
			all = append(all, linesOf(file, block)...)
		}
	}
	return all
}

// fromComments are the commands in the code blocks of doc comments. A list of
// commands, each with what it is for behind it, is not one.
func fromComments(t *testing.T) []shown {
	t.Helper()
	indented := regexp.MustCompile(`(?m)^//\t((?:rollcall|go run|go test|go tool|make) .*)$`)
	explained := regexp.MustCompile(`^rollcall [a-z ]*[a-z]   *[a-z]`)
	var all []shown
	walk(t, func(path string) {
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, found := range indented.FindAllStringSubmatch(read(t, path), -1) {
			if !explained.MatchString(found[1]) {
				all = append(all, linesOf(path, found[1])...)
			}
		}
	})
	return all
}

func fromExamples() []shown {
	var all []shown
	for _, c := range commands(rootCommand()) {
		all = append(all, linesOf(c.CommandPath()+" --help", c.Example)...)
	}
	return all
}

// linesOf are the command lines of a block, without what explains them. One that ends
// with a backslash goes on.
func linesOf(where, block string) []shown {
	var all []shown
	block = regexp.MustCompile(`\\\n\s*`).ReplaceAllString(block, "")
	for line := range strings.Lines(block) {
		line, _, _ = strings.Cut(line, " # ")
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, shown{where, line})
		}
	}
	return all
}

// unique leaves out what was shown before.
func unique(all []shown) []shown {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(s shown) bool {
		before := seen[s.line]
		seen[s.line] = true
		return before
	})
}

// commands are this one and all below it that a person can call.
func commands(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() {
			all = append(all, commands(below)...)
		}
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
}
