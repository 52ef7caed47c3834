package provision

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// PushGroup makes the group exist in the product, with its members: it looks the name
// up, then creates the group, or takes over the one that it found.
func (j *Jobs) PushGroup(ctx context.Context, group Group) (Result, error) {
	var result Result
	id, err := j.findGroup(ctx, group, &result)
	if err != nil || result.Problem != nil {
		return result, err
	}
	if id == "" {
		return result, j.createGroup(ctx, group, &result)
	}
	result.ID, result.Linked = id, true
	return result, j.takeOver(ctx, id, group, true, &result)
}

// LinkGroup takes over a group of the product's under its id. Who is in it stays in
// it. Without rename the product's name for it stays too.
func (j *Jobs) LinkGroup(ctx context.Context, id string, group Group, rename bool) (Result, error) {
	result := Result{ID: id, Linked: true}
	return result, j.takeOver(ctx, id, group, rename, &result)
}

// RenameGroup pushes the group's name.
func (j *Jobs) RenameGroup(ctx context.Context, id string, group Group) (Result, error) {
	result := Result{ID: id}
	if j.Dialect.putsGroups() {
		return result, j.putGroup(ctx, id, group, &result)
	}
	return result, j.patchGroup(ctx, phaseGroupUpdate, id, group.DisplayName, &result, group.rename(id))
}

// ChangeMembers pushes who has left the group and who has joined it. Okta pushes the
// name along with it.
func (j *Jobs) ChangeMembers(ctx context.Context, id string, group Group, removed, added []GroupMember) (Result, error) {
	if j.Dialect.putsGroups() {
		result := Result{ID: id}
		return result, j.putGroup(ctx, id, group, &result)
	}
	result, err := j.RenameGroup(ctx, id, group)
	if err != nil || result.Problem != nil {
		return result, err
	}
	return result, j.patchMembers(ctx, id, group.DisplayName, removed, added, &result)
}

// ReplaceMembers is "Push Now": it sees whether the group is there and then overwrites
// its name and all of its members.
func (j *Jobs) ReplaceMembers(ctx context.Context, id string, group Group) (Result, error) {
	result := Result{ID: id}
	if _, err := j.getGroup(ctx, id, group.DisplayName, &result); err != nil || result.Problem != nil {
		return result, err
	}
	if j.Dialect.putsGroups() {
		return result, j.putGroup(ctx, id, group, &result)
	}
	name := group.DisplayName
	if !j.Groups.Pathless {
		if err := j.patchGroup(ctx, phaseGroupUpdate, id, name, &result, group.rename(id)); err != nil || result.Problem != nil {
			return result, err
		}
	}
	rest := [][]GroupMember{group.Members}
	if j.Groups.Batch > 0 && len(group.Members) > 0 {
		rest = slices.Collect(slices.Chunk(group.Members, j.Groups.Batch))
	}
	group.Members = rest[0]
	err := j.patchGroup(ctx, phaseGroupMembers, id, name, &result, group.replacement(id, j.Groups))
	for _, batch := range rest[1:] {
		if err != nil || result.Problem != nil {
			break
		}
		err = j.patchGroup(ctx, phaseGroupMembers, id, name, &result, change(nil, batch)...)
	}
	return result, err
}

// DeleteGroup deletes the group in the product. One that is gone is as good as deleted.
func (j *Jobs) DeleteGroup(ctx context.Context, id, name string) (Result, error) {
	result := Result{ID: id}
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.DeleteGroup(ctx, id) })
	switch {
	case err != nil:
	case answer.Status == http.StatusNotFound:
		result.note("the product had no group %s any more (404)", id)
	case !answer.OK():
		result.Problem = refused(KindGroupDelete, fmt.Sprintf(phaseGroupDelete, name), answer)
	}
	return result, err
}

// findGroup returns the id of the group with that name, empty where there is none.
func (j *Jobs) findGroup(ctx context.Context, group Group, result *Result) (string, error) {
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.FindGroup(ctx, group.DisplayName) })
	if err != nil {
		return "", err
	}
	phase := fmt.Sprintf(phaseGroupFind, group.DisplayName)
	switch {
	case answer.Status == http.StatusNotFound:
		return "", nil
	case !answer.OK():
		result.Problem = refused(KindGroup, phase, answer)
		return "", nil
	}
	list, err := answer.List()
	if err == nil && len(list.Resources) > 0 && list.Resources[0].Text("id") == "" {
		err = errors.New("the group that the lookup found has no id")
	}
	if err != nil {
		result.Problem = unreadable(KindGroup, phase, answer, err)
		return "", nil
	}
	if len(list.Resources) == 0 {
		return "", nil
	}
	if len(list.Resources) > 1 {
		result.note("the filter for one name matched %d groups; the first one is taken", len(list.Resources))
	}
	return list.Resources[0].Text("id"), nil
}

