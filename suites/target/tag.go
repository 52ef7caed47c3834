package target

import (
	"crypto/rand"
	"strconv"
	"strings"
	"time"
)

// Tag marks everything that one run makes: it stands in every address, user name,
// team, organization and token name, and in nothing else in the world. It is made
// of small letters and digits, so that it comes through lower-casing and through
// being made into a slug, and is compared without regard to case.
//
// Its form is rc, the time of the run, something random and a check: 17 characters,
// so that a name of somebody else's is not taken for one of ours by accident.
type Tag string

// The lengths of the parts of a tag.
const (
	tagPrefix = "rc"
	tagTime   = 8 // milliseconds since 1970 in base 36: enough until 2059
	tagChance = 5
	tagCheck  = 2
	tagLength = len(tagPrefix) + tagTime + tagChance + tagCheck
)

const tagAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

// NewTag makes the tag of a run that starts at now.
func NewTag(now time.Time) Tag {
	clock := strconv.FormatInt(now.UnixMilli(), 36)
	clock = strings.Repeat("0", max(0, tagTime-len(clock))) + clock
	var chance [tagChance]byte
	_, _ = rand.Read(chance[:]) // crypto/rand.Read never fails
	for i, b := range chance {
		chance[i] = tagAlphabet[int(b)%len(tagAlphabet)]
	}
	body := tagPrefix + clock[len(clock)-tagTime:] + string(chance[:])
	return Tag(body + checkOf(body))
}

// checkOf is two characters that follow from the rest.
func checkOf(body string) string {
	sum := 0
	for i := range len(body) {
		sum = (sum*37 + int(body[i])) % (len(tagAlphabet) * len(tagAlphabet))
	}
	return string([]byte{tagAlphabet[sum/len(tagAlphabet)], tagAlphabet[sum%len(tagAlphabet)]})
}

// Valid says whether the tag is of the form of one.
func (t Tag) Valid() bool {
	if len(t) != tagLength || !strings.HasPrefix(string(t), tagPrefix) || strings.Trim(string(t), tagAlphabet) != "" {
		return false
	}
	body := string(t[:tagLength-tagCheck])
	return checkOf(body) == string(t[tagLength-tagCheck:])
}

// Marks says whether the name, an address or whatever else, is one that the run with
// this tag made.
func (t Tag) Marks(name string) bool {
	return t != "" && strings.Contains(strings.ToLower(name), string(t))
}
