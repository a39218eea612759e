package outline

import (
	"bytes"
	"fmt"
	"html"
	"strconv"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// Markup is text with tags. It is made of constants and of the results of escape only, so
// no text of a document can become a tag, an attribute, a style or a script.
type markup string

// escape returns text for the content of an element or for an attribute in double quotes.
// Control characters, marks of direction and bytes that are not UTF-8 become escapes of
// Go, as on a terminal.
func escape(text string) markup { return markup(html.EscapeString(oneline.Escape(text))) }

// A htmlWriter writes markup.
type htmlWriter struct{ bytes.Buffer }

// add writes format with args at each %s: markup as it is, strings escaped, numbers with
// commas.
func (w *htmlWriter) add(format markup, args ...any) {
	safe := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case markup:
			safe[i] = string(arg)
		case string:
			safe[i] = string(escape(arg))
		case int:
			safe[i] = grouped(uint64(arg))
		case uint64:
			safe[i] = grouped(arg)
		default:
			panic(fmt.Sprintf("BUG: outline: %T in a page", arg))
		}
	}
	fmt.Fprintf(w, string(format), safe...)
}

// grouped returns n with a comma between groups of three digits.
func grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// plural returns n and the name of as many things.
func plural(n uint64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + one + "s"
}

// byteText returns n bytes in a unit that is easy to read.
func byteText(n float64) string {
	if n < 1024 {
		return grouped(uint64(n+0.5)) + " bytes"
	}
	unit := -1
	for ; n >= 1024 && unit < 5; unit++ {
		n /= 1024
	}
	return fmt.Sprintf("%.3g %ciB", n, "KMGTPE"[unit])
}
