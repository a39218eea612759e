// Package numtext is the text of numbers, and the only package of the module
// that knows how doubles are spelled and read. It knows nothing of BSON.
//
// [AppendDouble] and its siblings write the shortest decimal that reads back as
// the same bits, by exact scaling for short decimals and Schubfach for the
// others. [Scan] reads the text of a JSON number, and [Number.Double] rounds it
// to the nearest double, ties to even, whatever its length: in hardware where
// both operands are exact, by Eisel-Lemire, and by comparing whole integers
// where 19 digits cannot decide. The tests hold all of it to package strconv,
// which works by other algorithms and is slower.
package numtext
