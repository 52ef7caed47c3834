package report_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"rollcall.example/suites/report"
)

// The waivers that the package comment shows are read.
func TestShownWaivers(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, line := range regexp.MustCompile(`(?m)^//(   - id: .*|     [a-z]+: .*)$`).FindAllStringSubmatch(string(page), -1) {
		text.WriteString(line[1] + "\n")
	}
	waivers, err := report.ReadWaivers("doc.go", []byte(text.String()))
	if err != nil || len(waivers) != 2 || waivers[1].ID != "tracking.record-created[aiw]" {
		t.Errorf("%+v, %v\n%s", waivers, err, text.String())
	}
}
