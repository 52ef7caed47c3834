package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// hole is a count of empty places, as the table list_holes has it.
type hole struct {
	provider, kind string
	level          int
	bucket, n      int64
}

// holesIn counts what is empty of the places of a list up to the last one, in buckets of
// 32 on the first level, of 32 times as many on the next. What is in a bucket of holes
// only is not counted apart.
func holesIn(provider, kind string, places []int64, last int64) []hole {
	var found []hole
	var count func(level int, bucket int64)
	count = func(level int, bucket int64) {
		width := int64(1) << (5 * level)
		from, upTo := bucket*width+1, min(bucket*width+width, last)
		a, _ := slices.BinarySearch(places, from)
		b, _ := slices.BinarySearch(places, upTo+1)
		n := upTo - from + 1 - int64(b-a)
		if n <= 0 {
			return
		}
		found = append(found, hole{provider, kind, level, bucket, n})
		for below := bucket * 32; level > 1 && n < width && below < bucket*32+32; below++ {
			count(level-1, below)
		}
	}
	for bucket := int64(0); bucket<<20 < last; bucket++ {
		count(4, bucket)
	}
	return found
}

// recounted are the counts as they must be.
func recounted(t testing.TB, db *sql.DB) []hole {
	t.Helper()
	type list struct{ provider, kind string }
	lists, lasts := map[list][]int64{}, map[list]int64{}
	for query, see := range map[string]func(l list, place int64){
		`SELECT provider, 'records', place FROM records UNION ALL SELECT provider, 'groups', place FROM groups ORDER BY 3`: func(l list, place int64) {
			if there := lists[l]; len(there) > 0 && there[len(there)-1] == place {
				t.Errorf("place %d of the %s of %s is taken twice", place, l.kind, l.provider)
			}
			lists[l] = append(lists[l], place)
			lasts[l] = max(lasts[l], place)
		},
		"SELECT provider, kind, place FROM list_ends": func(l list, place int64) { lasts[l] = max(lasts[l], place) },
	} {
		eachRow(t, db, query, func(scan func(...any) error) error {
			var l list
			var place int64
			if err := scan(&l.provider, &l.kind, &place); err != nil {
				return err
			}
			see(l, place)
			return nil
		})
	}
	var all []hole
	for l, last := range lasts {
		all = append(all, holesIn(l.provider, l.kind, lists[l], last)...)
	}
	return all
}

