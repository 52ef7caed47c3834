package workers_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"rollcall.example/suites/workers"
)

func TestMain(m *testing.M) {
	workers.Serve("doubling", double)
	workers.Serve("dying", func(context.Context, *json.Decoder, *json.Encoder) error { return errors.New("no") })
	workers.Serve("breeding", breed)
	workers.Serve("waiting", func(ctx context.Context, _ *json.Decoder, out *json.Encoder) error {
		<-ctx.Done()
		return out.Encode(ctx.Err().Error())
	})
	if os.Getenv("ROLLCALL_WORKER") == "unserved" {
		os.Exit(0) // a program that does not know this work
	}
	os.Exit(m.Run())
}

func double(_ context.Context, in *json.Decoder, out *json.Encoder) error {
	for {
		var n int
		if err := in.Decode(&n); err != nil {
			return err
		}
		if err := out.Encode(2 * n); err != nil {
			return err
		}
	}
}

func breed(ctx context.Context, _ *json.Decoder, out *json.Encoder) error {
	_, err := workers.Start(ctx, "doubling")
	return out.Encode(err.Error())
}

func TestAWorkerAnswers(t *testing.T) {
	t.Parallel()
	w, err := workers.Start(context.Background(), "doubling")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 21} {
		var got int
		if err := errors.Join(w.Give(n), w.Take(&got)); err != nil || got != 2*n {
			t.Errorf("twice %d is %d: %v", n, got, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestAWorkerThatDiesIsNoticed(t *testing.T) {
	t.Parallel()
	w, err := workers.Start(context.Background(), "dying")
	if err != nil {
		t.Fatal(err)
	}
	var nothing int
	if err := w.Take(&nothing); err == nil {
		t.Error("the dead answered")
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("it ended with %v", err)
	}
}

func TestAProgramThatDoesNotServeIsTold(t *testing.T) {
	t.Parallel()
	if _, err := workers.Start(context.Background(), "unserved"); err == nil || !strings.Contains(err.Error(), "does not serve unserved first thing") {
		t.Error(err)
	}
}

func TestNoWorkersOfWorkers(t *testing.T) {
	t.Parallel()
	w, err := workers.Start(context.Background(), "breeding")
	if err != nil {
		t.Fatal(err)
	}
	var said string
	if err := w.Take(&said); err != nil || !strings.Contains(said, "this is one itself") {
		t.Errorf("%q, %v", said, err)
	}
	_ = w.Close()
}

func TestTheContextEndsTheWork(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	w, err := workers.Start(ctx, "waiting")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	var said string
	if err := w.Take(&said); err != nil || said != context.Canceled.Error() {
		t.Errorf("%q, %v", said, err)
	}
	_ = w.Close()
}
