package decimal128

// This file orders Decimals: by value, and by IEEE 754's total order, in which
// 1.00 is below 1.0 and NaNs have their places. Both read a non-canonical
// encoding as zero.

// Compare returns -1, 0 or +1 as d is below, equal to or above e in value: 1.0
// and 1.00 are equal, and so are -0 and 0. As in cmp.Compare and in MongoDB's
// sort order, a NaN of any kind is equal to every other and below all numbers,
// negative infinity included, so Compare orders any two Decimals.
func (d Decimal) Compare(e Decimal) int {
	if d.IsNaN() || e.IsNaN() {
		return boolToInt(e.IsNaN()) - boolToInt(d.IsNaN())
	}
	return d.compareNumbers(e)
}

// Equal reports whether d and e are equal in value: 1.0 and 1.00 are, and so
// are -0 and 0. A NaN is equal to no value, not even to itself. Use == to
// compare all bits. Source: IEEE 754-2008, 5.11, compareQuietEqual.
func (d Decimal) Equal(e Decimal) bool {
	return !d.IsNaN() && !e.IsNaN() && d.compareNumbers(e) == 0
}

// Less reports whether d is below e in value; with a NaN it is false. Source:
// IEEE 754-2008, 5.11, compareQuietLess.
func (d Decimal) Less(e Decimal) bool {
	return !d.IsNaN() && !e.IsNaN() && d.compareNumbers(e) < 0
}

// compareNumbers is Compare for everything but NaNs.
func (d Decimal) compareNumbers(e Decimal) int {
	if d.IsInf() || e.IsInf() {
		m, n := d.infSign(), e.infSign()
		return boolToInt(m > n) - boolToInt(m < n)
	}
	a, x := d.unpack()
	b, y := e.unpack()
	s, t := signOf(d, a), signOf(e, b)
	if s != t {
		return boolToInt(s > t) - boolToInt(s < t)
	}
	return s * compareMagnitudes(a, x, b, y)
}

// infSign returns -1 or +1 for infinities and 0 for numbers.
func (d Decimal) infSign() int {
	if !d.IsInf() {
		return 0
	}
	return d.unitSign()
}

// unitSign returns -1 if the sign bit is set, else +1.
func (d Decimal) unitSign() int { return 1 - 2*int(d.hi>>63) }

// signOf returns the sign, -1, 0 or +1, of a number d with coefficient coef.
func signOf(d Decimal, coef uint128) int {
	if coef.isZero() {
		return 0
	}
	return d.unitSign()
}

// compareMagnitudes compares a·10^x with b·10^y, neither of them zero.
func compareMagnitudes(a uint128, x int, b uint128, y int) int {
	if x == y {
		return a.compare(b)
	}
	m, n := x+a.digits(), y+b.digits()
	switch {
	case m < n:
		return -1
	case m > n:
		return 1
	case x > y: // b has x-y digits more than a, so a can be made as long
		return a.mul(pow10[x-y]).compare(b)
	}
	return a.compare(b.mul(pow10[y-x]))
}

// CompareTotal returns -1, 0 or +1 as d is before, the same as or after e in
// the total order of IEEE 754: -NaN, -sNaN, -Infinity, negative numbers, -0, 0,
// positive numbers, Infinity, sNaN, NaN. Of equal positive numbers the one with
// the lesser exponent comes first (1.00 before 1.0), of signalling or quiet
// NaNs the one with the lesser payload; negative ones are the mirror image. It
// returns 0 only for Decimals with the same canonical encoding. For the order
// of magnitudes compare d.Abs() with e.Abs(). Source: IEEE 754-2008, 5.10.
func (d Decimal) CompareTotal(e Decimal) int {
	if d.Signbit() != e.Signbit() {
		return boolToInt(e.Signbit()) - boolToInt(d.Signbit())
	}
	return d.unitSign() * compareTotalMagnitudes(d, e)
}

// compareTotalMagnitudes is CompareTotal without regard to signs.
func compareTotalMagnitudes(d, e Decimal) int {
	if p, q := d.totalRank(), e.totalRank(); p != q {
		return boolToInt(p > q) - boolToInt(p < q)
	}
	if d.IsNaN() {
		dh, dl := d.Payload()
		eh, el := e.Payload()
		return uint128{dh, dl}.compare(uint128{eh, el})
	}
	if d.IsInf() {
		return 0
	}
	a, x := d.unpack()
	b, y := e.unpack()
	if !a.isZero() { // nor is b, which has the same rank
		if order := compareMagnitudes(a, x, b, y); order != 0 {
			return order
		}
	}
	return boolToInt(x > y) - boolToInt(x < y)
}

// totalRank returns the place of the kind of d among positive values: zero,
// other numbers, infinity, signalling NaN, quiet NaN.
func (d Decimal) totalRank() int {
	switch {
	case d.IsSignaling():
		return 3
	case d.IsNaN():
		return 4
	case d.IsInf():
		return 2
	}
	coef, _ := d.unpack()
	return boolToInt(!coef.isZero())
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
