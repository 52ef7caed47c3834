package filter

import (
	"cmp"
	"strconv"
)

// Quantity is a number to compare: exact where it is whole and fits into 64 bits.
type Quantity struct {
	whole int64
	exact bool
	value float64
}

// ParseNumber reads a JSON number; its error says that it is beyond all bounds.
func ParseNumber(s string) (Quantity, error) {
	value, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return Quantity{}, err
	}
	whole, err := strconv.ParseInt(s, 10, 64)
	return Quantity{whole, err == nil, value}, nil
}

// Compare is negative, zero or positive as q is less than, equal to or greater than p.
func (q Quantity) Compare(p Quantity) int {
	if q.exact && p.exact {
		return cmp.Compare(q.whole, p.whole)
	}
	return cmp.Compare(q.value, p.value)
}
