// Package decimal128 holds, reads, writes, orders and converts the 34-digit
// decimal numbers of BSON: IEEE 754-2008 decimal128 in the binary integer (BID)
// encoding.
//
//	d, err := decimal128.Parse("9.99") // exact, or an error that says where
//	dst = d.Append(dst)                // the spelling that BSON prescribes
//	d, cond, err := decimal128.ParseRounded(text, decimal128.ToNearestEven)
//	v, exponent, err := d.ScaledBigInt() // to calculate with, as package shopspring does
//
// # Exactness
//
// A Decimal keeps every bit of its encoding: trailing zeros (1.0 and 1.00 are
// two Decimals of one value), the sign of zeros, the payloads of NaNs, and
// encodings that are not canonical, which read as zero. A function returns an
// exact result, or an error that names the loss. Only three functions round:
// ParseRounded, Quantize, NearestFloat64.
//
// # Equality
//
// There are four. == compares bits. Equal and Compare compare values;
// CompareTotal compares values and then exponents. Reduce makes keys for maps.
// Packages that use an Equal method, such as go-cmp, treat 1.0 and 1.00 as
// equal: pass them a comparer with == if the difference matters.
//
// # Errors and cost
//
// Errors are *SyntaxError and *ValueError, with an offset into the text, and
// *ConversionError; all match one of the sentinels with errors.Is. Parse,
// Append and the comparisons do not allocate. No function's cost grows with the
// magnitude of an exponent in its input, except that BigInt, Rat and the Plain
// notation have up to some six thousand digits to write.
//
// Source: IEEE 754-2008; General Decimal Arithmetic 1.70; BSON Decimal128
// specification.
package decimal128
