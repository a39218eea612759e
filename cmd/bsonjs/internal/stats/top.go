package stats

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A Place is a document of an input.
type Place struct {
	Bytes  int64  `json:"bytes"` // of the document, or of a value in it
	Input  string `json:"input"`
	Space  string `json:"ns,omitempty"`
	Number int64  `json:"number,omitempty"` // from 1; 0: not known
	Offset int64  `json:"offset"`           // of the document in the input
	Order  int64  `json:"-"`                // number of the input
}

// earlier compares the order of p and q in the run.
func earlier(p, q Place) int {
	return cmp.Or(cmp.Compare(p.Order, q.Order), cmp.Compare(p.Offset, q.Offset), cmp.Compare(p.Number, q.Number))
}

// smaller reports whether p comes before q: it has fewer bytes, or as many and is earlier.
func smaller(p, q Place) bool {
	return cmp.Or(cmp.Compare(p.Bytes, q.Bytes), earlier(p, q)) < 0
}

// A Field is a value of a document, or, without a type, the document itself.
type Field struct {
	Place
	Type string `json:"type,omitempty"`
	Path string `json:"path,omitempty"` // JSON Pointer
}

// before reports whether f comes before g in a top: it is larger, or as large and earlier,
// or in the same document. Those of one document are added in their order.
func (f Field) before(g Field) bool {
	return cmp.Or(cmp.Compare(g.Bytes, f.Bytes), earlier(f.Place, g.Place)) <= 0
}

// most is the number of documents and fields that are kept.
const most = 10

// A top has the largest fields, in order.
type top struct {
	fields []Field
	over   int // bytes that the next one must exceed
}

func (t *top) init() { t.fields, t.over = t.fields[:0], -1 }

// wants reports whether a field of n bytes, which is later than the others, is one of the
// largest.
func (t *top) wants(n int) bool { return n > t.over }

// add adds f, if it is one of the largest.
func (t *top) add(f Field) {
	at := sort.Search(len(t.fields), func(i int) bool { return !t.fields[i].before(f) })
	if at == most {
		return
	}
	if len(t.fields) == most {
		t.fields = t.fields[:most-1]
	}
	if t.fields = slices.Insert(t.fields, at, f); len(t.fields) == most {
		t.over = int(t.fields[most-1].Bytes)
	}
}

// merge adds the fields of o, with their places moved.
func (t *top) merge(o *top, move func(*Place)) {
	for _, f := range o.fields {
		move(&f.Place)
		t.add(f)
	}
}

// maxPath is the length of a path that is kept, in bytes. The rest is left out.
const maxPath = 256

// pathOf returns the JSON Pointer of the value with the given key below others.
func pathOf(above [][]byte, name []byte) string {
	var b []byte
	for _, key := range above {
		if b = bsoncore.AppendPointer(b, key); len(b) > maxPath {
			break
		}
	}
	if len(b) <= maxPath {
		b = bsoncore.AppendPointer(b, name[:min(len(name), maxPath+1)])
	}
	if len(b) > maxPath {
		b = append(b[:maxPath], "…"...)
	}
	return strings.ToValidUTF8(string(b), "�")
}