func (j *Jobs) createGroup(ctx context.Context, group Group, result *Result) error {
	first := group
	if !j.Groups.InlineMembers {
		first.Members = nil
	}
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.CreateGroup(ctx, first.whole("")) })
	if err != nil {
		return err
	}
	phase := fmt.Sprintf(phaseGroupCreate, group.DisplayName)
	switch {
	case !answer.OK():
		result.Problem = refused(KindGroup, phase, answer)
	case answer.ID() == "":
		result.Problem = unreadable(KindGroup, phase, answer, errors.New("the created group has no id"))
	default:
		result.ID, result.Created = answer.ID(), true
	}
	if result.Problem != nil || len(group.Members) == len(first.Members) {
		return nil
	}
	if j.Dialect.putsGroups() {
		return j.putGroup(ctx, result.ID, group, result)
	}
	return j.patchMembers(ctx, result.ID, group.DisplayName, nil, group.Members, result)
}

// takeOver adds the members to those whom the group has. Okta does not look at who
// they are, except to PUT the group, where all of them have to be sent.
func (j *Jobs) takeOver(ctx context.Context, id string, group Group, rename bool, result *Result) error {
	known, err := j.getGroup(ctx, id, group.DisplayName, result)
	if err != nil || result.Problem != nil {
		return err
	}
	if j.Dialect.putsGroups() {
		if !rename {
			group.DisplayName = known.Text("displayName")
		}
		group.Members = union(membersOf(known), group.Members)
		return j.putGroup(ctx, id, group, result)
	}
	if rename {
		if err := j.patchGroup(ctx, phaseGroupUpdate, id, group.DisplayName, result, group.rename(id)); err != nil || result.Problem != nil {
			return err
		}
	}
	return j.patchMembers(ctx, id, group.DisplayName, nil, group.Members, result)
}

// union are all members of both lists, each of them once.
func union(one, other []GroupMember) []GroupMember {
	all := slices.Clone(one)
	for _, member := range other {
		if !slices.ContainsFunc(all, func(m GroupMember) bool { return m.Value == member.Value }) {
			all = append(all, member)
		}
	}
	return all
}

// getGroup sees whether the group is there.
func (j *Jobs) getGroup(ctx context.Context, id, name string, result *Result) (*Object, error) {
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.GetGroup(ctx, id) })
	if err != nil {
		return nil, err
	}
	phase := fmt.Sprintf(phaseGroupGet, name, id)
	if !answer.OK() {
		result.Problem = refused(KindGroup, phase, answer)
		return nil, nil
	}
	group, err := answer.Resource()
	if err != nil {
		result.Problem = unreadable(KindGroup, phase, answer, err)
	}
	return group, nil
}

func (j *Jobs) putGroup(ctx context.Context, id string, group Group, result *Result) error {
	if j.Groups.ReadFirst {
		if _, err := j.getGroup(ctx, id, group.DisplayName, result); err != nil || result.Problem != nil {
			return err
		}
	}
	body := group.whole(id)
	if j.Groups.OmitID {
		body.ID = ""
	}
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.PutGroup(ctx, id, body) })
	if err == nil && !answer.OK() {
		result.Problem = refused(KindGroup, fmt.Sprintf(phaseGroupUpdate, group.DisplayName), answer)
	}
	return err
}

// patchMembers sends one PATCH, or one for each batch.
func (j *Jobs) patchMembers(ctx context.Context, id, name string, removed, added []GroupMember, result *Result) error {
	size := j.Groups.Batch
	if size <= 0 {
		size = len(removed) + len(added)
	}
	for len(removed)+len(added) > 0 {
		out := removed[:min(size, len(removed))]
		in := added[:min(size-len(out), len(added))]
		removed, added = removed[len(out):], added[len(in):]
		err := j.patchGroup(ctx, phaseGroupMembers, id, name, result, change(out, in)...)
		if err != nil || result.Problem != nil {
			return err
		}
	}
	return nil
}

func (j *Jobs) patchGroup(ctx context.Context, phase, id, name string, result *Result, operations ...operation) error {
	answer, err := j.patient(ctx, func() (Answer, error) { return j.Client.patch(ctx, groupPath(id), operations...) })
	if err == nil && !answer.OK() {
		result.Problem = refused(KindGroup, fmt.Sprintf(phase, name), answer)
	}
	return err
}
