package provision

import (
	"context"
	"fmt"
	"net/http"
)

// importPage is how many resources Okta asks for at a time.
const importPage = 100

// Imported is what an import has read.
type Imported struct {
	// Users and Groups are the product's, in its order, inactive users among them.
	Users  []*Object
	Groups []*Object
	// Problem is set when the product refused; what was read until then is here.
	Problem *Problem
	// Notes tell of what Okta minds, or lets pass, and a reader should know.
	Notes []string
}

func (i *Imported) note(format string, args ...any) {
	i.Notes = append(i.Notes, fmt.Sprintf(format, args...))
}

// Import reads all users and then, if asked to, all groups. Pages have a hundred each,
// counted from what Okta asked for and not from what came, and the last request goes
// past the end of the list.
func (j *Jobs) Import(ctx context.Context, groups bool) (Imported, error) {
	var read Imported
	var err error
	if read.Users, err = j.readAll(ctx, "/Users", j.Client.List, &read); err != nil || read.Problem != nil || !groups {
		return read, err
	}
	read.Groups, err = j.readAll(ctx, "/Groups", j.Client.ListGroups, &read)
	return read, err
}

func (j *Jobs) readAll(ctx context.Context, path string, page func(context.Context, int, int) (Answer, error), read *Imported) ([]*Object, error) {
	var all []*Object
	seen := map[string]bool{}
	phase := fmt.Sprintf(phaseDownload, path[1:])
	for start := 1; ; start += importPage {
		answer, err := j.patient(ctx, func() (Answer, error) { return page(ctx, start, importPage) })
		if err != nil {
			return all, err
		}
		if path == "/Groups" && start == 1 && (answer.Status == http.StatusNotFound || answer.Status == http.StatusNotImplemented) {
			read.note("the product has no groups to import (%d)", answer.Status)
			return nil, nil
		}
		if !answer.OK() {
			read.Problem = refused(KindImport, phase, answer)
			return all, nil
		}
		list, err := answer.List()
		if err != nil {
			read.Problem = unreadable(KindImport, phase, answer, err)
			return all, nil
		}
		past := start > list.TotalResults
		switch {
		case past && (list.ItemsPerPage != 0 || len(list.Resources) > 0):
			read.note("%s from %d, past its end at %d, has itemsPerPage %d and %d resources: Okta wants 0 and none",
				path, start, list.TotalResults, list.ItemsPerPage, len(list.Resources))
		case !past && len(list.Resources) == 0:
			read.note("%s from %d is empty, though totalResults says %d: the import ends there", path, start, list.TotalResults)
		}
		if len(list.Resources) == 0 || past {
			return all, nil
		}
		if first := list.Resources[0].Text("id"); first != "" && seen[first] {
			read.note("%s from %d begins with %s again: the import ends there", path, start, first)
			return all, nil
		}
		for _, resource := range list.Resources {
			seen[resource.Text("id")] = true
		}
		all = append(all, list.Resources...)
	}
}
