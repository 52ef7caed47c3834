package spec

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"rollcall.example/suites/target"
)

// OwnMetadata is what the product says of itself as a service provider, read anew. A
// target that names no address of it leaves nothing to see; a document that cannot be
// read fails the spec's claim about it, as an error would hide it.
func (p *Product) OwnMetadata(ctx context.Context) target.SPMetadata {
	address := p.connection.SAML.Metadata
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		conclude(EntryUnobserved, "the target names no address at which the product shows its metadata (saml.sp_metadata)", 1)
	}
	status, _, body, err := Token("").knock(ctx, p.live.Transport(), address)
	broken(err, 1)
	if status != http.StatusOK {
		conclude(EntryUntestable, fmt.Sprintf("the address of its metadata answered %d %s", status, http.StatusText(status)), 1)
	}
	read, err := target.ReadSPMetadata([]byte(body), p.connection.SAML.EntityID, time.Now())
	if err != nil {
		conclude(EntryUntestable, "its metadata cannot be read: "+err.Error(), 1)
	}
	return read
}
