package main

import (
	"github.com/spf13/pflag"

	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// safetyFlags say how far a run may go at a product of somebody's own.
type safetyFlags struct {
	owned    bool
	readOnly bool
	ledger   string
}

func (f *safetyFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.owned, "i-own-this", false, "the product is mine to change: needed for any that is not on this machine")
	flags.BoolVar(&f.readOnly, "read-only", false, "send nothing that changes the product; what cannot be shown so is unobserved")
	flags.StringVar(&f.ledger, "ledger", "", "write down in this `file` what is made, until it is cleared away")
}

// safety is what they come to, with the environment.
func (f *safetyFlags) safety() verify.Safety {
	return verify.Safety{IOwnThis: f.owned || target.OwnedByEnvironment(), ReadOnly: f.readOnly, Ledger: f.ledger}
}
