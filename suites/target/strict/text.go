package strict

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// text reads what ends up as a string.
func (n Node) text(w wish) string {
	if w.secret || w.sourced && n.IsMap() {
		return n.sourced(w)
	}
	text, ok := n.Text()
	if !ok {
		n.isNot("text", "")
		return ""
	}
	if text == "" {
		n.Wrong("leave the key out, or give it a value", "%s is empty", n.name())
		return ""
	}
	switch {
	case w.words != "":
		return n.word(text, n.options.Words[w.words])
	case w.content:
		return n.contentOf(n.Absolute(text))
	case w.path:
		return n.Absolute(text)
	case w.place && !strings.Contains(text, "://"):
		return n.Absolute(text)
	case w.url, w.place:
		return n.address(text)
	}
	return text
}

func (n Node) word(word string, known []string) string {
	if slices.Contains(known, word) {
		return word
	}
	_, meant := nearest(word, known)
	n.Wrong(meant, "%s cannot be %q", n.name(), masked(word))
	return word
}

// address is an absolute http or https URL. Reports print it, so that it may hold
// no credentials.
func (n Node) address(text string) string {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Scheme != "http" && parsed.Scheme != "https":
		meant := "write it with https:// in front"
		if strings.Contains(text, "$") || strings.Contains(text, "{{") {
			meant = "nothing is filled in here: write the address itself"
		}
		if err == nil && parsed.Scheme != "" && parsed.Host != "" {
			meant = "only http and https are spoken here"
		}
		n.isNot("an http or https URL", meant)
	case parsed.Host == "":
		n.isNot("an http or https URL", "it names no host")
	case parsed.User != nil:
		n.mistakenURL("%s has a user name or password in the URL", "credentials belong under auth")
	case parsed.Fragment != "":
		n.mistakenURL("%s has a fragment (#…) in the URL", "leave it out: no server ever sees it")
	}
	return text
}

// mistakenURL shows the line only as far as the key: the URL holds a secret.
func (n Node) mistakenURL(message, meant string) {
	at := n.token()
	if n.at != nil {
		at = n.at
	}
	n.wrong(at, meant, message, n.name())
	last := &n.mistakes[len(n.mistakes)-1]
	last.Text = cutAfterKey(last.Text, last.Column)
}

// Absolute is the path, taken from the file's directory.
func (n Node) Absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(n.options.Dir, path)
}

func (n Node) contentOf(path string) string {
	text, err := os.ReadFile(path)
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	if err != nil {
		n.Wrong("paths start from the directory of the target file", "%s: the file %s cannot be read: %v", n.name(), path, err)
	}
	return string(text)
}
