package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// Why a ledger is not swept.
var (
	ErrUnderWay  = errors.New("its run is still under way")
	ErrElsewhere = errors.New("its run was against another target")
)

// Remainder is what a ledger says is left of a run.
type Remainder struct {
	Run    Tag
	Target string  // name of the target
	Things []Thing // in the order in which they were made
	// Damaged are numbers of lines that cannot be read: what they are about nobody knows.
	Damaged []int
}

// Remaining reads what a ledger says is left. A ledger whose run is not over is
// [ErrUnderWay].
func Remaining(path string) (Remainder, error) {
	l, read, err := takeLedger(path)
	if err != nil {
		return Remainder{}, err
	}
	_ = l.close()
	r := Remainder{Run: read.tag, Target: read.target, Damaged: read.damaged}
	for _, t := range read.things {
		r.Things = append(r.Things, *t)
	}
	return r, nil
}

// Sweep takes away what the run of a ledger left at the target, and nothing else. It
// tells of each thing what came of it, nil where it is gone, and returns what is
// still left; a ledger with nothing left in it goes. It may be repeated. A ledger
// whose run is not over is [ErrUnderWay], one of another target's [ErrElsewhere].
func Sweep(ctx context.Context, path string, t Target, told func(Thing, error)) ([]Left, error) {
	l, read, err := takeLedger(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.close() }()
	if !read.belongsTo(t) {
		return nil, fmt.Errorf("%s: %w, %s", path, ErrElsewhere, read.target)
	}
	left, err := clearLedger(ctx, t, l, read, told)
	if err != nil || len(left) > 0 {
		return left, err
	}
	if len(read.damaged) > 0 {
		return nil, fmt.Errorf("%s cannot be read in line %d: whatever else there is, look for names with %s in them and remove the file", path, read.damaged[0], read.tag)
	}
	return nil, os.Remove(path)
}

// takeLedger takes a ledger for oneself and reads it.
func takeLedger(path string) (*ledger, entries, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		var wrapped *fs.PathError
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, entries{}, fmt.Errorf("the ledger %s cannot be read: %w", path, err)
	}
	l := &ledger{path: path, file: file, writer: writerName()}
	read, err := readLedger(path)
	if err == nil {
		err = lockAlone(file, read.process)
	}
	if err == nil {
		// Its run may have ended between the two.
		read, err = readLedger(path)
	}
	if err == nil {
		err = l.mend()
	}
	if err != nil {
		return nil, read, errors.Join(fmt.Errorf("%s: %w", path, err), l.close())
	}
	return l, read, nil
}

// mend takes away a last line that broke off, so that the next one stands by itself.
// What it was about was never sent.
func (l *ledger) mend() error {
	text, err := os.ReadFile(l.path)
	if err != nil {
		return err
	}
	return l.file.Truncate(int64(bytes.LastIndexByte(text, '\n') + 1))
}

// places are the SCIM base URLs and the organizations that a target names.
func (t Target) places() []string {
	var all []string
	for _, c := range t.Connections {
		all = append(all, c.SCIM.BaseURL, c.Organization)
	}
	all = slices.DeleteFunc(all, func(place string) bool { return place == "" })
	slices.Sort(all)
	return slices.Compact(all)
}

// belongsTo says whether the run was against this target.
func (e entries) belongsTo(t Target) bool {
	return slices.ContainsFunc(t.places(), func(place string) bool { return slices.Contains(e.places, place) })
}
