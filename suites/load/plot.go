package load

import (
	"fmt"
	"math"
)

// Heights of plots in pixels. Widths are in percent, so that a plot fits any screen
// and its letters stay as large as they are.
const (
	timeHeight = 160.0
	timeBase   = 142.0
	plotHeight = 124.0
	plotBase   = 108.0
	plotTop    = 16.0
	thinnest   = 1.5 // of a bar with anything in it
)

type throughputView struct {
	Lasts, Highest string
	Wrong          bool
	Height, Base   float64
	Bars           []barView
	Ticks          []tickView
}

// barView is a bar; what went wrong is drawn over its lower part.
type barView struct {
	X, Wide, Y, High  float64
	WrongY, WrongHigh float64
	Says              string
}

// tickView is a letter, or a line with one.
type tickView struct {
	X    float64
	Side string // start, middle or end: which part of the letter stands there
	Says string
}

type plotView struct {
	Job, Request, P50, P99, Max string
	Height                      float64
	Bars                        []barView
	Ticks, Marks                []tickView
}

// throughput draws requests over time; nil where there were none.
func (r Result) throughput() *throughputView {
	points := r.Throughput.Points
	if len(points) == 0 {
		return nil
	}
	most := int64(1)
	for _, p := range points {
		most = max(most, p.Requests, p.Errors)
	}
	width := r.Throughput.PointSeconds
	v := &throughputView{
		Lasts: moment(float64(len(points)) * width), Highest: fmt.Sprintf("%.0f a second", float64(most)/width),
		Height: timeHeight, Base: timeBase,
	}
	each := 100 / float64(len(points))
	for i, p := range points {
		high, wrong := height(p.Requests, most, timeBase), height(p.Errors, most, timeBase)
		v.Wrong = v.Wrong || p.Errors > 0
		v.Bars = append(v.Bars, barView{
			X: round(float64(i) * each), Wide: round(each * 0.88), Y: round(timeBase - high), High: high,
			WrongY: round(timeBase - wrong), WrongHigh: wrong,
			Says: fmt.Sprintf("after %s: %d requests, %d errors", moment(float64(i)*width), p.Requests, p.Errors),
		})
	}
	v.Ticks = []tickView{
		{0, "start", "0"},
		{50, "middle", moment(float64(len(points)) * width / 2)},
		{100, "end", moment(float64(len(points)) * width)},
	}
	return v
}

// axis is the range of latencies that all plots share, in milliseconds.
type axis struct{ from, to float64 }

// plots draws the histogram of each operation, all over the same range.
func (r Result) plots() []plotView {
	over := axis{math.Inf(1), 0}
	for _, m := range r.Operations {
		if n := len(m.Histogram); n > 0 {
			over.from = min(over.from, before(m.Histogram[0].UpTo))
			over.to = max(over.to, m.Histogram[n-1].UpTo)
		}
	}
	var all []plotView
	for _, m := range r.Operations {
		if len(m.Histogram) == 0 {
			continue
		}
		l := m.Latency
		all = append(all, plotView{
			Job: m.Job, Request: m.Method + " " + m.Path, P50: latency(l.P50), P99: latency(l.P99), Max: latency(l.Max),
			Height: plotHeight, Bars: over.bars(m.Histogram), Ticks: over.ticks(),
			Marks: over.marks(l),
		})
	}
	return all
}

// before is where the bar before this one ends.
func before(upTo float64) float64 { return upTo / math.Pow(10, 0.1) }

// at is where a latency is on the axis, in percent.
func (a axis) at(ms float64) float64 {
	share := math.Log10(max(ms, a.from)/a.from) / math.Log10(a.to/a.from)
	return round(100 * min(share, 1))
}

func (a axis) bars(histogram []Bar) []barView {
	most := int64(1)
	for _, b := range histogram {
		most = max(most, b.Count)
	}
	var bars []barView
	for _, b := range histogram {
		if b.Count == 0 {
			continue
		}
		x, high := a.at(before(b.UpTo)), height(b.Count, most, plotBase-plotTop)
		bars = append(bars, barView{
			X: x, Wide: round((a.at(b.UpTo) - x) * 0.9), Y: round(plotBase - high), High: high,
			Says: fmt.Sprintf("up to %s: %s", latency(b.UpTo), counted(b.Count, "request", "requests")),
		})
	}
	return bars
}

// ticks are the powers of ten.
func (a axis) ticks() []tickView {
	var ticks []tickView
	for ms := math.Pow(10, math.Ceil(math.Log10(a.from))); ms <= a.to*1.0001; ms *= 10 {
		says := fmt.Sprintf("%g ms", round(ms))
		if ms >= 1000 {
			says = fmt.Sprintf("%g s", round(ms/1000))
		}
		x := a.at(ms)
		ticks = append(ticks, tickView{x, side(x), says})
	}
	return ticks
}

// marks are the percentiles that the plot names: those that would stand on one
// another, the first only.
func (a axis) marks(l Latency) []tickView {
	var marks []tickView
	for _, m := range []struct {
		name string
		ms   float64
	}{{"p50", l.P50}, {"p99", l.P99}} {
		x := a.at(m.ms)
		if n := len(marks); n > 0 && x-marks[n-1].X < 10 {
			continue
		}
		marks = append(marks, tickView{x, side(x), m.name})
	}
	return marks
}

// side keeps letters within the plot.
func side(x float64) string {
	switch {
	case x < 6:
		return "start"
	case x > 94:
		return "end"
	}
	return "middle"
}

// height is how high a bar is, in pixels: visible where there is anything.
func height(n, most int64, room float64) float64 {
	if n == 0 {
		return 0
	}
	return round(max(thinnest, float64(n)/float64(most)*room))
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }
