//go:build !race

package verify_test

// slower is how many times as long as usual a bound of time is under the race detector.
const slower = 1
