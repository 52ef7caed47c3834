// Package pgserver runs a PostgreSQL server for the length of a test, from what
// Debian's package postgresql installs. It is reached through a socket in a
// temporary directory, keeps nothing from a power failure, and ends with the process
// that started it, even with one that is killed.
package pgserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ErrMissing says that PostgreSQL is not installed here.
var ErrMissing = errors.New("postgresql is missing (make setup installs it)")

// Guarded is a user of the server who needs a password, and Password is it.
const (
	Guarded  = "guarded"
	Password = "correct horse"
)

// Server is a running server.
type Server struct {
	dir   string
	child *exec.Cmd
	stdin io.Closer
}

// program does everything as the user that the server runs as, and ends the server and
// removes the directory when its input ends: that is when we stop it, or die.
const program = `set -e
dir=$1 bin=$2 server=
finish() {
	[ -z "$server" ] || { kill -INT $server && wait $server || true; }
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP PIPE
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
printf 'local all guarded scram-sha-256\nlocal all all trust\n' >"$dir/data/pg_hba.conf"
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c full_page_writes=off \
	-c max_connections=200 -c shared_buffers=64MB >>"$dir/log" 2>&1 &
server=$!
until "$bin/pg_isready" -q -h "$dir"; do
	kill -0 $server 2>/dev/null || { cat "$dir/log" >&2; exit 1; }
	sleep 0.05
done
"$bin/psql" -q -h "$dir" -U postgres -c "CREATE ROLE guarded LOGIN PASSWORD 'correct horse'" postgres
echo ready
read -r _ || true
`

// Start starts a server; [ErrMissing] where there is none to start. Whoever starts it
// stops it.
func Start(ctx context.Context) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	// The name of a socket has to be short, so TMPDIR is not asked.
	dir, err := os.MkdirTemp("/tmp", "rollcall-pg-")
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	s := &Server{dir: dir, child: exec.CommandContext(context.WithoutCancel(ctx), "sh", "-c", program, "pgserver", dir, bin)}
	if err := s.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

func (s *Server) start() error {
	if err := s.apart(); err != nil {
		return err
	}
	var complaint strings.Builder
	s.child.Dir, s.child.Stderr = s.dir, &complaint
	stdout, err := s.child.StdoutPipe()
	if err != nil {
		return err
	}
	if s.stdin, err = s.child.StdinPipe(); err != nil {
		return err
	}
	if err := s.child.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if line != "ready\n" {
		return errors.Join(fmt.Errorf("it said %q: %w", line, err), s.Stop(), errors.New(complaint.String()))
	}
	return nil
}

// binaries is the directory of the newest version that is installed.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	return "", ErrMissing
}

func version(initdb string) int {
	number, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return number
}

// URL is the address of the database that a server begins with, for its superuser.
func (s *Server) URL() string { return s.URLOf("postgres", "") }

// URLOf is the address for a user, with a password unless it is empty.
func (s *Server) URLOf(who, password string) string {
	if password != "" {
		who += ":" + strings.ReplaceAll(password, " ", "%20")
	}
	return "postgres://" + who + "@/postgres?host=" + s.dir
}

// Stop ends the server and removes all that it kept.
func (s *Server) Stop() error {
	return errors.Join(s.stdin.Close(), s.child.Wait())
}

// Shared is one server for all tests of a process: the first that asks starts it, and
// the one that ends the process stops it.
type Shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Get gives the server.
func (s *Shared) Get(ctx context.Context) (*Server, error) {
	s.once.Do(func() { s.server, s.err = Start(ctx) })
	return s.server, s.err
}

// Stop ends the server if there is one.
func (s *Shared) Stop() error {
	if s.server == nil {
		return nil
	}
	return s.server.Stop()
}
