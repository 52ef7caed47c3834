package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// standardOutput is the path that stands for standard output.
const standardOutput = "-"

// output is a file that will be written whole or not at all. It is readied before
// a run, so that a place that cannot be written to is known at once and not when
// the work is done.
type output struct {
	flag   string
	path   string
	render func(io.Writer) error
	secret bool      // it is for nobody but who runs the command
	temp   *os.File  // nil where the path is no regular file, as /dev/stdout
	stream io.Writer // where it goes for the path of standard output
}

// ready makes sure that the file can be written. An empty path is no output.
func (o *output) ready(stdout io.Writer) error {
	switch o.path {
	case "":
		return nil
	case standardOutput:
		o.stream = stdout
		return nil
	}
	found, err := os.Stat(o.path)
	switch {
	case err == nil && found.IsDir():
		return o.wrong(errors.New("it is a directory"))
	case err == nil && !found.Mode().IsRegular():
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return o.wrong(err)
	}
	o.temp, err = os.CreateTemp(filepath.Dir(o.path), "."+filepath.Base(o.path)+".*")
	if err != nil {
		return o.wrong(err)
	}
	return nil
}

// mode is who may read the file.
func (o *output) mode() fs.FileMode {
	if o.secret {
		return 0o600
	}
	return 0o644
}

// write renders into the file and puts it in its place.
func (o *output) write() error {
	if o.path == "" {
		return nil
	}
	var text bytes.Buffer
	if err := o.render(&text); err != nil {
		return err
	}
	if o.stream != nil {
		_, err := o.stream.Write(text.Bytes())
		return err
	}
	if o.temp == nil {
		if err := os.WriteFile(o.path, text.Bytes(), o.mode()); err != nil {
			return o.wrong(err)
		}
		return nil
	}
	_, err := o.temp.Write(text.Bytes())
	err = errors.Join(err, o.temp.Chmod(o.mode()), o.temp.Close())
	if err == nil {
		err = os.Rename(o.temp.Name(), o.path)
	}
	if err != nil {
		return o.wrong(err)
	}
	o.temp = nil
	return nil
}

// discard takes away what write did not put in its place.
func (o *output) discard() {
	if o.temp != nil {
		_ = o.temp.Close()
		_ = os.Remove(o.temp.Name())
	}
}

func (o *output) wrong(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s cannot be written to (--%s): %w", o.path, o.flag, err)
}

// outputs are readied and written together.
type outputs []*output

// ready makes sure that each can be written, and none over another.
func (all outputs) ready(stdout io.Writer) error {
	taken := map[string]string{}
	for _, o := range all {
		place := filepath.Clean(o.path)
		if other := taken[place]; o.path != "" && other != "" {
			all.discard()
			return fmt.Errorf("--%s and --%s cannot both be written to %s", other, o.flag, o.path)
		}
		taken[place] = o.flag
		if err := o.ready(stdout); err != nil {
			all.discard()
			return err
		}
	}
	return nil
}

func (all outputs) write() error {
	var errs []error
	for _, o := range all {
		errs = append(errs, o.write())
	}
	return errors.Join(errs...)
}

// forPeople is where to say the rest: where one of them takes standard output,
// nothing else belongs there.
func (all outputs) forPeople(stdout, stderr io.Writer) io.Writer {
	for _, o := range all {
		if o.stream != nil {
			return stderr
		}
	}
	return stdout
}

func (all outputs) discard() {
	for _, o := range all {
		o.discard()
	}
}
