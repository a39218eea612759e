package report

import (
	"fmt"
	"strconv"
	"time"
)

// A Totals has the counts of a run.
type Totals struct {
	Read     int64 // documents that were read, also those with faults
	Rejected int64 // documents read that were rejected
	Filtered int64 // documents read that a stage did not want
	Mended   int64 // documents written with corrected lengths
	Partial  int64 // documents written without fields that have a fault
	Strays   int64 // faults between documents
	Holes    int64 // rejects that are not documents: bytes between documents, or the start of one
	In, Out  int64 // bytes, before compression
	// EscapedIn and EscapedOut are the numbers of keys that JSON spells with a
	// further $, in the input and in the output, of documents written.
	EscapedIn, EscapedOut int64
	Began                 time.Time
	// Checked says that the run writes nothing: documents that are not rejected
	// are valid.
	Checked bool
	// Compared says that the run writes nothing: documents that are not rejected are
	// compared with those of another input.
	Compared bool

	CompressedIn, CompressedOut int64 // bytes of files that are compressed

	// Verified is the number of documents that were compared with what was read back, and
	// SHA256In and SHA256Out are the sums of both; see proof.Sums. "": nothing was.
	Verified            int64
	SHA256In, SHA256Out string

	Namespaces, Files int64 // in an output that keeps namespaces apart, and in one of several files
}

// Written returns the number of documents in the output.
func (t Totals) Written() int64 { return t.Read - t.Rejected - t.Filtered }

// Faulty returns the number of faults that did not end the run.
func (t Totals) Faulty() int64 { return t.Rejected + t.Mended + t.Partial + t.Strays }

// A summary is the line of --summary json.
type summary struct {
	Read     int64   `json:"read"`               // documents
	Written  int64   `json:"written"`            // documents
	Rejected int64   `json:"rejected"`           // documents
	Filtered int64   `json:"filtered,omitempty"` // documents, because of --where and the like
	Mended   int64   `json:"mended,omitempty"`   // documents, of those written
	Partial  int64   `json:"partial,omitempty"`  // documents, of those written: fields with a fault were left out
	Strays   int64   `json:"strays,omitempty"`   // faults between documents
	BytesIn  int64   `json:"bytesIn"`
	BytesOut int64   `json:"bytesOut"`
	Seconds  float64 `json:"seconds"`

	CompressedIn  int64 `json:"compressedIn,omitempty"`
	CompressedOut int64 `json:"compressedOut,omitempty"`

	EscapedIn  int64 `json:"escapedIn,omitempty"`  // keys
	EscapedOut int64 `json:"escapedOut,omitempty"` // keys

	Namespaces int64 `json:"namespaces,omitempty"` // of an output that keeps them apart
	Files      int64 `json:"files,omitempty"`      // of an output of several files

	verification
}

// A verification is a part of the line of --summary json.
type verification struct {
	Verified  int64  `json:"verified,omitempty"`  // documents that were compared
	SHA256In  string `json:"sha256In,omitempty"`  // of them as BSON, as they were read
	SHA256Out string `json:"sha256Out,omitempty"` // of them as BSON, as they were read back
}

// A checkSummary is the line of --summary json for a run that writes nothing.
type checkSummary struct {
	Read     int64   `json:"read"`               // documents
	Valid    int64   `json:"valid"`              // documents
	Rejected int64   `json:"rejected"`           // documents: those with faults
	Filtered int64   `json:"filtered,omitempty"` // documents, because of --where and the like
	Strays   int64   `json:"strays,omitempty"`   // faults between documents
	BytesIn  int64   `json:"bytesIn"`
	Seconds  float64 `json:"seconds"`

	CompressedIn int64 `json:"compressedIn,omitempty"`
}

// A comparedSummary is the line of --summary json for a run that compares documents.
type comparedSummary struct {
	Read     int64   `json:"read"`               // documents
	Rejected int64   `json:"rejected"`           // documents: those with faults
	Filtered int64   `json:"filtered,omitempty"` // documents, because of --where and the like
	Strays   int64   `json:"strays,omitempty"`   // faults between documents
	BytesIn  int64   `json:"bytesIn"`
	Seconds  float64 `json:"seconds"`

	CompressedIn int64 `json:"compressedIn,omitempty"`

	verification
}

// Summarize writes the summary of t in the given form.
func (r Reporter) Summarize(t Totals, form Form) {
	took := time.Since(t.Began)
	if form == JSON {
		writeJSON(r.w, t.summary(took))
		return
	}
	r.line(r.palette.paint(r.palette.note, t.text(took)))
}

