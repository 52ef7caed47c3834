package spec

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"rollcall.example/simulator/journal"
	"rollcall.example/suites/match"
	"rollcall.example/suites/target"
)

// These tests are inside the package for the sake of play, which puts a section of
// their own in the place of those that are registered.

// ending is how a spec ended: Ginkgo's state, the entries in order, and a piece of
// what the note says, or of the failure where there is no note. Here means that the
// line where it ended is the spec's own.
type ending struct {
	state   types.SpecState
	entries []string
	says    string
	here    bool
}

func (e ending) check(t *testing.T, name string, ran types.SpecReport) {
	t.Helper()
	if ran.State != e.state {
		t.Errorf("%s: %s (%s), want %s", name, ran.State, ran.Failure.Message, e.state)
	}
	var names []string
	said := ran.Failure.Message
	for _, entry := range ran.ReportEntries {
		if entry.Name == EntryTraffic {
			continue // every spec that ran has it
		}
		names = append(names, entry.Name)
		if note, ok := entry.GetRawValue().(Note); ok {
			said = note.Reason
			if ran.Failure.Message != words[entry.Name]+": "+note.Reason {
				t.Errorf("%s: the note says %q, Ginkgo %q", name, note.Reason, ran.Failure.Message)
			}
		}
	}
	if !slices.Equal(names, e.entries) {
		t.Errorf("%s: entries %v, want %v", name, names, e.entries)
	}
	if !strings.Contains(said, e.says) || strings.Contains(said, "scim-secret-4711") {
		t.Errorf("%s: says %q, want %q", name, said, e.says)
	}
	if where := ran.Failure.Location; e.here && !strings.HasSuffix(where.FileName, "entries_test.go") {
		t.Errorf("%s is said to fail at %s", name, where)
	}
}

func checkAll(t *testing.T, ran map[string]types.SpecReport, want map[string]ending) {
	t.Helper()
	for name, e := range want {
		if _, ok := ran[name]; !ok {
			t.Errorf("%s did not run", name)
			continue
		}
		e.check(t, name, ran[name])
	}
	if len(ran) != len(want) {
		t.Errorf("%d specs ran, %d were wanted", len(ran), len(want))
	}
}

func TestHowASpecEnds(t *testing.T) {
	ran := play(t, (&registrar{}).start(t), func(okta *Okta, product *Product) {
		It("passes", Clause("door.open"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			Given(product.Look(ctx, han)).To(match.HaveNoRecord())
			okta.Assign(ctx, han)
			Expect(product.Look(ctx, han)).To(match.HaveRecordOf("Han Solo", han.Email()))
		})
		It("fails a claim", Clause("door.open"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)
			Expect(product.Look(ctx, han)).To(match.HaveNoRecord())
		})
		It("fails a control", Clause("door.open"), func(ctx SpecContext) {
			Given(product.Look(ctx, okta.Hire("Han Solo"))).To(match.HaveRecord(), "he was hired")
			Expect(true).To(BeFalse())
		})
		It("fails a control that does not gate", Clause("door.quiet"), func(ctx SpecContext) {
			Given(product.Look(ctx, okta.Hire("Han Solo"))).To(match.HaveRecord())
		})
		It("is not seen", Clause("door.open"), func(ctx SpecContext) {
			Expect(product.Look(ctx, okta.Hire("Han Solo"))).To(match.HaveNoSeat())
		})
		It("is not seen, in a control", Clause("door.quiet"), func(ctx SpecContext) {
			Given(product.Look(ctx, okta.Hire("Han Solo"))).To(match.HaveNoSeat())
		})
		It("lacks a feature", Clause("door.patched"), func(SpecContext) { Fail("it ran") })
		It("lacks a way of looking", Clause("door.seated"), func(SpecContext) { Fail("it ran") })
		It("is declared otherwise", Clause("door.blue"), func(SpecContext) { Fail("it ran") })
		It("fails what should be", Clause("door.quiet"), func(SpecContext) { Expect(1).To(Equal(2)) })
		It("fails what may be", Clause("door.wide"), func(SpecContext) { Expect(1).To(Equal(2)) })
		It("fails a choice that is stated", Clause("door.red"), func(SpecContext) { Expect(1).To(Equal(2)) })
		It("fails a choice that nobody stated", Clause("door.left"), func(SpecContext) { Expect(1).To(Equal(2)) })
		It("fails what is provisional", Clause("door.new"), func(SpecContext) { Expect(1).To(Equal(2)) })
		It("passes what should be", Clause("door.quiet"), func(SpecContext) { Expect(1).To(Equal(1)) })
		It("panics where it should", Clause("door.quiet"), func(SpecContext) { panic("no such team") })
		It("leaves a remark", Clause("door.open"), func(SpecContext) { Remark("a window is open") })
	})
	checkAll(t, ran, map[string]ending{
		"passes":                             {types.SpecStatePassed, nil, "", false},
		"fails a claim":                      {types.SpecStateFailed, []string{EntryExchanges}, "expected: no tracking record\nactual:   1 record (Han Solo", true},
		"fails a control":                    {types.SpecStateFailed, []string{EntryUntestable, EntryExchanges}, "he was hired\nexpected: one tracking record", true},
		"fails a control that does not gate": {types.SpecStateSkipped, []string{EntryUntestable, EntryExchanges}, "expected: one tracking record", false},
		"is not seen":                        {types.SpecStateSkipped, []string{EntryUnobserved, EntryExchanges}, "nothing shows seats", false},
		"is not seen, in a control":          {types.SpecStateSkipped, []string{EntryUnobserved, EntryExchanges}, "nothing shows seats", false},
		"lacks a feature":                    {types.SpecStateSkipped, []string{EntryUnsupported}, "the target does not declare scim.patch", false},
		"lacks a way of looking":             {types.SpecStateSkipped, []string{EntryUnobserved}, "nobody can see it without look.seats", false},
		"is declared otherwise":              {types.SpecStateSkipped, []string{EntryUnsupported}, "the profile house says paint: red; this holds for blue", false},
		"fails what should be":               {types.SpecStateSkipped, []string{EntryWarned, EntryExchanges}, "to equal", false},
		"fails what may be":                  {types.SpecStateSkipped, []string{EntryWarned, EntryExchanges}, "to equal", false},
		"fails a choice that is stated":      {types.SpecStateFailed, []string{EntryExchanges}, "to equal", true},
		"fails a choice that nobody stated":  {types.SpecStateSkipped, []string{EntryWarned, EntryExchanges}, "to equal", false},
		"fails what is provisional":          {types.SpecStateSkipped, []string{EntryWarned, EntryExchanges}, "to equal", false},
		"passes what should be":              {types.SpecStatePassed, nil, "", false},
		"panics where it should":             {types.SpecStatePanicked, []string{EntryExchanges}, "", false},
		"leaves a remark":                    {types.SpecStatePassed, []string{EntryRemark}, "", false},
	})
	if got := ran["leaves a remark"].ReportEntries[0].GetRawValue(); got != "a window is open" {
		t.Errorf("the remark is %v", got)
	}
}

