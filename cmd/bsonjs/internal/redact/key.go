package redact

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"math/bits"
)

// This file has the cryptography:
//
//   - HKDF makes two keys from a secret of any length.
//   - HMAC-SHA256 makes a seed from the first key and a context: a label for the kind of
//     value, and the parts of the value that stay. HMAC is a pseudorandom function of
//     inputs of any length, so seeds of different contexts are unrelated.
//   - block is AES-256 under the second key, of 88 bits of the seed and a counter. So no
//     two uses have the same input, and the results are pseudorandom too. SHA-256 in place
//     of AES takes several times as long.
//   - move is a permutation of the numbers below n: a Feistel network as in NIST
//     SP 800-38G, with block as its round function. It keeps different values different,
//     so that a unique index stays unique. It is used if the values of a context are at
//     most 2^63.
//   - take returns the stream of blocks, for larger domains. There the context is the whole
//     value, and two values become equal with the probability of a collision of random
//     values of 88 bits.

// secretLabel separates the keys of this package from other uses of a secret. Its number
// changes if a value becomes another one than before.
const secretLabel = "bsonjs redact 1"

// A keys has the keys that a secret stands for.
type keys struct {
	mac    []byte
	cipher cipher.Block
}

// newKeys returns the keys of a secret.
func newKeys(secret []byte) (keys, error) {
	const size = 32 // of each
	both, err := hkdf.Key(sha256.New, secret, nil, secretLabel, 2*size)
	if err != nil {
		return keys{}, err
	}
	c, err := aes.NewCipher(both[size:])
	return keys{both[:size], c}, err
}

// A label is the first byte of a context. A number is that of a kind of value.
type label byte

const (
	labelText     label = iota + 1 // few letters: the context has the rest of the text
	labelLongText                  // the context is the text
	labelWhole                     // integers: sign and range
	labelFraction                  // numbers: sign, digits, exponent
	labelDouble                    // doubles of many digits: sign, digits, exponent
	labelDecimal                   // decimals of many digits: sign, exponent, digits
	labelBoolean
	labelObjectID // the id
	labelBytes    // few bytes: their number
	labelBinary   // the bytes
	labelVector   // the bytes of a vector, with its header
	labelDate     // month, time of the day
	labelTimestamp
	labelMonths // where months begin
)

// A keyed makes seeds. It is not safe for concurrent use.
type keyed struct {
	mac     hash.Hash
	cipher  cipher.Block
	context []byte // of the next seed
	sum     [sha256.Size]byte
	in, out [aes.BlockSize]byte // of block; in starts with the seed
	used    int                 // bytes of out that take has returned
	next    uint32              // number of the next block of take
}

// seedSize is the number of bytes of a seed. A use and a number follow it in a block.
const seedSize = aes.BlockSize - 1 - 4

func (k *keyed) init(of keys) { k.mac, k.cipher = hmac.New(sha256.New, of.mac), of.cipher }

// begin starts the context of a seed.
func (k *keyed) begin(l label) { k.context = append(k.context[:0], byte(l)) }

// add adds numbers to the context.
func (k *keyed) add(numbers ...uint64) {
	for _, n := range numbers {
		k.context = binary.LittleEndian.AppendUint64(k.context, n)
	}
}

// end makes the seed of the context, which ends in value. All that follows depends on it.
func (k *keyed) end(value []byte) {
	k.mac.Reset()
	k.mac.Write(k.context)
	k.mac.Write(value)
	k.mac.Sum(k.sum[:0])
	copy(k.in[:seedSize], k.sum[:])
	k.used, k.next = len(k.out), 0
}

// block makes out the keyed bytes of a number. Each use has a number of its own.
func (k *keyed) block(use byte, number uint32) {
	k.in[seedSize] = use
	binary.LittleEndian.PutUint32(k.in[seedSize+1:], number)
	k.cipher.Encrypt(k.out[:], k.in[:])
}

// streamUse is the use of blocks in the stream. Rounds use the numbers below.
const streamUse = 0xFF

// take returns the next n bytes of the stream, at most 8. They are valid until the next
// call. The stream has 2^36 bytes, which is more than a document can use.
func (k *keyed) take(n int) []byte {
	if k.used+n > len(k.out) {
		k.block(streamUse, k.next)
		k.used = 0
		k.next++
	}
	k.used += n
	return k.out[k.used-n : k.used]
}

// draw returns a number of the stream that is less than n. The numbers are uniform but
// for one part in 2^64/n.
func (k *keyed) draw(n uint64) uint64 {
	number, _ := bits.Mul64(binary.LittleEndian.Uint64(k.take(8)), n)
	return number
}

// fill overwrites b with bytes of the stream, in which the bits of keep are those of b. It
// reports whether b has changed.
func (k *keyed) fill(b []byte, keep func(i int) byte) (changed bool) {
	for i := range b {
		v := b[i] ^ (b[i]^k.take(1)[0])&^keep(i)
		changed = changed || v != b[i]
		b[i] = v
	}
	return changed
}

// smallDomain is the number of values from which on none becomes itself. In a smaller
// domain it may: to know that it cannot would be to know too much.
const smallDomain = 1000

// move returns the number below n, at most 2^63, that takes the place of x. It is a
// permutation for each seed.
func (k *keyed) move(x, n uint64) uint64 {
	if n < smallDomain {
		return k.permute(x, n)
	}
	return k.derange(x, n)
}

// derange is move without a fixed point: the next number in a secret order of all.
func (k *keyed) derange(x, n uint64) uint64 {
	at := k.permute(x, n) + 1
	if at == n {
		at = 0
	}
	return k.restore(at, n)
}

// rounds is the number of rounds of the network, as in FF1.
const rounds = 10

// permute applies the network until the result is below n. The network permutes the
// numbers below a·b, which are few more than n, so this is hardly ever twice.
func (k *keyed) permute(x, n uint64) uint64 {
	a, b := sides(n)
	for {
		l, r := x/b, x%b
		for i := byte(0); i < rounds; i += 2 {
			l = plus(l, k.round(i, r, a), a)
			r = plus(r, k.round(i+1, l, b), b)
		}
		if x = l*b + r; x < n {
			return x
		}
	}
}

// restore is the inverse of permute.
func (k *keyed) restore(x, n uint64) uint64 {
	a, b := sides(n)
	for {
		l, r := x/b, x%b
		for i := byte(rounds); i > 0; i -= 2 {
			r = plus(r, b-k.round(i-1, l, b), b)
			l = plus(l, a-k.round(i-2, r, a), a)
		}
		if x = l*b + r; x < n {
			return x
		}
	}
}

// round is the round function of the network. half is below 2^32, and the result below n.
func (k *keyed) round(i byte, half, n uint64) uint64 {
	k.block(i, uint32(half))
	number, _ := bits.Mul64(binary.LittleEndian.Uint64(k.out[:]), n)
	return number
}

// plus returns (a+b) mod n for a < n and b ≤ n.
func plus(a, b, n uint64) uint64 {
	if a += b; a >= n {
		a -= n
	}
	return a
}

// sides returns two numbers near the root of n, whose product is n or a little more.
func sides(n uint64) (a, b uint64) {
	a = uint64(math.Sqrt(float64(n)))
	for a*a < n {
		a++
	}
	return a, (n + a - 1) / a
}
