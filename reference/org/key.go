package org

import (
	"strings"
	"unicode"
)

// Key is what user names, addresses and NameIDs are compared by: without the
// space around, and without regard to case. Nothing else is folded: plus signs
// and dots stay, since han+ci@ and han@ may well be two people. Nor does a letter
// outside ASCII ever become one inside, as Unicode has it for the Kelvin sign and
// the dotless i: that would open an account to whoever registers a look-alike.
func Key(s string) string { return strings.Map(fold, strings.TrimSpace(s)) }

// fold picks one rune for all that differ in case only.
func fold(r rune) rune {
	if r <= unicode.MaxASCII {
		return unicode.ToLower(r)
	}
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		if other <= unicode.MaxASCII {
			return r
		}
		least = min(least, other)
	}
	return least
}

// IsAddress says whether s can be an e-mail address: one @, something on both
// sides, no space or control character inside, and no Latin letter that is spelled
// apart from its accent. That one looks like the address of somebody whose letters are
// spelled as everybody spells them, and would make a second person of them.
func IsAddress(s string) bool {
	local, domain, found := strings.Cut(strings.TrimSpace(s), "@")
	if !found || local == "" || domain == "" || strings.Contains(domain, "@") {
		return false
	}
	return !strings.ContainsFunc(local+domain, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) && !decomposed(s)
}

// decomposed says whether a mark that has no width of its own follows a Latin letter.
func decomposed(s string) bool {
	latin := false
	for _, r := range s {
		if latin && unicode.Is(unicode.Mn, r) {
			return true
		}
		latin = unicode.Is(unicode.Latin, r)
	}
	return false
}
