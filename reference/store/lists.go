package store

import (
	"context"
	"fmt"
	"math"
)

// kind is one of the lists that a provider has: the name of its table.
type kind string

const recordList kind = "records"

// What is in a list has a place in it, a number from 1 on that grows in the order in
// which things were added and never changes. Deleting leaves holes, and nothing is put
// there again. How many holes there are is counted for every bucket of 32 places, for
// every 32 buckets, and so on: four levels, in the table list_holes. So whoever adds
// counts nothing, and whoever deletes keeps the counts within the same transaction, with
// freed. The page at an offset is then found by going down the levels, past at most 32
// counts on each but the top one, which has one for a million places; where a bucket
// has no holes, it is known at once.
const (
	levels = 4
	fan    = 5 // 32 is that many bits
)

// bucketOf is the bucket that a place is in, and widthOf how many places it has.
func bucketOf(place int64, level int) int64 { return (place - 1) >> (fan * level) }
func widthOf(level int) int64               { return 1 << (fan * level) }

// lastPlaceOf words the last place that was ever taken in a list, 0 where none was. The
// provider is the argument of the query that has the given number. An INSERT works it out
// as it goes: asking for it first would be a statement more, and one that returned the
// place would have SQLite note every page that it changes, so as to undo it alone.
func lastPlaceOf(of kind, provider int) string {
	last := fmt.Sprintf("(SELECT max(place) FROM %s WHERE provider = $%d)", of, provider)
	return fmt.Sprintf("coalesce((SELECT place FROM list_ends WHERE provider = $%d AND kind = '%s' AND place > coalesce(%s, 0)), %s, 0)",
		provider, of, last, last)
}

// freed counts a place that is empty now. A bucket of holes only needs no counts below it.
func (t *tx) freed(ctx context.Context, of kind, provider string, place int64) error {
	const doing = "count a list"
	err := t.add(ctx, doing, `INSERT INTO list_ends (provider, kind, place) VALUES ($1, $2, $3)
			ON CONFLICT (provider, kind) DO UPDATE SET place = excluded.place WHERE list_ends.place < excluded.place`,
		provider, string(of), place)
	if err != nil {
		return err
	}
	counts, err := list(ctx, t, doing, func(r row) (c struct{ level, holes int64 }, err error) {
		err = r.Scan(&c.level, &c.holes)
		return c, err
	}, `INSERT INTO list_holes (provider, kind, level, bucket, n) VALUES ($1, $2, 1, $3, 1), ($1, $2, 2, $4, 1), ($1, $2, 3, $5, 1), ($1, $2, 4, $6, 1)
			ON CONFLICT (provider, kind, level, bucket) DO UPDATE SET n = list_holes.n + 1 RETURNING level, n`,
		provider, string(of), bucketOf(place, 1), bucketOf(place, 2), bucketOf(place, 3), bucketOf(place, 4))
	for _, c := range counts {
		if c.level == 1 || c.holes < widthOf(int(c.level)) || err != nil {
			continue
		}
		bucket := bucketOf(place, int(c.level))
		_, err = t.execute(ctx, doing, "DELETE FROM list_holes WHERE provider = $1 AND kind = $2 AND level = $3 AND bucket >= $4 AND bucket < $5",
			provider, string(of), c.level-1, bucket<<fan, (bucket+1)<<fan)
	}
	return err
}

// length is how many there are in a list.
func (t *tx) length(ctx context.Context, of kind, provider string) (int, error) {
	last, err := one(ctx, t, "find a place", single[int64], "SELECT "+lastPlaceOf(of, 1), provider)
	if err != nil {
		return 0, err
	}
	holes, err := one(ctx, t, "count a list", single[int64],
		"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM list_holes WHERE provider = $1 AND kind = $2 AND level = $3",
		provider, string(of), int64(levels))
	return int(last - holes), err
}

// seek finds where a list goes on at an offset: at the place from, but for the first
// few there, fewer than 32, which are to be skipped. Beyond the end there is nothing.
func (t *tx) seek(ctx context.Context, of kind, provider string, offset int) (from int64, skip int, err error) {
	const most = 1 << 62 // no list is as long, and no sum overflows
	left, bucket, upTo := min(int64(offset), most), int64(0), int64(math.MaxInt64)
	for level := levels; ; level-- {
		holes := false
		bucket, left, holes, err = t.bucketAt(ctx, of, provider, level, bucket, upTo, left)
		if err != nil {
			return 0, 0, err
		}
		first := bucket<<(fan*level) + 1
		switch {
		case !holes:
			return first + left, 0, nil
		case level == 1:
			return first, int(left), nil
		}
		bucket, upTo = bucket<<fan, (bucket+1)<<fan
	}
}

// bucketAt finds which bucket of a level, of those from one up to another, holds what is
// at an offset from the first; at which offset within the bucket; and whether it has holes.
func (t *tx) bucketAt(ctx context.Context, of kind, provider string, level int, from, upTo, offset int64) (bucket, within int64, holes bool, err error) {
	bucket, within = from, offset
	err = t.each(ctx, "find a page", `SELECT bucket, n FROM list_holes
			WHERE provider = $1 AND kind = $2 AND level = $3 AND bucket >= $4 AND bucket < $5 ORDER BY bucket`,
		[]any{provider, string(of), int64(level), from, upTo}, func(r row) (bool, error) {
			var at, n int64
			if err := r.Scan(&at, &n); err != nil {
				return false, err
			}
			whole := (at - bucket) * widthOf(level) // in those without holes before it
			if within < whole {
				return true, nil
			}
			bucket, within = at, within-whole
			if holes = within < widthOf(level)-n; !holes {
				bucket, within = at+1, within-(widthOf(level)-n)
			}
			return holes, nil
		})
	if !holes {
		bucket, within = bucket+within>>(fan*level), within&(widthOf(level)-1)
	}
	return bucket, within, holes, err
}
