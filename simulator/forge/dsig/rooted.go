package dsig

import (
	"bytes"
	"crypto"
	"fmt"
	"math/big"
)

// Rooted makes the value that anybody can work out for an RSA key of a small public
// exponent, without the private key: the root of a number that begins as a padded digest
// does (RFC 8017 §9.2). With the exponent 1 it is that number, and the signature holds. With
// 3, what stands behind the digest is left to chance, and a product that does not look at
// the padding to its end believes it (CVE-2006-4339).
type Rooted struct {
	Bits     int // of the key
	Exponent int // 1 or 3
}

// Sign implements [Key].
func (k Rooted) Sign(algorithm string, octets []byte) ([]byte, error) {
	info, known := digestInfos[hashOf(algorithm)]
	if !known {
		return nil, fmt.Errorf("dsig: no padding is known for %s", algorithm)
	}
	size := k.Bits / 8
	end := append(append([]byte{0}, info...), Sum(algorithm, octets)...)
	filling := size - 2 - len(end)
	if k.Exponent > 1 {
		filling = 8 // as few as there may be
	}
	padded := append([]byte{0, 1}, append(bytes.Repeat([]byte{0xFF}, filling), end...)...)
	behind := uint(8 * (size - len(padded)))
	least := new(big.Int).Lsh(new(big.Int).SetBytes(padded), behind)
	root := rootAbove(least, k.Exponent)
	if power := pow(root, k.Exponent); power.Rsh(power, behind).Cmp(new(big.Int).SetBytes(padded)) != 0 {
		return nil, fmt.Errorf("dsig: a key of %d bits and exponent %d is too short to be got around", k.Bits, k.Exponent)
	}
	return root.FillBytes(make([]byte, size)), nil
}

// digestInfos are what stands before a digest, to say by which hash it is (RFC 8017 §9.2,
// note 1).
var digestInfos = map[crypto.Hash][]byte{
	crypto.SHA256: {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
}

// rootAbove is the least number whose power is not below n.
func rootAbove(n *big.Int, exponent int) *big.Int {
	low, high := new(big.Int), new(big.Int).Set(n)
	for low.Cmp(high) < 0 {
		middle := new(big.Int).Add(low, high)
		middle.Rsh(middle, 1)
		if pow(middle, exponent).Cmp(n) < 0 {
			low = middle.Add(middle, big.NewInt(1))
		} else {
			high = middle
		}
	}
	return low
}

func pow(n *big.Int, exponent int) *big.Int {
	return new(big.Int).Exp(n, big.NewInt(int64(exponent)), nil)
}
