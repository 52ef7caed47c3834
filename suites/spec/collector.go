package spec

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Collector is an address of ours that a message names and nobody has any business to
// open: who comes by has followed what a stranger wrote. Each has a path of its own at
// one listener on loopback, which a process starts when the first is asked for.
type Collector struct {
	address string
	came    *visitors
	far     bool
}

// visitors are those who came to one collector.
type visitors struct {
	mu    sync.Mutex
	lines []string
}

// Address is what a message names; more path may follow. It ends in no slash.
func (c Collector) Address() string { return c.address }

// Visitors lists what was asked for at the address, as "GET /x", oldest first. It ends
// the spec as unobserved where the product runs elsewhere: loopback is here, and nobody
// could have come.
func (c Collector) Visitors() []string {
	if c.far {
		conclude(EntryUnobserved, "whether the product opens an address that a message names shows only where it runs on this machine", 1)
	}
	return c.seen()
}

// seen is Visitors wherever the product runs.
func (c Collector) seen() []string {
	c.came.mu.Lock()
	defer c.came.mu.Unlock()
	return append([]string(nil), c.came.lines...)
}

// Collector is this spec's collector.
func (s *stage) Collector() Collector {
	s.collecting.once.Do(func() {
		s.collecting.collector = opening().collector()
		s.collecting.collector.far = !onLoopback(s.connection.SAML.ACS)
	})
	return s.collecting.collector
}

// collecting is a collector that all sides of a spec share.
type collecting struct {
	once      sync.Once
	collector Collector
}

func onLoopback(address string) bool {
	at, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := at.Hostname()
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

// listener answers for all collectors of a process.
type listener struct {
	at   string
	next atomic.Int64
	all  sync.Map // path's first part → *visitors
}

// opening starts the listener of the process. It lives as long as the process does.
var opening = sync.OnceValue(func() *listener {
	l := &listener{}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	broken(err, 1)
	l.at = "http://" + socket.Addr().String()
	server := &http.Server{Handler: l, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(socket) }()
	return l
})

func (l *listener) collector() Collector {
	name, came := strconv.FormatInt(l.next.Add(1), 10), &visitors{}
	l.all.Store(name, came)
	return Collector{address: l.at + "/" + name, came: came}
}

// ServeHTTP notes who came, and has nothing to give.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if found, known := l.all.Load(name); known {
		came := found.(*visitors)
		came.mu.Lock()
		came.lines = append(came.lines, fmt.Sprintf("%s %s", r.Method, r.URL.Path))
		came.mu.Unlock()
	}
	http.NotFound(w, r)
}
