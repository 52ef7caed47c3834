package main

import (
	"context"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"rollcall.example/suites/bundled"
)

// action is action.yml.
type action struct {
	Inputs map[string]struct {
		Description string `yaml:"description"`
		Default     string `yaml:"default"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Value string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Using string       `yaml:"using"`
		Steps []actionStep `yaml:"steps"`
	} `yaml:"runs"`
}

type actionStep struct {
	Name  string            `yaml:"name"`
	Uses  string            `yaml:"uses"`
	With  map[string]string `yaml:"with"`
	Run   string            `yaml:"run"`
	Shell string            `yaml:"shell"`
	Env   map[string]string `yaml:"env"`
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	var a action
	unmarshal(t, read(t, filepath.Join(project, "action.yml")), &a)
	if a.Runs.Using != "composite" || len(a.Inputs) == 0 || len(a.Runs.Steps) == 0 {
		t.Fatalf("action.yml was read as %+v", a)
	}
	return a
}

// expression is ${{ … }} in a workflow.
var expression = regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`)

// runner runs a composite action as GitHub's does.
type runner struct {
	action
	facts   map[string]string // what expressions may name besides inputs
	dir     string            // the workspace
	summary string            // GITHUB_STEP_SUMMARY
	env     []string
}

func (r runner) with(t *testing.T, inputs map[string]string) runner {
	t.Helper()
	facts := map[string]string{}
	for name, value := range r.facts {
		facts[name] = value
	}
	for name, input := range r.Inputs {
		facts["inputs."+name] = input.Default
	}
	for name, value := range inputs {
		if _, known := r.Inputs[name]; !known {
			t.Fatalf("the action has no input %s", name)
		}
		facts["inputs."+name] = value
	}
	r.facts, r.dir = facts, t.TempDir()
	r.summary = filepath.Join(t.TempDir(), "summary.md")
	return r
}

// value works out the expressions in a text.
func (r runner) value(t *testing.T, text string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		name := expression.FindStringSubmatch(found)[1]
		value, known := r.facts[name]
		if !known {
			t.Errorf("nobody knows what %s is", found)
		}
		return value
	})
}

// run runs the step and returns what it printed and with which status it ended.
func (r runner) run(t *testing.T, step actionStep) (string, error) {
	t.Helper()
	if step.Shell != "bash" {
		t.Errorf("the step %q names no shell that a composite action has", step.Name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", r.value(t, step.Run))
	c.Dir = r.dir
	c.Env = append(slices.Clone(r.env), "RUNNER_TEMP="+r.facts["runner.temp"], "GITHUB_STEP_SUMMARY="+r.summary)
	for name, text := range step.Env {
		c.Env = append(c.Env, name+"="+r.value(t, text))
	}
	said, err := c.CombinedOutput()
	return string(said), err
}

// The action builds Rollcall, runs it with every input, keeps the reports and passes
// the exit status on.
func TestAction(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds Rollcall")
	}
	root, err := filepath.Abs(project)
	if err != nil {
		t.Fatal(err)
	}
	bench := newBench(t)
	github := runner{action: readAction(t), facts: map[string]string{"github.action_path": root, "runner.temp": t.TempDir()}, env: os.Environ()}
	build, judge := github.steps(t)
	github = github.with(t, nil)
	if said, err := github.run(t, build); err != nil {
		t.Fatalf("%s: %v\n%s", build.Name, err, said)
	}
	github.env = append(slices.Clone(bench.environment), "HOME="+t.TempDir())
	files := func(name string) string { return filepath.Join(bench.files, name) }
	for name, c := range map[string]struct {
		inputs map[string]string
		exit   int
		says   string
	}{
		"defaults": {nil, 0, "the reference: conformant"},
		"everything": {map[string]string{
			"target": files("rollcall.yaml"), "waivers": files("waivers.yaml"), "baseline": files("last-week.json"),
			"only": "tracking.no-*", "arguments": "--procs 2 --seed 7", "reports": "kept/here",
		}, 0, "the reference, by its file"},
		"a defect":        {map[string]string{"arguments": "--defect seat-at-create"}, 1, "tracking.no-seat"},
		"a wrong address": {map[string]string{"target": "nowhere.yaml"}, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := github.with(t, c.inputs)
			said, err := r.run(t, judge)
			if err := expect(c.exit)(said, err); err != nil {
				t.Fatal(err)
			}
			summary, _ := os.ReadFile(r.summary)
			if c.says == "" {
				if len(summary) > 0 {
					t.Errorf("nothing ran, and the summary says\n%s", summary)
				}
				return
			}
			if !strings.HasPrefix(string(summary), "#") || !strings.Contains(string(summary), c.says) {
				t.Errorf("the summary does not say %q:\n%s", c.says, summary)
			}
			reports := filepath.Join(r.dir, r.value(t, r.Outputs["reports"].Value))
			for _, file := range []string{"report.json", "report.html", "report.xml", "report.md"} {
				if text := read(t, filepath.Join(reports, file)); text == "" {
					t.Errorf("%s is empty", file)
				}
			}
		})
	}
}

// steps are the two steps that run something, after looking at those that use others'.
func (r runner) steps(t *testing.T) (build, judge actionStep) {
	t.Helper()
	var run []actionStep
	for _, step := range r.Runs.Steps {
		if step.Run != "" {
			run = append(run, step)
			continue
		}
		for _, name := range []string{"go-version-file", "cache-dependency-path"} {
			if _, err := os.Stat(r.value(t, step.With[name])); err != nil || step.With[name] == "" {
				t.Errorf("%s: %s leads nowhere: %v", step.Uses, name, err)
			}
		}
	}
	if len(run) != 2 {
		t.Fatalf("the action runs %d steps; this test knows 2", len(run))
	}
	return run[0], run[1]
}

// The pipeline for GitHub gives the action inputs that it has, and takes outputs that
// it has.
func TestPipelineForGitHub(t *testing.T) {
	t.Parallel()
	var workflow struct {
		Jobs map[string]struct {
			Steps []actionStep `yaml:"steps"`
		} `yaml:"jobs"`
	}
	text := pipeline(t, "github")
	unmarshal(t, text, &workflow)
	a := readAction(t)
	used := false
	for _, step := range workflow.Jobs["conformance"].Steps {
		if !strings.Contains(step.Uses, "/rollcall@") {
			continue
		}
		used = true
		for name := range step.With {
			if _, known := a.Inputs[name]; !known {
				t.Errorf("the pipeline gives %s, which is no input of the action", name)
			}
		}
	}
	if !used {
		t.Errorf("no step uses the action:\n%s", text)
	}
	outputs := regexp.MustCompile(`steps\.rollcall\.outputs\.([a-z_]+)`).FindAllStringSubmatch(text, -1)
	if len(outputs) == 0 {
		t.Error("the pipeline keeps no report")
	}
	for _, found := range outputs {
		if _, known := a.Outputs[found[1]]; !known {
			t.Errorf("the pipeline takes %s, which is no output of the action", found[1])
		}
	}
}

func pipeline(t *testing.T, system string) string {
	t.Helper()
	text, err := pipelines.ReadFile("ci/" + system + ".yml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// workplace is a checkout in which a pipeline runs: a target file, right or wrong, and
// the token that it wants.
func workplace(t *testing.T, defect string) (dir string, env []string) {
	t.Helper()
	product, err := bundled.Start(context.Background(), bundled.Options{Defect: defect})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = product.Close() })
	dir, tools := t.TempDir(), t.TempDir()
	agent := "#!/bin/sh\nprintf '%s\\n' \"$*\" > agent.arguments\ncat > agent.input\n"
	for path, text := range map[string]string{filepath.Join(dir, "rollcall.yaml"): described(product.Target), filepath.Join(tools, "buildkite-agent"): agent} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir, []string{
		"PATH=" + tools + string(filepath.ListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + t.TempDir(), "ROLLCALL_ONLY=tracking.no-*",
		"REFERENCE_TOKEN=" + product.Target.Connection().SCIM.Token, "REFERENCE_PROBE_TOKEN=" + product.Target.Probe.HTTP.Token,
	}
}

// script runs the script of a pipeline as its agent does.
func script(t *testing.T, dir string, env []string, variables map[string]string, text string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "bash", "-eo", "pipefail", "-c", text)
	c.Dir, c.Env = dir, env
	for name, value := range variables {
		c.Env = append(c.Env, name+"="+value)
	}
	said, err := c.CombinedOutput()
	return string(said), err
}

// products are a right one and a wrong one, with the exit status that each earns.
var products = map[string]int{"": 0, "seat-at-create": 1}

func TestPipelineForGitLab(t *testing.T) {
	t.Parallel()
	var file struct {
		Rollcall struct {
			Variables map[string]string `yaml:"variables"`
			Script    []string          `yaml:"script"`
			Artifacts struct {
				Paths   []string          `yaml:"paths"`
				Reports map[string]string `yaml:"reports"`
			} `yaml:"artifacts"`
		} `yaml:"rollcall"`
	}
	unmarshal(t, pipeline(t, "gitlab"), &file)
	job := file.Rollcall
	for defect, status := range products {
		dir, env := workplace(t, defect)
		said, err := script(t, dir, env, job.Variables, strings.Join(job.Script, "\n"))
		if err := expect(status)(said, err); err != nil {
			t.Errorf("%q: %v", defect, err)
		}
		artifacts := append(slices.Clone(job.Artifacts.Paths), job.Artifacts.Reports["junit"])
		if len(artifacts) < 3 {
			t.Errorf("the pipeline keeps only %v", artifacts)
		}
		for _, file := range artifacts {
			if read(t, filepath.Join(dir, file)) == "" {
				t.Errorf("%s is empty", file)
			}
		}
	}
}

