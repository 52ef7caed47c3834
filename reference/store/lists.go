package store

import (
	"context"
	"errors"
	"fmt"
	"math"

	"rollcall.example/reference/org"
)

// kind is one of the lists that a provider has.
type kind string

const recordList kind = "records"

// What is in a list has a place in it, a number from 1 on that grows in the order in
// which things were added and never changes. Deleting leaves holes. How many places
// are taken is counted for every bucket of 32 of them, for every 32 buckets, and so on:
// four levels, in the table list_counts. Whoever adds or deletes keeps the counts
// within the same transaction, with taken and freed. The page at an offset is then
// found by going down the levels, past at most 32 counts on each but the top one,
// which has one for a million places.
const (
	levels = 4
	fan    = 5 // 32 is that many bits
)

// bucketOf is the bucket that a place is in.
func bucketOf(place int64, level int) int64 { return place >> (fan * level) }

// taken counts a place that something took.
func (t *tx) taken(ctx context.Context, of kind, provider string, place int64) error {
	return t.add(ctx, "count a list", `INSERT INTO list_counts (provider, kind, level, bucket, n)
			VALUES ($1, $2, 1, $3, 1), ($1, $2, 2, $4, 1), ($1, $2, 3, $5, 1), ($1, $2, 4, $6, 1)
			ON CONFLICT (provider, kind, level, bucket) DO UPDATE SET n = list_counts.n + 1`,
		provider, string(of), bucketOf(place, 1), bucketOf(place, 2), bucketOf(place, 3), bucketOf(place, 4))
}

// freed counts a place that is empty now.
func (t *tx) freed(ctx context.Context, of kind, provider string, place int64) error {
	const doing = "count a list"
	for level := 1; level <= levels; level++ {
		args := []any{provider, string(of), int64(level), bucketOf(place, level)}
		left, err := one(ctx, t, doing, single[int],
			"UPDATE list_counts SET n = n - 1 WHERE provider = $1 AND kind = $2 AND level = $3 AND bucket = $4 RETURNING n", args...)
		switch {
		case errors.Is(err, org.ErrNotFound):
			return t.failed(doing, fmt.Errorf("place %d of the %s of provider %s was not counted", place, of, provider))
		case err == nil && left == 0:
			err = t.change(ctx, doing, "DELETE FROM list_counts WHERE provider = $1 AND kind = $2 AND level = $3 AND bucket = $4", args...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// length is how many there are in a list.
func (t *tx) length(ctx context.Context, of kind, provider string) (int, error) {
	return one(ctx, t, "count a list", single[int],
		"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM list_counts WHERE provider = $1 AND kind = $2 AND level = $3",
		provider, string(of), int64(levels))
}

// seek finds where a list goes on at an offset: at the place from, but for the first
// few there, fewer than 32, which are to be skipped. Beyond the end there is nothing:
// [org.ErrNotFound].
func (t *tx) seek(ctx context.Context, of kind, provider string, offset int) (from int64, skip int, err error) {
	skip = offset
	upTo := int64(math.MaxInt64)
	for level := levels; level > 0; level-- {
		bucket, before, err := t.bucketAt(ctx, of, provider, level, from, upTo, skip)
		if err != nil {
			return 0, 0, err
		}
		from, upTo, skip = bucket<<fan, (bucket+1)<<fan, skip-before
	}
	return from, skip, nil
}

// bucketAt finds which bucket of a level, of those from one up to another, holds what
// is at an offset from the first, and how many come before the bucket.
func (t *tx) bucketAt(ctx context.Context, of kind, provider string, level int, from, upTo int64, offset int) (bucket int64, before int, err error) {
	found := false
	err = t.each(ctx, "find a page", `SELECT bucket, n FROM list_counts
			WHERE provider = $1 AND kind = $2 AND level = $3 AND bucket >= $4 AND bucket < $5 ORDER BY bucket`,
		[]any{provider, string(of), int64(level), from, upTo}, func(r row) (bool, error) {
			var n int
			if err := r.Scan(&bucket, &n); err != nil {
				return false, err
			}
			if found = offset < before+n; !found {
				before += n
			}
			return found, nil
		})
	if err == nil && !found {
		err = org.ErrNotFound
	}
	return bucket, before, err
}
