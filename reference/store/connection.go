package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5/stdlib"
)

// connection is one connection to the data file with the statements that were
// prepared on it. Preparing takes longer than most of our statements do, so each
// is prepared once. One transaction has a connection to itself.
type connection struct {
	conn     driver.Conn
	prepared map[string]prepared
	args     []driver.NamedValue // for the next statement: drivers keep none
	used     bool                // a transaction began on it
}

func (c *connection) statement(ctx context.Context, query string) (prepared, error) {
	if known, there := c.prepared[query]; there {
		return known, nil
	}
	text, takes := query, []int(nil)
	if !c.remote() {
		text, takes = unnumbered(query)
	}
	made, err := compile(ctx, c.conn, text)
	if err != nil {
		return prepared{}, err
	}
	c.prepared[query] = prepared{made, takes}
	return c.prepared[query], nil
}

// remote says whether a server is at the other end.
func (c *connection) remote() bool {
	_, remote := c.conn.(*stdlib.Conn)
	return remote
}

func (c *connection) run(ctx context.Context, query string) error {
	statement, err := c.statement(ctx, query)
	if err != nil {
		return err
	}
	_, err = statement.ExecContext(ctx, nil)
	return err
}

// runOnce is run for a statement that is not kept.
func (c *connection) runOnce(ctx context.Context, query string) error {
	once, err := compile(ctx, c.conn, query)
	if err != nil {
		return err
	}
	_, err = once.ExecContext(ctx, nil)
	return errors.Join(err, once.Close())
}

// close ends the connection; its statements end with it. SQLite wants them closed, a
// server needs not be told of each.
func (c *connection) close() error {
	if c.remote() {
		return c.conn.Close()
	}
	var broken []error
	for _, statement := range c.prepared {
		broken = append(broken, statement.Close())
	}
	return errors.Join(append(broken, c.conn.Close())...)
}

// pool hands out connections of one sort, a fixed number of them at once. The one
// that came back last goes out first: it has its statements prepared, and a store
// that is used by one at a time opens only one.
type pool struct {
	open  func(context.Context) (driver.Conn, error)
	setup string        // SQL for a new connection
	begin []string      // SQL that begins a transaction
	slots chan struct{} // filled while a connection is out

	mu   sync.Mutex
	idle []*connection
}

func newPool(open func(context.Context) (driver.Conn, error), size int, setup string, begin ...string) *pool {
	return &pool{open: open, setup: setup, begin: begin, slots: make(chan struct{}, size)}
}

// take waits for its turn and gives a connection.
func (p *pool) take(ctx context.Context, closed <-chan struct{}) (*connection, error) {
	select {
	case p.slots <- struct{}{}:
	case <-closed:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// More than one of these may have been so.
	err := ctx.Err()
	select {
	case <-closed:
		err = ErrClosed
	default:
	}
	if err != nil {
		<-p.slots
		return nil, err
	}
	if c := p.pop(); c != nil {
		return c, nil
	}
	c, err := p.connect(ctx)
	if err != nil {
		<-p.slots
		return nil, err
	}
	return c, nil
}

// spare gives a connection that was used before and that nobody has or waits for, if
// there is one.
func (p *pool) spare() *connection {
	select {
	case p.slots <- struct{}{}:
	default:
		return nil
	}
	c := p.pop()
	if c == nil {
		<-p.slots
	}
	return c
}

// enter waits for its turn and gives a connection on which a transaction has begun. A
// connection that broke while it was idle, as when the server was started again, is
// replaced.
func (p *pool) enter(ctx context.Context, closed <-chan struct{}) (*connection, error) {
	for {
		c, err := p.take(ctx, closed)
		if err != nil {
			return nil, err
		}
		for _, statement := range p.begin {
			if err == nil {
				err = c.run(context.WithoutCancel(ctx), statement)
			}
		}
		if err == nil {
			c.used = true
			return c, nil
		}
		p.drop(c)
		if !c.used || !lost(err) {
			return nil, err
		}
	}
}

// drop takes a connection back that is fit for nothing any more.
func (p *pool) drop(c *connection) {
	_ = c.close()
	p.give(nil)
}

// pop gives the connection that came back last, nil when all are out.
func (p *pool) pop() *connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	last := len(p.idle) - 1
	c := p.idle[last]
	p.idle = p.idle[:last]
	return c
}

func (p *pool) connect(ctx context.Context) (*connection, error) {
	conn, err := p.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	c := &connection{conn: conn, prepared: map[string]prepared{}}
	if p.setup != "" {
		if err := c.runOnce(ctx, p.setup); err != nil {
			return nil, errors.Join(fmt.Errorf("connect: %w", err), c.close())
		}
	}
	return c, nil
}

// give takes a connection back; nil says that it is no more.
func (p *pool) give(c *connection) {
	if c != nil {
		p.mu.Lock()
		p.idle = append(p.idle, c)
		p.mu.Unlock()
	}
	<-p.slots
}

// drain waits until no transaction runs any more and closes all connections. None can
// be taken afterwards.
func (p *pool) drain() error {
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	var broken []error
	for c := p.pop(); c != nil; c = p.pop() {
		broken = append(broken, c.close())
	}
	return errors.Join(broken...)
}
