package scim_test

import "rollcall.example/reference/scim"

// Two parsers of filters that others made: that of scim2-parse-filter is written by hand,
// as ours is; that of scim-query-filter-parser is made from the ABNF of RFC 7644.
const (
	byHand = "scim2-parse-filter"
	byABNF = "scim-query-filter-parser"
)

// judgedPeople are whom the filters of the table speak of: 1, 2 and 3.
var judgedPeople = []string{
	`"userName":"ann","title":"lead","name":{"givenName":"ann","familyName":"o'dell"},` +
		`"emails":[{"value":"ann@work","type":"work","primary":true},{"value":"ann@home","type":"home"}],` +
		`"` + scim.BadgeSchema + `":{"number":7,"issued":"2026-01-02T00:00:00Z"}`,
	`"userName":"bob","active":false,"title":"staff","nickName":"b","emails":[{"value":"bob@home","type":"work"}],` +
		`"` + scim.EnterpriseSchema + `":{"department":"sales"}`,
	`"userName":"Cora","title":"Lead of \"x\"","name":{"givenName":"Cora"},` +
		`"` + scim.BadgeSchema + `":{"number":-7,"issued":"2026-01-02T00:30:00+01:00"}`,
}

// What a parser makes of a filter: whom it finds, or one of these.
const (
	nobody  = ""
	refused = "refused"
	same    = "the same as ours"
)

// Why ours is right where a peer says something else. Sections without a name are those
// of RFC 7644.
const (
	agreed     = ""
	anyCase    = "3.4.2.2: caseExact, which these attributes are not, decides how texts compare"
	accents    = "3.4.2.2: caseExact is about case; ä is another letter than a"
	unset      = "RFC 7643 2.5: what is unset equals null, and so is unequal to every value"
	wholeList  = "3.4.2.2, figure 2: the value of a complex attribute is its sub-attribute value, as in emails co"
	moments    = "3.4.2.2, table 3: dates and times are compared as such"
	typed      = "3.12, invalidFilter: no comparison that the attribute's type knows; for booleans see table 3"
	unknown    = "3.12, invalidFilter: there is no such attribute"
	coreURN    = "3.10: the URN of the core schema may stand before a name"
	anyURN     = "3.10: a URN may stand before a name; without it, an attribute of an extension has none"
	minus      = "3.4.2.2, figure 1: whatever number there is, more may follow; and a URN may stand before a name (3.10)"
	negation   = "3.4.2.2, figure 1: not is an operator"
	spaces     = "3.4.2.2, figure 1 has one space; reading more harms nobody, and clients send them"
	spaced     = "3.4.2.2, figure 1: a space stands on both sides of an operator"
	onlySpace  = "3.4.2.2, figure 1: SP is the space, no other character"
	inParens   = "3.4.2.2, figure 1: not stands before a parenthesis"
	attrPath   = "3.4.2.2, figure 1: attrPath is a name, after a letter, with one sub-attribute at most"
	escapes    = "3.4.2.2 with RFC 7159, section 7: the escapes of JSON and no others"
	sameText   = "3.4.2.2 with RFC 7159, section 7: an escaped character is that character"
	characters = "RFC 7643 2.3.1: a text is of Unicode characters that PRECIS lets stand, encoded as UTF-8"
	entra      = "outside of the grammar; Entra asks so, and RFC 7644 3.5.2, figure 7, says what it means"
	innermost  = "3.4.2.2, figure 1: brackets stand behind an attribute that has sub-attributes"
)

