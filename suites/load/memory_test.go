package load_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"rollcall.example/suites/load"
)

// endless is a product that keeps nothing: who somebody is follows from the id. When
// the first one is taken away it looks how much memory is in use.
type endless struct {
	tag  sync.Map // the one key is the tag of the run
	look sync.Once
	live uint64
}

func (e *endless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	switch {
	case r.Method == http.MethodPost:
		var body struct{ UserName string }
		_ = json.NewDecoder(r.Body).Decode(&body) // the run sends what can be read
		first, tag, _ := strings.Cut(strings.TrimSuffix(body.UserName, "@rollcall.test"), ".")
		e.tag.Store("tag", tag)
		reply(w, http.StatusCreated, map[string]any{"id": fmt.Sprintf("00000000-0000-4000-8000-%012s", strings.TrimPrefix(first, "load"))})
	case r.Method == http.MethodDelete:
		e.look.Do(func() {
			var memory runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&memory)
			e.live = memory.HeapAlloc
		})
		w.WriteHeader(http.StatusNoContent)
	case len(id) == 36:
		tag, _ := e.tag.Load("tag")
		number := strings.TrimLeft(id[24:35], "0") + id[35:]
		reply(w, http.StatusOK, map[string]any{"id": id, "userName": fmt.Sprintf("load%s.%s@rollcall.test", number, tag)})
	default:
		reply(w, http.StatusOK, map[string]any{"totalResults": 0, "Resources": []any{}})
	}
}

// Ten times the people take a few bytes more for each, and nothing else.
func TestMemoryStaysFlat(t *testing.T) {
	const few, many = 200, 2000
	base := liveWith(t, few)
	grown := int64(liveWith(t, many)) - int64(base)
	t.Logf("%d people more took %d bytes", many-few, grown)
	if each := float64(grown) / (many - few); each > 100 {
		t.Errorf("%d people more took %d bytes, %.0f each", many-few, grown, each)
	}
}

// liveWith is how much is in use when a run with so many people is over.
func liveWith(t *testing.T, people int) uint64 {
	t.Helper()
	product := new(endless)
	o := options(t, targetAt(t, product))
	o.People = people
	r, err := load.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed || len(r.Left) > 0 || product.live == 0 {
		t.Fatalf("passed %v (%v), left %v, %d bytes", r.Passed, errorsOf(r), r.Left, product.live)
	}
	return product.live
}
