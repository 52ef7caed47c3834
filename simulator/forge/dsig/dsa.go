package dsig

import (
	"crypto/rand"
	"encoding/base64"
	"math/big"

	"github.com/beevik/etree"
)

// DSA signs with a key that everybody may have: it stands here. The library has given
// the algorithm up, and so should everybody else.
type DSA struct{}

// The key: a prime of 1024 bits, the order of 160 of a subgroup, its generator, and
// what is secret in it (FIPS 186-2).
var (
	dsaP = hex("a9e6586db509492a746612ff95fa4186bf01e52af7e90949b26794c27a0ce83bf12eaf4ae6d5127bb285101d52a0f4e0" +
		"a8a9cc0c45ec06132fec289a0f069f3e61e43b837d4565c963b2fbb1a24607ed609acdf9ed885e45f64265d94ab05a98" +
		"02a5b6cad2071e9ff41fda9b202ac785e4b7db323d56099a26fc4cee5817990f")
	dsaQ = hex("f02c311ff60e76bcd8d2618b94e1d358bcf30259")
	dsaG = hex("8aa27a7c4878cd65bdc54936fa75cf09e9a1c09d5bfad4cea43a495cfffc8b12cf3d2c44ab50b2057fdd1a99e2370456" +
		"0f5d1651375270071b30bbd092064d227bfac1ca9a5e1e6db753c534364159b8a049089526bdfcbd47c3d9948183e822" +
		"d92bdb6f58a99fbc3b8255f3d431fc71b60920bdfc8297c8694fd0018fc75f4f")
	dsaX = hex("de48e6b1f16dd1e904442aa14f22e6db94c27895")
)

// Sign implements [Key]: r and s side by side, 20 bytes each (XML Signature §6.4.1).
func (DSA) Sign(algorithm string, octets []byte) ([]byte, error) {
	once, err := rand.Int(rand.Reader, new(big.Int).Sub(dsaQ, big.NewInt(1)))
	if err != nil {
		return nil, err
	}
	once.Add(once, big.NewInt(1))
	r := new(big.Int).Exp(dsaG, once, dsaP)
	r.Mod(r, dsaQ)
	s := new(big.Int).Mul(dsaX, r)
	s.Add(s, new(big.Int).SetBytes(Sum(algorithm, octets)[:20]))
	s.Mul(s, new(big.Int).ModInverse(once, dsaQ))
	s.Mod(s, dsaQ)
	value := make([]byte, 40)
	r.FillBytes(value[:20])
	s.FillBytes(value[20:])
	return value, nil
}

// KeyValue is a KeyInfo part with the key's public half.
func (DSA) KeyValue() *etree.Element {
	value := Element("KeyValue")
	key := value.CreateElement("ds:DSAKeyValue")
	for _, part := range []struct {
		name   string
		number *big.Int
	}{{"P", dsaP}, {"Q", dsaQ}, {"G", dsaG}, {"Y", new(big.Int).Exp(dsaG, dsaX, dsaP)}} {
		key.CreateElement("ds:" + part.name).SetText(base64.StdEncoding.EncodeToString(part.number.Bytes()))
	}
	return value
}

func hex(digits string) *big.Int {
	number, ok := new(big.Int).SetString(digits, 16)
	if !ok {
		panic("dsig: a number of ours is none")
	}
	return number
}
