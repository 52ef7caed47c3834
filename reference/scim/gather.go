package scim

import (
	"container/heap"
	"slices"
)

// gathering is a page in the making, of things that come by one after the other. It
// holds no more of them than the page needs: without an order the page itself, with one
// everything up to its end.
type gathering[T any] struct {
	page  page
	order *order // nil: as they come
	after *rank  // only what comes behind it; nil: everything
	total int    // how many came by
	kept  ranked[T]
}

// ranked is a heap whose first entry is the last in the order.
type ranked[T any] struct {
	order   *order
	entries []entry[T]
}

type entry[T any] struct {
	rank rank
	item T
}

func newGathering[T any](p page, o *order) *gathering[T] {
	return &gathering[T]{page: p, order: o, kept: ranked[T]{order: o}}
}

// behind makes the page begin behind a resource, and hold one more than it was to hold,
// which tells whether the list goes on. The numbers of ranks are places then, from 1.
func (g *gathering[T]) behind(last rank) *gathering[T] {
	g.after = &last
	g.page.count++
	return g
}

// add takes what comes by. Its rank is asked for only where it counts.
func (g *gathering[T]) add(item T, rank func(number int) rank) {
	g.total++
	end := g.page.start - 1 + g.page.count
	if g.order == nil && g.after == nil {
		if g.total >= g.page.start && g.total <= end {
			g.kept.entries = append(g.kept.entries, entry[T]{item: item})
		}
		return
	}
	fresh := entry[T]{rank(g.total), item}
	if g.after != nil && g.after.number > 0 && !g.order.before(*g.after, fresh.rank) {
		return
	}
	if g.kept.Len() < end {
		heap.Push(&g.kept, fresh)
		return
	}
	if end > 0 && g.order.before(fresh.rank, g.kept.entries[0].rank) {
		g.kept.entries[0] = fresh
		heap.Fix(&g.kept, 0)
	}
}

// sorted is the page with its ranks.
func (g *gathering[T]) sorted() []entry[T] {
	entries := g.kept.entries
	if g.order != nil || g.after != nil {
		slices.SortFunc(entries, func(a, b entry[T]) int {
			if g.order.before(a.rank, b.rank) {
				return -1
			}
			return 1
		})
		entries = entries[min(g.page.start-1, len(entries)):]
		entries = entries[:min(g.page.count, len(entries))]
	}
	return entries
}

// items are the page.
func (g *gathering[T]) items() []T {
	entries := g.sorted()
	items := make([]T, len(entries))
	for i, e := range entries {
		items[i] = e.item
	}
	return items
}

// turned is the page that was asked for, and where the list goes on behind a page by
// cursor; nil when it ends there.
func (g *gathering[T]) turned(p page) (items []T, next *position) {
	items = g.items()
	if p.after == nil || len(items) <= p.count {
		return items, nil
	}
	next = p.after
	if p.count > 0 {
		last := g.kept.entries[p.count-1].rank
		next = &position{place: int64(last.number), value: last.raw}
	}
	return items[:p.count], next
}

// Len implements [heap.Interface].
func (r *ranked[T]) Len() int { return len(r.entries) }

// Less implements [heap.Interface].
func (r *ranked[T]) Less(i, j int) bool {
	return r.order.before(r.entries[j].rank, r.entries[i].rank)
}

// Swap implements [heap.Interface].
func (r *ranked[T]) Swap(i, j int) { r.entries[i], r.entries[j] = r.entries[j], r.entries[i] }

// Push implements [heap.Interface].
func (r *ranked[T]) Push(x any) { r.entries = append(r.entries, x.(entry[T])) }

// Pop implements [heap.Interface].
func (r *ranked[T]) Pop() any {
	last := r.entries[len(r.entries)-1]
	r.entries = r.entries[:len(r.entries)-1]
	return last
}
