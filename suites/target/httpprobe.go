package target

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target/strict"
)

// overHTTP carries the contract to an address.
type overHTTP struct {
	address ProbeAddress
	client  *http.Client
}

// NewHTTPProbe returns the probe at the address, called through client. Credentials
// other than a token are for the client to bring.
func NewHTTPProbe(address ProbeAddress, client *http.Client) *ContractProbe {
	return &ContractProbe{overHTTP{address, client}}
}

func (o overHTTP) at(r request) string { return r.method + " " + o.url(r) }

func (o overHTTP) url(r request) string {
	path := r.path
	if path == "/" {
		path = ""
	}
	return strings.TrimRight(o.address.URL, "/") + path
}

func (o overHTTP) carry(ctx context.Context, r request) (reply, error) {
	var body io.Reader = http.NoBody
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	asked, err := http.NewRequestWithContext(ctx, r.method, o.url(r), body)
	if err != nil {
		return reply{}, err
	}
	if o.address.Auth == nil {
		asked.Header.Set("Authorization", "Bearer "+o.address.Token)
	}
	asked.Header.Set("Content-Type", "application/json")
	answer, err := o.client.Do(asked)
	if err != nil {
		return reply{}, provision.WithoutURL(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return reply{}, fmt.Errorf("%s: the answer broke off: %w", o.at(r), err)
	}
	return reply{answer.StatusCode, text}, nil
}

func (o overHTTP) blank(text string) string {
	for _, secret := range strict.Secrets(o.address) {
		text = strings.ReplaceAll(text, secret, "[token]")
	}
	return text
}