var judgedFilters = []struct{ filter, ours, byHand, byABNF, why string }{
	{`userName eq "ann"`, "1", same, same, agreed},
	{`USERNAME EQ "ann"`, "1", same, same, agreed},
	{`userName eq "ANN"`, "1", nobody, same, anyCase},
	{`userName co "NN"`, "1", nobody, nobody, anyCase},
	{`title sw "lea"`, "1 3", "1", "1", anyCase},
	{`userName gt "bob"`, "3", nobody, nobody, anyCase},
	{`userName eq "änn"`, nobody, same, "1", accents},
	{`userName ne "ann"`, "2 3", same, same, agreed},
	{`userName ge "ann"`, "1 2 3", "1 2", "1 2", anyCase},
	{`userName lt "bob"`, "1", "1 3", "1 3", anyCase},
	{`userName le "zz"`, "1 2 3", same, same, agreed},
	{`nickName ne "b"`, "1 3", nobody, nobody, unset},
	{`emails.type ne "work"`, "1 3", "1", "1", unset},
	{`nickName eq null`, "1 3", nobody, nobody, unset},
	{`nickName ne null`, "2", same, same, agreed},
	{`nickName pr`, "2", same, same, agreed},
	{`nickName eq ""`, nobody, same, same, agreed},
	{`title pr and active eq true`, "1 3", same, same, agreed},
	{`title sw "sta" or nickName pr and active eq true`, "2", same, same, agreed},
	{`title eq "lead" or nickName pr and active eq true`, "1", same, same, agreed},
	{`(title eq "lead" or nickName pr) and active eq false`, "2", same, same, agreed},
	{`active eq true and nickName pr or title eq "lead"`, "1", same, same, agreed},
	{`title pr AND nickName pr OR name.givenName pr`, "1 2 3", same, same, agreed},
	{`((title eq "lead"))`, "1", same, same, agreed},
	{`( title eq "lead" )`, "1", same, refused, spaces},
	{`not (nickName pr)`, "1 3", same, refused, negation},
	{`not(nickName pr) and active eq true`, "1 3", same, refused, negation},
	{`active eq true and NOT (nickName pr)`, "1 3", same, refused, negation},
	{`name.familyName co "o'dell"`, "1", same, same, agreed},
	{`emails.value eq "ann@work"`, "1", same, same, agreed},
	{`emails eq "ann@work"`, "1", nobody, same, wholeList},
	{`emails co "work"`, "1", nobody, same, wholeList},
	{`emails pr`, "1 2", same, same, agreed},
	{`emails.type eq "home"`, "1", same, same, agreed},
	{`emails.primary eq true`, "1", same, same, agreed},
	{`emails.primary eq false`, nobody, same, same, agreed},
	{`emails[type eq "home"]`, "1", same, same, agreed},
	{`emails[type ne "work"]`, "1", same, same, agreed},
	{`name[givenName eq "ann"]`, "1", same, same, agreed},
	{`emails[type eq "work"].value pr`, "1 2", same, refused, entra},
	{`emails [type eq "work"]`, "1 2", same, refused, spaces},
	{`emails[ type eq "work" ]`, "1 2", same, refused, spaces},
	{scim.UserSchema + `:userName sw "a"`, "1", nobody, refused, coreURN},
	{scim.EnterpriseSchema + `:department eq "sales"`, "2", same, refused, anyURN},
	{scim.BadgeSchema + `:number gt 0`, "1", same, refused, anyURN},
	{scim.BadgeSchema + `:number eq 7.0`, "1", same, refused, anyURN},
	{scim.BadgeSchema + `:number lt 0.5e1`, "3", same, refused, anyURN},
	{scim.BadgeSchema + `:number eq -7`, "3", same, refused, anyURN},
	{scim.BadgeSchema + `:number eq -7 or userName eq "ann"`, "1 3", refused, refused, minus},
	{scim.BadgeSchema + `:issued lt "2026-01-02T00:00:00Z"`, "3", nobody, refused, moments},
	{`active gt true`, refused, nobody, nobody, typed},
	{`active co "a"`, refused, "2", nobody, typed},
	{`active eq "true"`, refused, nobody, nobody, typed},
	{`userName eq 7`, refused, nobody, nobody, typed},
	{`shoes pr`, refused, nobody, nobody, unknown},
	{`ti_tle pr`, refused, nobody, nobody, unknown},
	{`title co "\"x\""`, "3", same, same, agreed},
	{`title co "\u0022x\u0022"`, "3", nobody, same, sameText},
	{`title eq "\/"`, nobody, same, same, agreed},
	{`title eq "\x"`, refused, nobody, same, escapes},
	{`title eq "\u0000"`, refused, nobody, nobody, characters},
	{`title eq "\ud800"`, refused, nobody, nobody, characters},
	{`title eq 'lead'`, refused, same, same, agreed},
	{`title eq lead`, refused, same, same, agreed},
	{`title eq True`, refused, same, same, agreed},
	{`title eq NULL`, refused, same, same, agreed},
	{`title eq "lead`, refused, same, same, agreed},
	{`title eq lead"`, refused, same, same, agreed},
	{`title eq"lead"`, refused, "1", same, spaced},
	{`title eq {}`, refused, same, same, agreed},
	{`title eq []`, refused, same, same, agreed},
	{scim.BadgeSchema + `:number eq 01`, refused, same, same, agreed},
	{scim.BadgeSchema + `:number eq 1.`, refused, same, same, agreed},
	{scim.BadgeSchema + `:number eq -`, refused, same, same, agreed},
	{scim.BadgeSchema + `:number eq +1`, refused, same, same, agreed},
	{scim.BadgeSchema + `:number eq .5`, refused, same, same, agreed},
	{scim.BadgeSchema + `:number eq 1e`, refused, same, same, agreed},
	{`title`, refused, same, same, agreed},
	{`title eq`, refused, same, same, agreed},
	{`title regex "lead"`, refused, same, same, agreed},
	{`title = "lead"`, refused, same, same, agreed},
	{`title pr title pr`, refused, same, same, agreed},
	{`title pr xor title pr`, refused, same, same, agreed},
	{`title pr and`, refused, same, same, agreed},
	{`and title pr`, refused, same, same, agreed},
	{`title pr and or title pr`, refused, same, same, agreed},
	{`title prand nickName pr`, refused, same, same, agreed},
	{`(title pr)and(nickName pr)`, refused, "2", same, spaced},
	{`title pr and(nickName pr)`, refused, "2", same, spaced},
	{`(title pr`, refused, same, same, agreed},
	{`title pr)`, refused, same, same, agreed},
	{`()`, refused, same, same, agreed},
	{`not (title pr`, refused, same, same, agreed},
	{`not title pr`, refused, nobody, same, inParens},
	{`not not (title pr)`, refused, "1 2 3", same, inParens},
	{`  title pr  `, "1 2 3", same, refused, spaces},
	{`title   eq   "lead"`, "1", same, refused, spaces},
	{"title\tpr", refused, "1 2 3", same, onlySpace},
	{"title pr\n", refused, "1 2 3", same, onlySpace},
	{"title eq \"le\tad\"", refused, same, same, agreed},
	{`name.givenName.x pr`, refused, nobody, nobody, attrPath},
	{`name..givenName pr`, refused, nobody, same, attrPath},
	{`.title pr`, refused, same, same, agreed},
	{`title. pr`, refused, nobody, same, attrPath},
	{`1title pr`, refused, nobody, same, attrPath},
	{`ti$tle pr`, refused, same, same, agreed},
	{scim.UserSchema + `: pr`, refused, nobody, same, attrPath},
	{`emails[]`, refused, same, same, agreed},
	{`emails[type]`, refused, same, same, agreed},
	{`emails[type eq "work"`, refused, same, same, agreed},
	{`emails[type eq "work"]]`, refused, same, same, agreed},
	{`emails[type eq "work")`, refused, same, same, agreed},
	{`emails[type eq "work"].value`, refused, same, same, agreed},
	{`emails[type eq "work"] .value pr`, refused, same, same, agreed},
	{`emails[type eq "work"][primary eq true]`, refused, same, same, agreed},
	{`emails.type[value pr]`, refused, nobody, nobody, innermost},
	{`emails[emails[type pr]]`, refused, nobody, nobody, innermost},
}
