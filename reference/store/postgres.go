package store

import (
	"context"
	"crypto/rand"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// isAddress says whether a path is the address of a PostgreSQL database.
func isAddress(path string) bool {
	return strings.HasPrefix(path, "postgres://") || strings.HasPrefix(path, "postgresql://")
}

// How long to wait for a transaction of another process, and for the server.
const (
	lockPatience    = "5s"
	connectPatience = 10 * time.Second
)

// settingsOfServer hold for every connection, unless the address says otherwise. Each
// of our queries has an index in its order. While a list that was just filled has no
// statistics, PostgreSQL takes it for a short one, and would rather make a bitmap of it
// and sort that: for the first page of 30,000 that took thirty times as long.
var settingsOfServer = map[string]string{
	"application_name":  "rollcall",
	"lock_timeout":      lockPatience,
	"enable_bitmapscan": "off",
}

// database is a PostgreSQL database, or one schema in it, as it is reached.
type database struct {
	config *pgx.ConnConfig
}

// addressed reads an address. What is wrong with it is not told: that could be a
// piece of the password.
func addressed(address string) (database, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return database{}, fmt.Errorf("store: %w: write postgres://user@host:5432/database, with signs like / and @ in a password as %%2F and %%40", ErrNotAddress)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectPatience
	}
	for setting, value := range settingsOfServer {
		if config.RuntimeParams[setting] == "" {
			config.RuntimeParams[setting] = value
		}
	}
	return database{config}, nil
}

// String names the database, without the password.
func (d database) String() string {
	host := d.config.Host
	if strings.HasPrefix(host, "/") {
		return fmt.Sprintf("postgres://%s@/%s?host=%s", d.config.User, d.config.Database, host)
	}
	return fmt.Sprintf("postgres://%s@%s:%d/%s", d.config.User, host, d.config.Port, d.config.Database)
}

func (d database) connect(ctx context.Context) (driver.Conn, error) {
	return stdlib.GetConnector(*d.config).Connect(ctx)
}

// within is the database seen from a schema.
func (d database) within(schema string) database {
	inside := d.config.Copy()
	inside.RuntimeParams["search_path"] = schema
	return database{inside}
}

// run runs one statement on a connection of its own.
func (d database) run(ctx context.Context, statement string) error {
	conn, err := d.connect(ctx)
	if err != nil {
		return err
	}
	c := &connection{conn: conn}
	return errors.Join(c.runOnce(ctx, statement), c.close())
}

// openPostgres opens the database at an address; a scratch store gets a schema of its
// own there, which goes with it.
func openPostgres(ctx context.Context, options Options) (*Store, error) {
	d, err := addressed(options.Path)
	if err != nil {
		return nil, err
	}
	tidy := func() error { return nil }
	if options.Scratch {
		outside, schema := d, scratchSchema()
		if err := outside.run(ctx, "CREATE SCHEMA "+schema); err != nil {
			return nil, outside.refusal(err)
		}
		tidy = func() error { return outside.run(context.Background(), "DROP SCHEMA "+schema+" CASCADE") }
		d = outside.within(schema)
	}
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(d.refusal(err), tidy())
	}
	s := d.store(tidy)
	if err := s.apply(ctx, options.Extra); err != nil {
		return nil, errors.Join(d.refusal(err), s.Close())
	}
	return s, nil
}

func scratchSchema() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	return "rollcall_" + hex.EncodeToString(b[:])
}

// writing is taken by each transaction that may write, before it looks at anything,
// and given back when it ends, however it ends. So these run one after the other in
// whatever process they are, as with a file, and what one has read stays true until it
// is done. One lock does for all organizations: who Do is about is not known when it
// begins, and the audit log is numbered across them. Serializable transactions would
// let more run at once and make every caller ready to do its work twice.
//
// READ COMMITTED is the isolation that goes with it: a snapshot for the whole
// transaction would be taken before the lock was had, and be too old.
var writing = []string{
	"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
	fmt.Sprintf("SELECT pg_advisory_xact_lock(%d, hashtext(current_schema()))", applicationID),
}

// reading sees one state from its first look on.
var reading = []string{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}

// store is the store of a database that is ready.
func (d database) store(tidy func() error) *Store {
	s := &Store{
		writer:  newPool(d.connect, 1, "", writing...),
		readers: newPool(d.connect, max(4, runtime.GOMAXPROCS(0)), "", reading...),
		recall:  newRecall(true),
		opening: []string{writing[0], "SET LOCAL lock_timeout = '1s'", writing[1]},
		tidy:    tidy,
		closed:  make(chan struct{}),
	}
	s.closing = s.shut()
	return s
}
