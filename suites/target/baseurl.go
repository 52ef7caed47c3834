package target

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// endpoints are what the standard puts below the base URL (RFC 7644 section 3.2), as it
// spells them: a tenant may well be called me, and its base URL end in that.
var endpoints = []string{"Users", "Groups", "Me", "ServiceProviderConfig", "ResourceTypes", "Schemas", "Bulk", ".search"}

// CheckSCIMBase says in one line what is wrong with the base URL of a SCIM endpoint, beyond
// its not being an http or https URL: paths are put behind it.
func CheckSCIMBase(address string) error {
	if strings.Contains(address, "?") {
		return errors.New("it may have no query: paths are put behind it")
	}
	if strings.ContainsAny(address, " \t\r\n") {
		return errors.New("it has a space in it")
	}
	if parsed, err := url.Parse(address); err == nil {
		if err := checkHost(parsed); err != nil {
			return err
		}
	}
	base := strings.TrimRight(address, "/")
	if at := strings.LastIndex(base, "/"); at >= 0 && slices.Contains(endpoints, base[at+1:]) {
		return fmt.Errorf("it ends in %s, which is put behind it: the base URL is %s", base[at:], base[:at])
	}
	return nil
}

// checkHost says what is wrong with the host and the port of an address.
func checkHost(address *url.URL) error {
	if port, err := strconv.Atoi(address.Port()); err == nil && port > 65535 {
		return fmt.Errorf("there is no port %d: the last is 65535", port)
	}
	if strings.ContainsAny(address.Hostname(), "<>{}$*") {
		return fmt.Errorf("there is no host %s: put the product's in", address.Hostname())
	}
	return nil
}
