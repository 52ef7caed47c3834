package target

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Kind says what sort of thing a run made at the product.
type Kind string

// The kinds of thing.
const (
	APerson        Kind = "person" // by an address or a user name: what SCIM or a sign-in made of it
	AGroup         Kind = "group"  // of SCIM
	ATeam          Kind = "team"
	AnOrganization Kind = "organization"
	AProvider      Kind = "provider"  // goes with its organization
	AnAPIToken     Kind = "api-token" // goes with its owner's membership
	ACrowd         Kind = "crowd"     // many people and groups, named by number; see [Crowd]
)

// Thing is something that a run made at the product, or was about to.
type Thing struct {
	Kind         Kind
	Name         string    // as the product was told; holds the tag
	Organization string    // the product's id of the tenant; empty where nobody gave one
	SCIM         string    // base URL through which it was made, where there is one
	At           time.Time // when it was written down, before it was made
	ID           string    // the product's own id, once it answered with one
	Records      []string  // addresses of SCIM resources that came of it
	Accounts     []string  // ids of accounts that a look showed
	SignedIn     bool      // the person went to the product's sign-in
	Refused      bool      // the product answered that it would not make it
	People       int       // of a crowd
	Groups       int       // of a crowd

	entry string    // which entry of the ledger this is
	done  bool      // it is cleared away
	asked time.Time // when it was last asked for, in this process
}

// String names the thing: person han.solo.rc…@rollcall.test in acme.
func (t Thing) String() string {
	text := string(t.Kind) + " " + t.Name
	if t.Name == "" {
		text = string(t.Kind) + " without a name"
	}
	if t.Kind == ACrowd {
		text += fmt.Sprintf(" (people: %d, groups: %d)", t.People, t.Groups)
	}
	if t.Kind != AnOrganization && t.Organization != "" {
		text += " in " + t.Organization
	}
	return text
}

// line is one line of a ledger: the first one tells of the run, the first of each
// entry what is about to be made, and later ones what became known of it.
type line struct {
	Run     Tag      `json:"run,omitempty"`
	Version int      `json:"version,omitempty"`
	Target  string   `json:"target,omitempty"`
	Places  []string `json:"places,omitempty"` // SCIM base URLs and organizations that the target names
	Process int      `json:"process,omitempty"`

	Entry        string    `json:"entry,omitempty"`
	At           time.Time `json:"at,omitzero"`
	Kind         Kind      `json:"kind,omitempty"`
	Name         string    `json:"name,omitempty"`
	Organization string    `json:"organization,omitempty"`
	SCIM         string    `json:"scim,omitempty"`
	People       int       `json:"people,omitempty"`
	Groups       int       `json:"groups,omitempty"`

	ID       string `json:"id,omitempty"`
	Record   string `json:"record,omitempty"`
	Account  string `json:"account,omitempty"`
	SignedIn bool   `json:"signed_in,omitempty"`
	Refused  bool   `json:"refused,omitempty"`
	Done     bool   `json:"done,omitempty"`
}

const ledgerVersion = 1

// ledger is the file in which a run writes down what it is about to make, before it
// asks the product for it. A process that is killed at any moment has therefore
// left nothing that the file does not name. The file only grows, a line at a time;
// each line is one write at its end, so that several processes share it. It holds no
// secret. Whoever writes holds a lock that ends with the process: a ledger without
// one belongs to a run that is over.
type ledger struct {
	path   string
	file   *os.File
	writer string // tells the entries of processes apart

	mu      sync.Mutex
	entries int
}

// createLedger starts the ledger of a run. The file appears with its lock held and
// its first line in it, so that nobody ever takes it for one that was left behind.
func createLedger(path string, first line) (*ledger, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, ledgerError(path, err)
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, taken(path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".ledger.*")
	if err != nil {
		return nil, ledgerError(path, err)
	}
	l := &ledger{path: path, file: file, writer: writerName()}
	if err = lockShared(file); err == nil {
		err = l.write(first, true)
	}
	if err == nil {
		err = appear(file.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		_, _ = file.Close(), os.Remove(file.Name())
		return nil, taken(path)
	}
	if err != nil {
		return nil, ledgerError(path, errors.Join(err, file.Close(), os.Remove(file.Name())))
	}
	return l, nil
}

// appear gives a file its name, and no other file's: of two runs that begin at once,
// neither takes the other's ledger away. Where the file system has no links, it is renamed.
func appear(file, path string) error {
	err := os.Link(file, path)
	switch {
	case err == nil:
		return os.Remove(file)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	return os.Rename(file, path)
}

// taken says what stands where a ledger should begin.
func taken(path string) error {
	_, err := Remaining(path)
	switch {
	case errors.Is(err, ErrUnderWay):
		return fmt.Errorf("the ledger %s is another run's, which is still under way: name another file", path)
	case err != nil:
		return fmt.Errorf("the ledger cannot be %s: it is there already, and is no ledger; name another file", path)
	}
	return fmt.Errorf("the ledger %s is there already: an earlier run did not clear away everything (rollcall sweep --ledger does)", path)
}

// openLedger joins a run that has begun, to write of what this process makes.
func openLedger(path string) (*ledger, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, ledgerError(path, err)
	}
	if err := lockShared(file); err != nil {
		return nil, errors.Join(fmt.Errorf("the ledger %s is being swept: let that end first", path), file.Close())
	}
	return &ledger{path: path, file: file, writer: writerName()}, nil
}

func writerName() string { return strconv.FormatInt(time.Now().UnixNano(), 36) }

// write appends one line. What has to be there before a request leaves is synced:
// it outlasts the machine, too, and not only the process.
func (l *ledger) write(text line, sync bool) error {
	encoded, err := json.Marshal(text)
	if err == nil {
		_, err = l.file.Write(append(encoded, '\n'))
	}
	if err == nil && sync {
		err = l.file.Sync()
	}
	if err != nil {
		return ledgerError(l.path, err)
	}
	return nil
}

// enter gives the thing an entry and writes it down.
func (l *ledger) enter(t *Thing) error {
	l.mu.Lock()
	l.entries++
	t.entry = l.writer + "." + strconv.Itoa(l.entries)
	l.mu.Unlock()
	return l.write(line{
		Entry: t.entry, At: t.At, Kind: t.Kind, Name: t.Name, Organization: t.Organization, SCIM: t.SCIM, SignedIn: t.SignedIn,
		People: t.People, Groups: t.Groups,
	}, true)
}

func (l *ledger) close() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}

func ledgerError(path string, err error) error {
	var wrapped *fs.PathError
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("the ledger %s cannot be written: %w", path, err)
}

// LedgerDirectory is where runs keep their ledgers unless they are told otherwise:
// rollcall/ledgers in $XDG_STATE_HOME or else in ~/.local/state.
func LedgerDirectory() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("there is no place for a ledger: neither $XDG_STATE_HOME nor $HOME is set (name a file with --ledger)")
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "rollcall", "ledgers"), nil
}