func TestWhatWentOverTheWireIsKept(t *testing.T) {
	ran := play(t, (&registrar{}).start(t), func(okta *Okta, _ *Product) {
		It("fails", Clause("door.open"), func(ctx SpecContext) {
			okta.Assign(ctx, okta.Hire("Han Solo"))
			Expect(okta.Requests()).To(BeEmpty())
		})
	})
	entry := ran["fails"].ReportEntries[0]
	exchanges, ok := entry.GetRawValue().([]journal.Exchange)
	if !ok || len(exchanges) != 2 || exchanges[0].Request.Method != http.MethodGet || exchanges[1].Request.Method != http.MethodPost {
		t.Fatalf("%T: %+v", entry.GetRawValue(), exchanges)
	}
	if text := entry.Value.AsJSON; strings.Contains(text, "scim-secret-4711") || strings.Contains(ran["fails"].Failure.Message, "scim-secret-4711") {
		t.Error("the token stands in the report")
	}
}

// A refusal is a task for the administrator, and fails nothing by itself.
func TestARefusalIsATask(t *testing.T) {
	ran := play(t, (&registrar{full: true}).start(t), func(okta *Okta, product *Product) {
		It("looks elsewhere", Clause("door.open"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)
			Expect(product.Look(ctx, han)).To(match.HaveNoRecord())
			Expect(okta.Tasks()).To(HaveLen(1))
		})
		It("counts on it", Clause("door.open"), func(ctx SpecContext) {
			han := okta.Hire("Han Solo")
			okta.Assign(ctx, han)
			Given(okta.Tasks()).To(BeEmpty())
		})
		It("wants an address", Clause("door.open"), func(ctx SpecContext) { okta.AddressOf(ctx, okta.Hire("Han Solo")) })
	})
	checkAll(t, ran, map[string]ending{
		"looks elsewhere":  {types.SpecStatePassed, []string{EntryTask}, "", false},
		"counts on it":     {types.SpecStateFailed, []string{EntryTask, EntryUntestable, EntryExchanges}, "the house is full", false},
		"wants an address": {types.SpecStateFailed, []string{EntryUntestable, EntryExchanges}, "cannot be found", false},
	})
	if text, ok := ran["looks elsewhere"].ReportEntries[0].GetRawValue().(string); !ok || !strings.Contains(text, "the house is full") {
		t.Errorf("the task says %v", ran["looks elsewhere"].ReportEntries[0].GetRawValue())
	}
}

