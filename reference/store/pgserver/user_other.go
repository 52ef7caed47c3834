//go:build !unix

package pgserver

// apart does nothing where there is no root.
func (s *Server) apart() error { return nil }
