package kept

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// readPair reads a key and its certificate and holds them against each other.
func readPair(directory string, number int, now time.Time) (*rsa.PrivateKey, *x509.Certificate, error) {
	keyPath, certificatePath := filepath.Join(directory, keyFile(number)), filepath.Join(directory, certificateFile(number))
	key, err := readKey(keyPath)
	if err != nil {
		return nil, nil, err
	}
	der, err := readPEM(certificatePath, "CERTIFICATE")
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, fmt.Errorf("%s is damaged: it holds no certificate that can be read", certificatePath)
	}
	switch {
	case !key.PublicKey.Equal(certificate.PublicKey):
		return nil, nil, fmt.Errorf("%s and %s do not belong together", keyPath, certificatePath)
	case now.After(certificate.NotAfter):
		return nil, nil, fmt.Errorf("%s expired on %s", certificatePath, certificate.NotAfter.UTC().Format(time.DateOnly))
	case now.Before(certificate.NotBefore):
		return nil, nil, fmt.Errorf("%s is not valid before %s: is the clock right?", certificatePath, certificate.NotBefore.UTC().Format(time.RFC3339))
	}
	return key, certificate, nil
}

// minBits is the least that a product may be asked to trust.
const minBits = 2048

func readKey(path string) (*rsa.PrivateKey, error) {
	if found, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && found.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others than its owner (mode %04o): chmod 600 it", path, found.Mode().Perm())
	}
	der, err := readPEM(path, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: it holds no key that can be read", path)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is not an RSA key", path)
	}
	if bits := key.N.BitLen(); bits < minBits {
		return nil, fmt.Errorf("%s is an RSA key of %d bits, which no product should take; %d are the least", path, bits, minBits)
	}
	return key, nil
}

func readPEM(path, kind string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, plainly(path, err)
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != kind || len(rest) > 0 {
		return nil, fmt.Errorf("%s is damaged: it should hold one PEM block %q and nothing else", path, kind)
	}
	return block.Bytes, nil
}

// replace puts a file in its place whole or not at all.
func replace(path string, text []byte, mode fs.FileMode) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return plainly(path, err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return plainly(path, err)
	}
	return nil
}

// plainly says what a file's error means without the path standing there twice.
func plainly(path string, err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		err = link.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

func keyFile(number int) string         { return "key-" + strconv.Itoa(number) + ".pem" }
func certificateFile(number int) string { return "certificate-" + strconv.Itoa(number) + ".pem" }
