package filter

import (
	"cmp"
	"strconv"
)

// quantity is a number to compare: exact where it is whole and fits into 64 bits.
type quantity struct {
	whole int64
	exact bool
	value float64
}

func parseNumber(s string) (quantity, error) {
	value, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return quantity{}, err
	}
	whole, err := strconv.ParseInt(s, 10, 64)
	return quantity{whole, err == nil, value}, nil
}

// compare is negative, zero or positive as q is less than, equal to or greater than p.
func (q quantity) compare(p quantity) int {
	if q.exact && p.exact {
		return cmp.Compare(q.whole, p.whole)
	}
	return cmp.Compare(q.value, p.value)
}