func TestPipelineForBuildkite(t *testing.T) {
	t.Parallel()
	var file struct {
		Steps []struct {
			Command       string            `yaml:"command"`
			Env           map[string]string `yaml:"env"`
			ArtifactPaths []string          `yaml:"artifact_paths"`
		} `yaml:"steps"`
	}
	unmarshal(t, pipeline(t, "buildkite"), &file)
	if len(file.Steps) != 1 {
		t.Fatalf("the pipeline has %d steps; this test knows 1", len(file.Steps))
	}
	step := file.Steps[0]
	// A dollar sign that Buildkite is to leave alone is written twice.
	command := strings.ReplaceAll(step.Command, "$$", "$")
	if strings.Contains(strings.ReplaceAll(step.Command, "$$", ""), "$") {
		t.Errorf("Buildkite itself would fill in a $ of\n%s", step.Command)
	}
	for defect, status := range products {
		dir, env := workplace(t, defect)
		said, err := script(t, dir, env, step.Env, command)
		if err := expect(status)(said, err); err != nil {
			t.Errorf("%q: %v", defect, err)
			continue
		}
		style := map[int]string{0: "success", 1: "error"}[status]
		if got := strings.TrimSpace(read(t, filepath.Join(dir, "agent.arguments"))); got != "annotate --context rollcall --style "+style {
			t.Errorf("%q: the agent was called with %s", defect, got)
		}
		if got := read(t, filepath.Join(dir, "agent.input")); !strings.HasPrefix(got, "#") || strings.Contains(got, "\x1b[") || got != read(t, filepath.Join(dir, "report.md")) {
			t.Errorf("%q: the annotation is not the Markdown report:\n%s", defect, got)
		}
		for _, file := range step.ArtifactPaths {
			if read(t, filepath.Join(dir, file)) == "" {
				t.Errorf("%s is empty", file)
			}
		}
	}
	dir, env := workplace(t, "")
	said, err := script(t, dir, env, map[string]string{"ROLLCALL_TARGET": "nowhere.yaml"}, command)
	if err := expect(2)(said, err); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "agent.input")); err == nil {
		t.Error("there is an annotation, and nothing ran")
	}
}

// What the image is made of needs nothing that it does not hold: one static file, a
// home and a place for temporary files.
func TestImage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds Rollcall")
	}
	recipe := read(t, filepath.Join(project, "Dockerfile"))
	for _, line := range []string{"RUN make build && mkdir -p /image/tmp /image/work ", "FROM scratch\n", "ENV HOME=/work\n", `ENTRYPOINT ["/rollcall"]`, "cp rollcall /image/rollcall"} {
		if !strings.Contains(recipe, line) {
			t.Errorf("the Dockerfile does not say %q any more; does this test still build what it builds?", line)
		}
	}
	binary := filepath.Join(t.TempDir(), "rollcall")
	build := makeBuild(t, binary)
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build.Args, err, said)
	}
	file, err := elf.Open(binary)
	if err != nil {
		t.Skipf("no ELF file comes of it here: %v", err)
	}
	defer func() { _ = file.Close() }()
	libraries, err := file.ImportedLibraries()
	if err == nil && len(libraries) > 0 {
		t.Errorf("it wants the libraries %v", libraries)
	}
	for _, program := range file.Progs {
		if program.Type == elf.PT_INTERP || program.Type == elf.PT_DYNAMIC {
			t.Errorf("it is not static: it has a %v", program.Type)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, binary, "verify", "--procs", "2", "--only", "tracking.*")
	c.Dir = t.TempDir()
	c.Env = []string{"HOME=" + c.Dir, "TMPDIR=" + t.TempDir()}
	said, err := c.CombinedOutput()
	if err := expect(0)(string(said), err); err != nil || !strings.Contains(string(said), "\nconformant\n") {
		t.Errorf("%v\n%s", err, said)
	}
}

// makeBuild is what make build does, but for where it puts the file.
func makeBuild(t *testing.T, to string) *exec.Cmd {
	t.Helper()
	ask := exec.Command("make", "--no-print-directory", "--dry-run", "build")
	ask.Dir = project
	line, err := ask.Output()
	if err != nil {
		t.Fatalf("make --dry-run build: %v", err)
	}
	if strings.Count(string(line), " -o rollcall ") != 1 {
		t.Fatalf("make build is %q; it had -o rollcall in it", line)
	}
	c := exec.Command("sh", "-c", strings.Replace(string(line), " -o rollcall ", " -o '"+to+"' ", 1))
	c.Dir = project
	return c
}
