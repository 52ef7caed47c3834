package okta

import (
	"encoding/json"

	"rollcall.example/simulator/provision"
)

// ids are those of the resources on all of the pages, in order, as often as they stand
// there.
func ids(pages ...provision.Answer) []string {
	var all []string
	for _, page := range pages {
		listed, err := page.Documents()
		if err != nil {
			return nil
		}
		for _, resource := range listed {
			all = append(all, resource.Text("id"))
		}
	}
	return all
}

// number says whether a counter of a list is a JSON number.
func number(list provision.Document, name string) bool {
	value, _ := list.At(name)
	_, is := value.(json.Number)
	return is
}
