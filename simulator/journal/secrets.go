package journal

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// secrets is a set of values to blank, each in every spelling in which it may
// appear.
type secrets struct {
	spellings []string
	replacer  *strings.Replacer
}

func (s *secrets) add(values ...string) {
	before := len(s.spellings)
	for _, value := range values {
		if len(value) < 4 {
			continue
		}
		for _, spelling := range spellings(value) {
			if !slices.Contains(s.spellings, spelling) {
				s.spellings = append(s.spellings, spelling)
			}
		}
	}
	if len(s.spellings) == before {
		return
	}
	// The longest first: a spelling may begin with another one.
	slices.SortFunc(s.spellings, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(s.spellings))
	for _, spelling := range s.spellings {
		pairs = append(pairs, spelling, blank)
	}
	s.replacer = strings.NewReplacer(pairs...)
}

// longest is the length of the longest spelling, in bytes.
func (s *secrets) longest() int {
	if len(s.spellings) == 0 {
		return 0
	}
	return len(s.spellings[0])
}

func spellings(value string) []string {
	all := []string{
		value,
		url.QueryEscape(value),
		url.PathEscape(value),
		base64.StdEncoding.EncodeToString([]byte(value)),
		base64.RawStdEncoding.EncodeToString([]byte(value)),
		base64.URLEncoding.EncodeToString([]byte(value)),
		base64.RawURLEncoding.EncodeToString([]byte(value)),
		url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(value))),
	}
	if quoted, err := json.Marshal(value); err == nil {
		all = append(all, string(quoted[1:len(quoted)-1]))
	}
	return all
}

func (s *secrets) blankExchange(e *Exchange) {
	if s.replacer == nil {
		return
	}
	for _, message := range []*Message{&e.Request, &e.Response} {
		message.URL = s.replacer.Replace(message.URL)
		message.Body = s.replacer.Replace(message.Body)
		for _, values := range message.Header {
			for i, value := range values {
				values[i] = s.replacer.Replace(value)
			}
		}
	}
	e.Error = s.replacer.Replace(e.Error)
}
