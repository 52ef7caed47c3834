# What a developer needs; CI runs the same (.ci/run).
GOLANGCI_LINT_VERSION := v2.13.2
FUZZTIME ?= 10s
# Tests that need one of these are skipped, by name, where it is missing.
TOOLS := xmlsec1 openssl xmllint chromium node pg_ctlcluster

# What shares memory between goroutines; runs of whole suites are processes that do not,
# and neither do the long tests of these packages that do one thing after the other.
RACY := ./reference ./reference/store ./reference/scim ./simulator \
  ./simulator/journal ./simulator/kept ./simulator/provision ./suites/spec ./suites/target ./suites/workers
SERIAL := RivalProcesses|PagesOfAnyList|ManyMembers|KilledAtAnyMoment|FuzzACS|InABrowser|InTheDark|MemoryIsBounded|MappingThatDoesNotFit

.PHONY: test race specs selftest selftest-some setup lint bench fuzz build

# All tests. ROLLCALL_NO_SKIP=1 turns every skip for want of a tool into a failure.
test:
	@for tool in $(TOOLS); do command -v $$tool >/dev/null || \
	  echo "make test: $$tool is missing: the tests that need it are skipped (make setup installs it)"; done
	go test -p $$(($$(nproc) + 1)) -count=1 -timeout 20m ./suites/verify ./suites/products ./cmd/rollcall ./... # the longest first; some wait more than they work
	cd suites/embedding && go test -count=1 ./...

# The race detector.
race:
	go test -race -short -p 4 -count=1 -skip '$(SERIAL)' $(RACY)
	go test -race -count=1 ./suites -args -ginkgo.label-filter='!area:scim && !area:saml'
	go test -race -count=1 -run 'Cancelled|SeveralProcesses.*/defect|SeveralProcessesCan' ./suites/verify

# Only the specs, against the bundled reference, in parallel and in random order.
specs:
	go tool ginkgo -p --randomize-all ./suites

# Proves the specs: every known defect is caught, and every spec by some defect.
selftest:
	go run ./cmd/rollcall selftest

# The same for every thirty-second defect, others tomorrow: what a run of CI has time for.
selftest-some:
	go run ./cmd/rollcall selftest $$(grep -rh '^- name:' fixtures/defects | sort | \
	  awk -v day=$$(date -u +%j) 'NR % 32 == day % 32 {print "--defect", $$3}')

# Installs what the tests and the linter want, on Debian and its relatives: also the
# products of others that the suite is proved on, and the parsers that ours are compared with.
setup:
	@command -v apt-get >/dev/null || { echo "make setup: no apt-get here: install xmlsec1, openssl, xmllint (libxml2), chromium, postgresql, python3-pysaml2, node and npm by hand"; exit 1; }
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium xmlsec1 openssl libxml2-utils postgresql opensaml-schemas xmltooling-schemas python3-pysaml2 $$(command -v npm >/dev/null || echo nodejs npm) >/dev/null
	for lock in suites/products/testdata/*/package-lock.json reference/scim/testdata/*/package-lock.json; do \
	  npm ci --prefix $$(dirname $$lock) --no-audit --no-fund --ignore-scripts --loglevel=error || exit 1; done
	go mod download
	cd suites/embedding && go mod download
	cd suites/products/testdata/crewjam && go mod download
	@$$(go env GOPATH)/bin/golangci-lint version 2>/dev/null | grep -q "$(GOLANGCI_LINT_VERSION:v%=%)" || \
	  go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "make lint: not gofmt-clean:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$$(go env GOPATH)/bin/golangci-lint run ./...

# Ratios against the raw operation, side by side in one run.
bench:
	go test -run '^$$' -bench . -benchtime 2s -count 3 ./simulator/... ./reference/... ./suites/bundled
	go test -run '^$$' -bench . -benchtime 3x ./suites/verify
	go test -run '^$$' -bench . -benchtime 1x ./suites/load

# Each fuzz target for FUZZTIME, one on each processor at a time. Where its time is up in the
# midst of an input, Go before 1.27 may call that a failure (go.dev/issue/75804): such a run
# is repeated. What fails by an input is kept as one, and never repeated.
fuzz:
	@for file in $$(git grep -l '^func Fuzz' -- '*_test.go'); do \
	  sed -n "s#^func \(Fuzz[A-Za-z0-9]*\)(.*#$$(dirname $$file) \1#p" $$file; done | \
	xargs -P $$(nproc) -L 1 sh -c 'for try in 1 2 3; do \
	  said=$$(go test -run "^$$" -fuzz "^$$1\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x -parallel 1 ./$$0 2>&1); failed=$$?; \
	  case "$$failed $$said" in 0*|*"Failing input"*) break;; *"    context deadline exceeded"*) ;; *) break;; esac; done; \
	echo "fuzz $$0 $$1 $(FUZZTIME)"; echo "$$said"; exit $$failed'

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o rollcall ./cmd/rollcall
