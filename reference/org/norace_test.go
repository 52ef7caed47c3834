//go:build !race

package org_test

// stories is how many random stories are told.
const stories = "20"
