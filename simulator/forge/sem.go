package forge

func init() {
	register("sem", semStatus...)
	register("sem", semHeader...)
	register("sem", semAddress...)
	register("sem", semAssertion...)
}
