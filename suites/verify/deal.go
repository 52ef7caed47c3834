package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"rollcall.example/suites/workers"
)

// shuffled are the specs in the order of the seed, those of a section together: a share
// then has to do with few sections, and its worker builds few.
func shuffled(chosen []Listed, seed int64) []Listed {
	order := rand.New(rand.NewPCG(uint64(seed), 0))
	sections := sectionsOf(chosen)
	order.Shuffle(len(sections), func(i, j int) { sections[i], sections[j] = sections[j], sections[i] })
	place := make(map[string]int, len(sections))
	for i, section := range sections {
		place[section] = i
	}
	all := slices.Clone(chosen)
	order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.SortStableFunc(all, func(a, b Listed) int { return cmp.Compare(place[a.Section], place[b.Section]) })
	return all
}

// sectionsOf are the sections of the specs, each once, in the order of their first.
func sectionsOf(specs []Listed) []string {
	var all []string
	seen := map[string]bool{}
	for _, l := range specs {
		if !seen[l.Section] {
			seen[l.Section] = true
			all = append(all, l.Section)
		}
	}
	return all
}

// keysOf are the keys of the specs.
func keysOf(specs []Listed) map[string]bool {
	keys := make(map[string]bool, len(specs))
	for _, l := range specs {
		keys[l.Key()] = true
	}
	return keys
}

// Shares are of these sizes, but for what is left at the very end. Ginkgo makes several
// kilobytes of each spec and keeps them until its share is done; building a share
// anew costs little where it is of many specs.
const (
	smallest = 6
	largest  = 50
)

// dealer deals specs out and gathers what came of them. The shares become smaller
// towards the end, so that no worker is left with much when the others are done.
type dealer struct {
	mu    sync.Mutex
	all   []Listed // what there is, and what of it is not dealt yet
	left  []Listed
	hands int
	until time.Time
	count func(spec string, failed bool)
	whole *types.Report
	spare thrift // of this process
}

// deal returns the next share; it is not ok when there is none.
func (d *dealer) deal(ctx context.Context) (share, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.left) == 0 || ctx.Err() != nil || !time.Now().Before(d.until) {
		return share{}, false
	}
	size := min(len(d.left), largest)
	if d.hands > 1 {
		size = min(size, max(smallest, 2*len(d.left)/(3*d.hands)))
	}
	keys := keysOf(d.left[:size])
	dealt := share{Sections: sectionsOf(d.left[:size]), Filter: filterOfKeys(d.all, keys), Timeout: max(time.Until(d.until), time.Second)}
	d.left = d.left[size:]
	return dealt, true
}

func (d *dealer) hear(w word) (last bool) {
	switch {
	case w.Report != nil:
		d.mu.Lock()
		defer d.mu.Unlock()
		d.whole.SpecReports = append(d.whole.SpecReports, *w.Report)
	case !w.Last:
		d.count(w.Spec, w.Failed)
	}
	return w.Last
}

// playHere runs shares in this process until none is left.
func (d *dealer) playHere(ctx context.Context, p post) error {
	for s, more := d.deal(ctx); more; s, more = d.deal(ctx) {
		if err := p.serve(ctx, s, &d.spare, func(w word) error { d.hear(w); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// employ starts one worker and deals it shares until none is left.
func (d *dealer) employ(ctx context.Context, p post) error {
	worker, err := workers.Start(ctx, "verify")
	if err != nil {
		return err
	}
	if err := p.tell(worker); err != nil {
		return errors.Join(fmt.Errorf("telling a worker of the target: %w", err), worker.Close())
	}
	for s, more := d.deal(ctx); more; s, more = d.deal(ctx) {
		if err := d.play(worker, s); err != nil {
			return errors.Join(fmt.Errorf("a worker died in one of %d sections, of which %q is the first: %w", len(s.Sections), s.Sections[0], err), worker.Close())
		}
	}
	return worker.Close()
}

func (d *dealer) play(worker *workers.Worker, s share) error {
	if err := worker.Give(s); err != nil {
		return err
	}
	for {
		var w word
		if err := worker.Take(&w); err != nil {
			return err
		}
		if d.hear(w) {
			return nil
		}
	}
}
