package spec

import (
	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"rollcall.example/simulator/journal"
)

// hidden is a text without the secrets of the running spec. Whatever a spec tells
// Ginkgo goes through it: Ginkgo prints that itself, before there is a report.
func hidden(text string) string {
	if staged.stage == nil {
		return journal.Redact(text)
	}
	staged.stage.learnSecrets()
	return staged.stage.journal.Redact(text)
}

// learnSecrets tells the journal of the tokens that were granted since the spec began.
func (s *stage) learnSecrets() { s.journal.Secret(s.live.Secrets()...) }

// failingWithoutSecrets runs a body whose failed claims fail the spec. A claim quotes
// what the product answered, which may be anything.
func failingWithoutSecrets(body func()) {
	// Interception is asked for only since it puts the handler of whoever owns the
	// suite back afterwards; the one that it puts in its place is replaced at once.
	gomega.InterceptGomegaFailures(func() {
		gomega.RegisterFailHandler(func(message string, callerSkip ...int) {
			skip := 1
			if len(callerSkip) > 0 {
				skip += callerSkip[0]
			}
			ginkgo.Fail(hidden(message), skip)
		})
		body()
	})
}
