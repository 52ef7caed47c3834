package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// widths is how many places a bucket has, on each level.
const widths = `(SELECT 1 AS level, 32 AS width UNION ALL SELECT 2, 1024
	UNION ALL SELECT 3, 32768 UNION ALL SELECT 4, 1048576) AS levels`

// recounted are the counts as they must be.
const recounted = `SELECT provider, 'records' AS kind, level, place / width AS bucket, count(*) AS n
		FROM records CROSS JOIN ` + widths + ` GROUP BY provider, level, place / width
	UNION ALL SELECT provider, 'groups', level, place / width, count(*)
		FROM groups CROSS JOIN ` + widths + ` GROUP BY provider, level, place / width`

const counted = "SELECT provider, kind, level, bucket, n FROM list_counts"

// expectCounts checks that the counts by which pages are found are those of what is
// there, and that no two of a list have one place.
func expectCounts(t testing.TB, db *sql.DB) {
	t.Helper()
	var missing, surplus, doubled int
	err := db.QueryRowContext(t.Context(), `SELECT
		(SELECT count(*) FROM (SELECT * FROM (`+recounted+`) AS r EXCEPT `+counted+`) AS m),
		(SELECT count(*) FROM (`+counted+` EXCEPT SELECT * FROM (`+recounted+`) AS r) AS s),
		(SELECT count(*) FROM (SELECT 1 FROM records GROUP BY provider, place HAVING count(*) > 1
			UNION ALL SELECT 1 FROM groups GROUP BY provider, place HAVING count(*) > 1) AS d)`).Scan(&missing, &surplus, &doubled)
	if err != nil || missing+surplus+doubled > 0 {
		t.Errorf("of the counts, %d are missing and %d are wrong; %d places are taken twice: %v", missing, surplus, doubled, err)
	}
}

// fill adds so many records, as many in a transaction as PostgreSQL takes in its stride:
// there each version of a count stays until the transaction ends.
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
	want := all[min(offset, len(all)):min(offset+limit, len(all))]
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
			for _, offset := range []int{0, 1, len(all) - 1, len(all), len(all) + 1} {
				expectPage(t.Context(), t, tx, all, offset, 2)
			}
			return nil
		})
	}
	raw(t, path, func(db *sql.DB) {
		expectCounts(t, db)
		// As after years of comings and goings: few records at places far apart.
		run(t, db, "UPDATE records SET place = place * 2997", "DELETE FROM list_counts", "INSERT INTO list_counts "+recounted)
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
	raw(t, path, func(db *sql.DB) {
		var left int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM list_counts").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d counts of nothing, %v", left, err)
		}
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
		{"UPDATE list_counts SET n = n + 1", "[the list of provider okta is said to hold 4 records and holds 3]"},
	} {
		raw(t, path, func(db *sql.DB) { run(t, db, test.change) })
		wrong, err := service.CheckInvariants(t.Context(), "acme")
		if err != nil || fmt.Sprint(wrong) != test.want {
			t.Errorf("got %v, %v, want %s", wrong, err, test.want)
		}
	}
}
