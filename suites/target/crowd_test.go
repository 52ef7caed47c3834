package target

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// gathered opens a run against a product that is nowhere and gathers a crowd.
func gathered(t *testing.T, o BeginOptions) (*Crowd, *Begun, error) {
	t.Helper()
	at := Target{Name: "nowhere", Connections: []Connection{{SCIM: SCIM{BaseURL: "http://127.0.0.1:1/scim", Token: "t"}}}}
	begun, err := Begin(t.Context(), at, o)
	if err != nil {
		t.Fatal(err)
	}
	live, err := Open(begun.Target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(live.Close)
	crowd, err := live.Gather(begun.Target.Connection(), 100_000, 10)
	return crowd, begun, err
}

// However many they are, one line stands for all, and it is there before any is made.
func TestACrowdIsOneLineInTheLedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	crowd, begun, err := gathered(t, BeginOptions{Ledger: path})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "\n") != 2 || !strings.Contains(string(text), `"people":100000,"groups":10`) {
		t.Errorf("%v\n%s", err, text)
	}
	tag := begun.Target.Run.Tag
	if !tag.Marks(crowd.Person(7)) || !tag.Marks(crowd.Group(7)) || crowd.Person(7) == crowd.Person(8) {
		t.Errorf("%s, %s", crowd.Person(7), crowd.Group(7))
	}
	if err := crowd.Dissolved(); err != nil {
		t.Fatal(err)
	}
	if left, err := begun.End(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the ledger of a crowd that is gone is still there")
	}
}

// A crowd that nobody can be asked about stays in the ledger.
func TestACrowdOutOfReachIsLeft(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	_, begun, err := gathered(t, BeginOptions{Ledger: path})
	if err != nil {
		t.Fatal(err)
	}
	left, err := begun.End(t.Context())
	if err != nil || len(left) != 1 || !strings.HasPrefix(left[0].String(), "crowd load.rc") {
		t.Errorf("%v, %v", left, err)
	}
	if read, err := readLedger(path); err != nil || len(read.things) != 1 || read.things[0].People != 100_000 {
		t.Errorf("%+v, %v", read.things, err)
	}
}

func TestWhoMayNotChangeAnythingGathersNobody(t *testing.T) {
	t.Parallel()
	if _, _, err := gathered(t, BeginOptions{ReadOnly: true}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("%v", err)
	}
	live, err := Open(Target{Connections: []Connection{{SCIM: SCIM{BaseURL: "http://127.0.0.1:1/scim", Token: "t"}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if _, err := live.Gather(live.Connection(), 1, 0); !errors.Is(err, ErrNotBegun) {
		t.Errorf("%v", err)
	}
}