func eachRow(t testing.TB, db *sql.DB, query string, see func(scan func(...any) error) error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := see(rows.Scan); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// expectCounts checks that the counts by which pages are found are those of what is
// there, and that no two of a list have one place.
func expectCounts(t testing.TB, db *sql.DB) {
	t.Helper()
	wrong := map[hole]int{}
	for _, h := range recounted(t, db) {
		wrong[h]--
	}
	eachRow(t, db, "SELECT provider, kind, level, bucket, n FROM list_holes", func(scan func(...any) error) error {
		var h hole
		err := scan(&h.provider, &h.kind, &h.level, &h.bucket, &h.n)
		wrong[h]++
		return err
	})
	for h, times := range wrong {
		if times != 0 {
			t.Errorf("the count %+v: %+d", h, times)
		}
	}
}

// fill adds so many records, some at a time.
func fill(t testing.TB, s *store.Store, size int) []string {
	t.Helper()
	ids := make([]string, size)
	for from := 0; from < size; from += 500 {
		do(t, s, func(tx org.Tx) error {
			for i := from; i < min(from+500, size); i++ {
				r := record(fmt.Sprintf("person%06d", i))
				r.ExternalID, ids[i] = "00u"+r.ID, r.ID
				if err := tx.AddRecord(t.Context(), r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return ids
}

// expectPage checks a page against the list that it is of.
func expectPage(ctx context.Context, t testing.TB, tx org.Tx, all []string, offset, limit int) {
	t.Helper()
	page, total, err := tx.FindRecords(ctx, "okta", org.RecordMatch{}, offset, limit)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, len(page))
	for i, r := range page {
		got[i] = r.ID
	}
	from := min(offset, len(all))
	want := all[from:min(from+limit, len(all))]
	if !slices.Equal(got, want) || total != len(all) {
		t.Fatalf("%d from %d: got %s of %d, want %s of %d", limit, offset, strings.Join(got, " "), total, strings.Join(want, " "), len(all))
	}
}

// TestPagesOfAnyList holds pages to a plain list, while records come and go.
func TestPagesOfAnyList(t *testing.T) { onEachNamed(t, testPagesOfAnyList) }

func testPagesOfAnyList(t *testing.T, path string) {
	s := open(t, store.Options{Path: path})
	found(t, s)
	all := fill(t, s, 1500)
	random := rand.New(rand.NewPCG(4, 2))
	for round := range 12 {
		do(t, s, func(tx org.Tx) error {
			for range random.IntN(200) {
				if i := random.IntN(2 * len(all)); i < len(all) {
					if err := tx.DeleteRecord(t.Context(), all[i]); err != nil {
						return err
					}
					all = slices.Delete(all, i, i+1)
				} else {
					r := record(fmt.Sprintf("late%d-%d", round, i))
					if slices.Contains(all, r.ID) {
						continue
					}
					if err := tx.AddRecord(t.Context(), r); err != nil {
						return err
					}
					all = append(all, r.ID)
				}
			}
			for range 20 {
				expectPage(t.Context(), t, tx, all, random.IntN(len(all)+70), 1+random.IntN(9))
			}
			for _, offset := range []int{0, 1, len(all) - 1, len(all), len(all) + 1, math.MaxInt} {
				expectPage(t.Context(), t, tx, all, offset, 2)
			}
			return nil
		})
	}
	raw(t, path, func(db *sql.DB) {
		expectCounts(t, db)
		// As after years of comings and goings: few records at places far apart.
		run(t, db, "UPDATE records SET place = place * 97 + CASE WHEN place > 1200 THEN 3000000 ELSE 0 END",
			"DELETE FROM list_ends", "DELETE FROM list_holes")
		for some := range slices.Chunk(recounted(t, db), 500) {
			rows := make([]string, len(some))
			for i, h := range some {
				rows[i] = fmt.Sprintf("('%s', '%s', %d, %d, %d)", h.provider, h.kind, h.level, h.bucket, h.n)
			}
			run(t, db, "INSERT INTO list_holes (provider, kind, level, bucket, n) VALUES "+strings.Join(rows, ", "))
		}
	})
	do(t, s, func(tx org.Tx) error {
		for range 200 {
			expectPage(t.Context(), t, tx, all, random.IntN(len(all)+3), 1+random.IntN(5))
		}
		return nil
	})
	do(t, s, func(tx org.Tx) error {
		for _, id := range all {
			if err := tx.DeleteRecord(t.Context(), id); err != nil {
				return err
			}
		}
		return nil
	})
	do(t, s, func(tx org.Tx) error {
		expectPage(t.Context(), t, tx, nil, 0, 2)
		expectPage(t.Context(), t, tx, nil, math.MaxInt, 2)
		return nil
	})
	raw(t, path, func(db *sql.DB) { expectCounts(t, db) })
	// Nobody gets a place that somebody had.
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(t.Context(), record("late")) })
	raw(t, path, func(db *sql.DB) {
		expectCounts(t, db)
		var early int
		err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM records r JOIN list_ends e ON e.provider = r.provider WHERE r.place <= e.place").Scan(&early)
		if err != nil || early != 0 {
			t.Errorf("%d places are taken again, %v", early, err)
		}
	})
	do(t, s, func(tx org.Tx) error {
		expectPage(t.Context(), t, tx, []string{"late"}, 0, 2)
		expectPage(t.Context(), t, tx, []string{"late"}, 1, 2)
		return nil
	})
}

// TestWhatWasUndoneIsNotCounted: a refused record and one that was undone leave the
// counts as they were.
func TestWhatWasUndoneIsNotCounted(t *testing.T) { onEachNamed(t, testWhatWasUndoneIsNotCounted) }

func testWhatWasUndoneIsNotCounted(t *testing.T, path string) {
	s := open(t, store.Options{Path: path})
	found(t, s)
	all := fill(t, s, 3)
	_ = s.Do(t.Context(), func(tx org.Tx) error {
		if err := tx.AddRecord(t.Context(), record("undone")); err != nil {
			t.Error(err)
		}
		if err := tx.DeleteRecord(t.Context(), all[0]); err != nil {
			t.Error(err)
		}
		return tx.AddRecord(t.Context(), record(all[1]))
	})
	do(t, s, func(tx org.Tx) error {
		expectPage(t.Context(), t, tx, all, 0, 2)
		return nil
	})
	raw(t, path, func(db *sql.DB) { expectCounts(t, db) })
}

// TestWrongCountIsReported: a list that says another number than it holds is against
// the domain's invariants.
func TestWrongCountIsReported(t *testing.T) { onEachNamed(t, testWrongCountIsReported) }

func testWrongCountIsReported(t *testing.T, path string) {
	s := open(t, store.Options{Path: path})
	found(t, s)
	fill(t, s, 3)
	service := org.New(s, org.NewBehaviour(org.Standard()), time.Now)
	for _, test := range []struct{ change, want string }{
		{"", "[]"},
		{"INSERT INTO list_holes (provider, kind, level, bucket, n) VALUES ('okta', 'records', 4, 0, 1)", "[the list of provider okta is said to hold 2 records and holds 3]"},
	} {
		raw(t, path, func(db *sql.DB) { run(t, db, test.change) })
		wrong, err := service.CheckInvariants(t.Context(), "acme")
		if err != nil || fmt.Sprint(wrong) != test.want {
			t.Errorf("got %v, %v, want %s", wrong, err, test.want)
		}
	}
}
