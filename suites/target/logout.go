package target

import (
	"context"
	"crypto/x509"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

// LogoutServices are where a product takes logout messages.
type LogoutServices struct {
	// Redirect and POST are the services of the two bindings. The address is empty where
	// the product takes none by that binding.
	Redirect, POST simulator.Logout
	// Signing are the certificates that the product signs its own messages with.
	Signing []*x509.Certificate
}

// First is the service by the Redirect binding where the product has that, otherwise by
// POST. Its address is empty where the product has neither.
func (s LogoutServices) First() simulator.Logout {
	if s.Redirect.URL == "" {
		return s.POST
	}
	return s.Redirect
}

// By is the service by this binding.
func (s LogoutServices) By(binding string) simulator.Logout {
	if binding == idp.BindingPOST {
		return s.POST
	}
	return s.Redirect
}

// LogoutServices are what the target states and, where it leaves that open, what the
// service provider's metadata says, which is fetched anew.
func (l *Live) LogoutServices(ctx context.Context, c Connection) (LogoutServices, error) {
	services := LogoutServices{
		Redirect: simulator.Logout{URL: c.SAML.SLO, Binding: idp.BindingRedirect},
		POST:     simulator.Logout{URL: c.SAML.SLO, Binding: idp.BindingPOST},
	}
	if c.SAML.Metadata == "" {
		return services, nil
	}
	read, err := l.SPMetadata(ctx, c)
	if err != nil {
		return services, err
	}
	return LogoutServices{Redirect: read.logoutService(services.Redirect), POST: read.logoutService(services.POST), Signing: read.Signing}, nil
}

// logoutService is what the metadata says of a binding, unless the target says otherwise.
func (m SPMetadata) logoutService(known simulator.Logout) simulator.Logout {
	service, offered := m.LogoutBy(known.Binding)
	switch {
	case !offered && len(m.SLO) > 0:
		known.URL = ""
	case offered && known.URL == "":
		known.URL, known.ResponseURL = service.Location, service.ResponseLocation
	}
	return known
}
