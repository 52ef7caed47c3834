package load

import "time"

// Point is what happened in one stretch of time.
type Point struct {
	Requests int64 `json:"requests"` // that came to their end
	Errors   int64 `json:"errors"`
}

// maxPoints bounds a series.
const maxPoints = 240

// series counts over time. Where a run takes longer than there are points for, the
// points become twice as wide, so that it never takes more memory.
type series struct {
	since  time.Time
	width  time.Duration
	points []Point
}

func newSeries(now time.Time) series {
	return series{since: now, width: time.Second, points: make([]Point, 0, maxPoints)}
}

func (s *series) note(at time.Time, failed bool) {
	s.at(at).Requests++
	if failed {
		s.fail(at)
	}
}

func (s *series) fail(at time.Time) { s.at(at).Errors++ }

func (s *series) at(t time.Time) *Point {
	n := int(max(0, t.Sub(s.since)) / s.width)
	for n >= maxPoints {
		s.widen()
		n = int(t.Sub(s.since) / s.width)
	}
	for len(s.points) <= n {
		s.points = append(s.points, Point{})
	}
	return &s.points[n]
}

func (s *series) widen() {
	s.width *= 2
	for i, p := range s.points {
		if i%2 == 0 {
			s.points[i/2] = p
			continue
		}
		s.points[i/2].Requests += p.Requests
		s.points[i/2].Errors += p.Errors
	}
	s.points = s.points[:(len(s.points)+1)/2]
}
