// Package load loads a product as Okta would: it provisions a tenant with many
// people, pushes groups and profiles, deactivates some, and measures every request.
//
// A run goes through phases: everybody is assigned the app (a look-up and a
// creation), groups are pushed with their members, every profile is updated, one
// person in ten is deactivated; with a duration it goes on with a mix of all that.
// The requests are those of the fake Okta, in the dialect of the target.
//
// # What is measured
//
// A request: from when it was sent until its answer was read whole. What the product
// itself asked to wait for with 429 is not part of it, and is counted beside.
//
// With a rate the requests are scheduled, and latency is counted from the moment at
// which each was due. A product that stalls for a second then gets the second counted
// for every request that was due in it. Without a rate there are as many requests at
// a time as the concurrency says, each sent when the one before it was answered: a
// product that stalls is then simply asked less, and the percentiles look better than
// what people would see (coordinated omission).
//
// # What it keeps
//
// Of a person the run keeps the product's id and one byte, in fixed arrays: 17 bytes
// where the id is a UUID. Names follow from numbers, latencies go into histograms of
// fixed size, throughput into at most 240 points. Memory does not grow with time, and
// hardly with people.
//
// # Good manners
//
// It makes people, so it goes by the rules of every run: the target has to be on this
// machine or said to be owned, one line in a ledger stands for everybody before
// anybody is made, and all of them are taken away at the end. A person is changed
// only after the product has shown, under the id that it gave, the name that was
// asked for. The limits in the target file hold.
package load