// summary returns the line of --summary json. took is the duration of the run.
func (t Totals) summary(took time.Duration) any {
	if t.Checked {
		return checkSummary{t.Read, t.Written() - t.Partial, t.Rejected + t.Partial, t.Filtered, t.Strays, t.In, took.Seconds(), t.CompressedIn}
	}
	back := verification{t.Verified, t.SHA256In, t.SHA256Out}
	if t.Compared {
		return comparedSummary{t.Read, t.Rejected, t.Filtered, t.Strays, t.In, took.Seconds(), t.CompressedIn, back}
	}
	return summary{t.Read, t.Written(), t.Rejected, t.Filtered, t.Mended, t.Partial, t.Strays, t.In, t.Out, took.Seconds(), t.CompressedIn, t.CompressedOut, t.EscapedIn, t.EscapedOut, t.Namespaces, t.Files, back}
}

// text returns the summary for people.
func (t Totals) text(took time.Duration) string {
	mended, filtered, strays, keys := "", t.filtered(), "", ""
	if t.Mended > 0 {
		mended = fmt.Sprintf(" (%d mended)", t.Mended)
	}
	if t.Partial > 0 {
		mended += fmt.Sprintf(" (%s without some fields)", grouped(t.Partial))
	}
	if t.Strays > 0 {
		strays = ", " + Plural(t.Strays, "fault") + " between documents"
	}
	if t.EscapedIn > 0 {
		keys += ", " + Plural(t.EscapedIn, "escaped key") + " read"
	}
	if t.EscapedOut > 0 {
		keys += ", " + Plural(t.EscapedOut, "escaped key") + " written"
	}
	if t.SHA256In != "" {
		keys += ", " + t.Verification()
	}
	if t.Checked {
		return fmt.Sprintf("%s read, %s valid, %s with faults%s%s; %s",
			Documents(t.Read), grouped(t.Written()-t.Partial), grouped(t.Rejected+t.Partial), filtered, strays, t.sizes(took))
	}
	if t.Compared {
		return fmt.Sprintf("%s read, %s rejected%s%s%s; %s",
			Documents(t.Read), grouped(t.Rejected), filtered, strays, keys, t.sizes(took))
	}
	return fmt.Sprintf("%s read, %s written%s, %s rejected%s%s%s; %s",
		Documents(t.Read), grouped(t.Written()), mended, grouped(t.Rejected), filtered, strays, keys, t.sizes(took))
}

// Verification returns the result of a verification, for people.
func (t Totals) Verification() string {
	sums := "SHA-256 " + t.SHA256In
	if t.SHA256In != t.SHA256Out {
		sums += " in, " + t.SHA256Out + " out"
	}
	return "verified " + Documents(t.Verified) + ": " + sums
}

// filtered returns the number of documents that were not selected, for people; "" if there
// are none.
func (t Totals) filtered() string {
	if t.Filtered == 0 {
		return ""
	}
	return ", " + grouped(t.Filtered) + " filtered"
}

// sizes returns the bytes and the duration of a run.
func (t Totals) sizes(took time.Duration) string {
	took = took.Round(time.Millisecond)
	if t.Checked || t.Compared {
		return fmt.Sprintf("%s in, %s", size(t.In), took)
	}
	out := ""
	if t.Namespaces > 0 {
		out = " in " + Plural(t.Namespaces, "namespace")
	}
	if t.Files > 0 {
		out += ", " + Plural(t.Files, "file")
	}
	return fmt.Sprintf("%s in, %s out%s, %s", size(t.In), size(t.Out), out, took)
}

// Conclude writes a line about a run without a fault. inputs is the name of the
// input for people, or how many inputs there are; "" leaves it out.
func (r Reporter) Conclude(t Totals, inputs string) {
	r.line(t.conclusion(inputs, time.Since(t.Began)))
}

// conclusion returns the line of Conclude.
func (t Totals) conclusion(inputs string, took time.Duration) string {
	if inputs != "" {
		inputs += ": "
	}
	valid := ""
	if t.Checked {
		valid = ", valid"
	}
	return fmt.Sprintf("%s%s%s%s; %s", inputs, Documents(t.Written()), valid, t.filtered(), t.sizes(took))
}

// size returns n bytes as text.
func size(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/1000, 0
	for v >= 999.95 {
		v, i = v/1000, i+1
	}
	return fmt.Sprintf("%.1f %cB", v, units[i])
}

// Documents returns n with its noun.
func Documents(n int64) string { return Plural(n, "document") }

// Plural returns n with noun, in the plural unless it is one.
func Plural(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return grouped(n) + " " + noun
}

// grouped returns n, a count for people, with commas between groups of three
// digits.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
