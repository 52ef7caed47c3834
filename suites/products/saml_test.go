package products_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/kept"
	"rollcall.example/suites/target"
)

// started starts a product in a directory, with this environment, and returns what it
// says of itself.
type started func(t *testing.T, directory string, environment ...string) map[string]string

// Service providers made by others are met as any vendor's: they are given the
// metadata of a kept identity, and their target files leave the rest to theirs. Each is
// judged as it stands in its target file, and again where something is set otherwise.
func TestServiceProviders(t *testing.T) {
	for name, c := range map[string]struct {
		start     started
		needs     []string // programs that it runs
		spOnly    []string // environment in which sign-in starts at the product only
		encrypted []string // one in which it takes encrypted assertions, and no others
		procs     int      // that drive it at a time: more where it spends its time on programs that it runs
	}{
		"crewjam":   {startGo, nil, []string{"IDP_INITIATED=off"}, nil, 1},
		"node-saml": {startNode, nil, []string{"IN_RESPONSE_TO=always", "SIGNED=both"}, nil, 1},
		"pysaml2":   {startPython, []string{"xmlsec1"}, []string{"UNSOLICITED=off", "SIGNED=both"}, nil, 2},
		"samlify":   {startNode, []string{"xmllint"}, []string{"IN_RESPONSE_TO=always"}, []string{"ENCRYPTED=on"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			for _, tool := range c.needs {
				machine.Tool(t, tool)
			}
			directory := filepath.Join("testdata", name)
			asDeclared := func(text string) string { return text }
			spOnly := func(text string) string {
				return strings.Replace(text, "idp_initiated: true", "idp_initiated: false", 1)
			}
			encryptedOnly := func(text string) string {
				return strings.Replace(text, "idp_initiated: true", "idp_initiated: true\n      wants_encrypted_assertions: true", 1)
			}
			met := today()
			judged := judgement{
				"as-declared":       judge(t, serviceProvider(t, directory, c.start, asDeclared), "", met, c.procs),
				"sp-initiated-only": judge(t, serviceProvider(t, directory, c.start, spOnly, c.spOnly...), "!area:saml", met, c.procs),
			}
			if c.encrypted != nil {
				judged["encrypted"] = judge(t, serviceProvider(t, directory, c.start, encryptedOnly, c.encrypted...), "feature:saml.encrypted", met, c.procs)
			}
			judged.hold(t, filepath.Join(directory, "verdicts.yaml"), met)
		})
	}
}

// serviceProvider starts a product that is a service provider, and reads its target
// file, changed, as if the product were at the address in there.
func serviceProvider(t *testing.T, directory string, start started, change func(string) string, environment ...string) target.Target {
	t.Helper()
	home := t.TempDir()
	names := kept.Names{Subdomain: "acme", App: "Rollcall", BaseURL: "https://acme.okta.test", SingleLogout: true}
	if _, err := kept.Init(filepath.Join(home, "idp"), names, time.Now()); err != nil {
		t.Fatal(err)
	}
	// A key and a certificate of its own, for a product that wants some.
	if _, err := kept.Init(filepath.Join(home, "sp"), names, time.Now()); err != nil {
		t.Fatal(err)
	}
	at := start(t, directory, append(environment, "IDP_METADATA="+filepath.Join(home, "idp", "metadata.xml"),
		"SP_KEY="+filepath.Join(home, "sp", "key-1.pem"), "SP_CERTIFICATE="+filepath.Join(home, "sp", "certificate-1.pem"), "TMPDIR="+home)...)
	text, err := os.ReadFile(filepath.Join(directory, "target.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "PORT=")
	if !found {
		t.Fatalf("the target file of %s does not say on which port to start the product", directory)
	}
	port, _, _ := strings.Cut(rest, " ")
	moved := strings.ReplaceAll(string(text), "http://127.0.0.1:"+port, at["base"])
	read, err := target.Read(t.Context(), []byte(change(moved)), home)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// startGo builds a product that is written in Go, a module of its own, and starts it.
func startGo(t *testing.T, directory string, environment ...string) map[string]string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "product")
	build := exec.Command("go", "build", "-mod=readonly", "-o", program, ".")
	build.Dir, build.Env = directory, append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	if said, err := build.CombinedOutput(); err != nil {
		if strings.Contains(string(said), "GOPROXY=off") || strings.Contains(string(said), "module lookup disabled") {
			machine.Lacks(t, "what "+directory+"/go.mod requires")
		}
		t.Fatalf("building %s: %v\n%s", directory, err, said)
	}
	return startProduct(t, directory, environment, program)
}

// startPython starts the server of a product that is written in Python, with a library
// that Debian has a package of.
func startPython(t *testing.T, directory string, environment ...string) map[string]string {
	t.Helper()
	// xmlsec1, which is run for each signature, would read the authorities that the machine
	// trusts each time. None of them is trusted here.
	environment = append(environment, "SSL_CERT_FILE="+os.DevNull, "SSL_CERT_DIR="+os.DevNull)
	return startProduct(t, directory, environment, python(t, directory), "server.py")
}

// python is the interpreter that finds pysaml2. Debian's packages belong to its own, which
// need not be the first one.
func python(t *testing.T, _ string) string {
	t.Helper()
	const installed = "import importlib.util as i, sys; sys.exit(i.find_spec('saml2') is None)"
	for _, interpreter := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(interpreter, "-c", installed).Run() == nil {
			return interpreter
		}
	}
	machine.Lacks(t, "python3-pysaml2")
	return ""
}