// A wire that breaks says nothing of the product: an error, whatever the level.
func TestABrokenWireIsAnError(t *testing.T) {
	ran := play(t, houseOf(t), func(okta *Okta, product *Product) {
		It("assigns", Clause("door.open"), func(ctx SpecContext) { okta.Assign(ctx, okta.Hire("Han Solo")) })
		It("calls", Clause("door.open"), func(ctx SpecContext) { okta.Call(ctx, "GET", "/Users", nil) })
		It("looks", Clause("door.open"), func(ctx SpecContext) { product.Look(ctx, okta.Hire("Han Solo")) })
		It("looks for what should be", Clause("door.quiet"), func(ctx SpecContext) { product.Look(ctx, okta.Hire("Han Solo")) })
	})
	broke := ending{types.SpecStateFailed, []string{EntryError, EntryExchanges}, "no answer", false}
	checkAll(t, ran, map[string]ending{"assigns": broke, "calls": broke, "looks": broke, "looks for what should be": broke})
}

func TestABrokenProbeIsAnError(t *testing.T) {
	probe := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no such page, probe-secret-4711", http.StatusInternalServerError)
	}))
	t.Cleanup(probe.Close)
	at := houseOf(t)
	at.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: probe.URL, Token: "probe-secret-4711"}}
	ran := play(t, at, func(okta *Okta, product *Product) {
		It("looks", Clause("door.open"), func(ctx SpecContext) { product.Look(ctx, okta.Hire("Han Solo")) })
		It("arranges", Clause("door.open"), func(ctx SpecContext) { product.MakeAdmin(ctx, okta.Hire("Han Solo")) })
	})
	broke := ending{types.SpecStateFailed, []string{EntryError, EntryExchanges}, "answered 500: no such page, [token]", false}
	checkAll(t, ran, map[string]ending{"looks": broke, "arranges": broke})
}

// Who has no account, or may not be arranged for, leaves the claim untested.
func TestArrangingForSomebodyWhoIsNotThere(t *testing.T) {
	probe := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/arrange/role" {
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"error":"the last administrator stays"}`))
			return
		}
		_, _ = w.Write([]byte(looked(labelled("variant:"))))
	}))
	t.Cleanup(probe.Close)
	at := houseOf(t)
	at.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: probe.URL, Token: "probe-secret-4711"}}
	ran := play(t, at, func(okta *Okta, product *Product) {
		for _, variant := range []string{"stranger", "guest", "member"} {
			It("unmakes a "+variant, Clause("door.open").In(variant), func(ctx SpecContext) {
				product.UnmakeAdmin(ctx, okta.Hire("Han Solo"))
			})
		}
	})
	untestable := []string{EntryUntestable, EntryExchanges}
	checkAll(t, ran, map[string]ending{
		"unmakes a stranger": {types.SpecStateFailed, untestable, "there is no one account to arrange something for", false},
		"unmakes a guest":    {types.SpecStateFailed, untestable, "who is no member", false},
		"unmakes a member":   {types.SpecStateFailed, untestable, "the last administrator stays", false},
	})
}

// looked is what a look shows of somebody.
func looked(who string) string {
	return map[string]string{
		"stranger": `{"accounts":[],"memberships":[]}`,
		"guest":    `{"accounts":[{"id":"a1"}],"memberships":[]}`,
		"member":   `{"accounts":[{"id":"a1"}],"memberships":[{"id":"m1"}]}`,
	}[who]
}

func TestADialectThatTheTargetIsNotDrivenIn(t *testing.T) {
	at := (&registrar{}).start(t)
	at.Dialects = []string{"aiw"}
	var dialects []string
	ran := play(t, at, func(okta *Okta, _ *Product) {
		EachDialect(func() {
			It("opens", Clause("door.open"), func(SpecContext) { dialects = append(dialects, okta.dialect) })
		})
		It("opens anyhow", Clause("door.open"), func(SpecContext) { dialects = append(dialects, okta.dialect) })
	})
	unsupported := func(name string) ending {
		return ending{types.SpecStateSkipped, []string{EntryUnsupported}, "the target is not driven in dialect " + name, false}
	}
	checkAll(t, ran, map[string]ending{
		"dialect oin opens": unsupported("oin"), "dialect oin-patch-user opens": unsupported("oin-patch-user"),
		"dialect aiw opens": {types.SpecStatePassed, nil, "", false}, "opens anyhow": {types.SpecStatePassed, nil, "", false},
	})
	if !slices.Equal(dialects, []string{"aiw", "aiw"}) {
		t.Errorf("specs ran in %v", dialects)
	}
}

// Every spec has people of its own, whatever their names.
func TestPeopleAreNeverTheSame(t *testing.T) {
	var addresses []string
	play(t, (&registrar{}).start(t), func(okta *Okta, _ *Product) {
		for _, name := range []string{"first", "second"} {
			It("hires at "+name, Clause("door.open"), func(SpecContext) {
				for range 2 {
					addresses = append(addresses, okta.Hire("Łukasz O'Neil-周").Email())
				}
			})
		}
	})
	distinct := slices.Compact(slices.Sorted(slices.Values(addresses)))
	if len(addresses) != 4 || len(distinct) != 4 {
		t.Errorf("%v", addresses)
	}
	for _, address := range addresses {
		if !strings.HasSuffix(address, "@rollcall.test") || strings.ContainsAny(address, " '") {
			t.Errorf("%q is no address of ours", address)
		}
	}
}
