package target

import (
	"context"
	"time"
)

// Later lets a claim about a view be judged by a later look, in a product that shows
// things late. Every copy of the view shares it, so that what is seen later is the
// same for all who hold the view.
type Later struct {
	sighting *sighting
	control  bool
}

// sighting is the look that counts so far, and how to look again.
type sighting struct {
	view  View
	begun time.Time
	pace  *Pace
	again func() (View, error)
	pause func(time.Duration) error
	ended func(error) // ends the spec where the probe broke while we waited
}

// Watch makes the view one that can be looked at again: it was seen by a look that
// began at begun, and again looks once more. Ended is called where that fails, and
// does not return. In a product that shows everything at once the view is returned
// as it is.
func (v View) Watch(ctx context.Context, pace *Pace, begun time.Time, again func() (View, error), ended func(error)) View {
	if pace == nil {
		return v
	}
	v.Later = &Later{sighting: &sighting{
		view: v, begun: begun, pace: pace, again: again, ended: ended,
		pause: func(d time.Duration) error { return pause(ctx, d) },
	}}
	return v
}

// AsControl is the view where it only has to show that a story got so far. For that
// it is enough to see a thing once.
func (v View) AsControl() View {
	if v.Later != nil {
		v.Later = &Later{sighting: v.Later.sighting, control: true}
	}
	return v
}

// Latest is what the last look at it showed.
func (v View) Latest() View {
	if v.Later == nil {
		return v
	}
	return v.Later.sighting.view
}

// Judge says whether a claim about the view holds.
//
// It is judged at once and then again, at gentle intervals, until the bound has
// passed since the last act. Only a look that began after that is final, for what
// is looked at sooner shows neither that a thing is not there, nor that there is
// just one of it, nor that it stays. A control of something that appears is content
// with the first look that shows it.
func (v View) Judge(holds func(View) bool, appears bool) bool {
	if v.Later == nil {
		return holds(v)
	}
	return v.Later.sighting.judge(holds, appears, appears && v.Later.control)
}

func (s *sighting) judge(holds func(View) bool, appears, early bool) bool {
	var since time.Time // when the first look began of those that show it without a break
	wasNot := false
	for gap := s.pace.gap(); ; gap += gap / 2 {
		held := holds(s.view)
		switch {
		case !held:
			wasNot, since = true, time.Time{}
		case since.IsZero():
			since = s.begun
		}
		if s.pace.settled(s.begun) || held && early {
			if held && (wasNot || appears) {
				s.pace.showed(since)
			}
			return held
		}
		wait := s.pace.left()
		if !held {
			wait = min(wait, gap)
		}
		s.lookAgain(wait)
	}
}

func (s *sighting) lookAgain(in time.Duration) {
	err := s.pause(in)
	var view View
	begun := time.Now()
	if err == nil {
		view, err = s.again()
	}
	if err != nil {
		s.ended(err)
		panic(err) // it must not return: there is nothing to judge
	}
	view.Unobserved = s.view.Unobserved
	s.view, s.begun = view, begun
}
