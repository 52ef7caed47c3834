//go:build !unix

package pgserver

// unprivileged does nothing where there is no root.
func (s *Server) unprivileged() error { return nil }
