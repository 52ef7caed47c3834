package target_test

import (
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/target"
)

func TestATagIsKnownWhereverItStands(t *testing.T) {
	t.Parallel()
	tag := target.NewTag(joined)
	if !tag.Valid() {
		t.Fatalf("%q is no tag", tag)
	}
	for _, name := range []string{
		"han.solo." + string(tag) + "-1-2@rollcall.test",
		"captain.han.solo." + string(tag) + "-1-2.3@rollcall.test",
		strings.ToUpper("han.solo." + string(tag) + "-1-2@rollcall.test"),
		"Pilots " + string(tag) + "-1-2",
		"pilots-" + string(tag) + "-1-2",
		"00uhan" + string(tag) + "-1-2",
		string(tag),
	} {
		if !tag.Marks(name) {
			t.Errorf("the tag does not mark %q", name)
		}
		if other := target.NewTag(joined); other.Marks(name) {
			t.Errorf("another run's tag marks %q", name)
		}
	}
}

func TestNoTagMarksNothing(t *testing.T) {
	t.Parallel()
	if target.Tag("").Marks("anybody") || target.Tag("").Valid() {
		t.Error("no tag marks nothing")
	}
}

func TestNoWordOfOthersIsATag(t *testing.T) {
	t.Parallel()
	for _, word := range []string{
		"rc", "marcohernandezgarcia", "rcadmin1234567890", "arc0000000000000", "rc" + strings.Repeat("0", 15), "rcmb3k2x9q7f2k1zz", "Ł" + strings.Repeat("ü", 30),
	} {
		if target.Tag(word).Valid() {
			t.Errorf("%q is taken for a tag", word)
		}
	}
}

func TestTagsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[target.Tag]bool{}
	for range 200 {
		seen[target.NewTag(joined)] = true
	}
	if len(seen) < 199 {
		t.Errorf("200 runs that start together have %d tags", len(seen))
	}
	if early, late := target.NewTag(time.UnixMilli(0)), target.NewTag(joined.AddDate(20, 0, 0)); !early.Valid() || !late.Valid() {
		t.Errorf("%q or %q is no tag", early, late)
	}
}
