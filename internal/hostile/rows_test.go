package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/bson/timeseries"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/internal/textcut"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file has the calls that are measured for each row of docs/limits.md.

// A call is measured for one row.
type call struct {
	row     string // the first cell of the row, without backticks
	formats []Format
	// ready returns the function to measure for an input. The function returns all
	// values that the caller keeps. nil: the row does not apply to the input.
	ready func(data []byte) func() any
}

// direct returns a ready that needs no preparation.
func direct(f func(data []byte) any) func(data []byte) func() any {
	return func(data []byte) func() any {
		return func() any { return f(data) }
	}
}

// A held is a result and its error. The caller may keep both.
type held struct {
	value any
	err   error
}

var (
	documents = []Format{BSON}
	inRows    = []Format{BSON, Stream}
	ofText    = []Format{JSON}
	lenient   = []Format{JSON, Legacy, Shell}
	manyTexts = []Format{JSON, Lines}
	ofPython  = []Format{Pickle}
)

// A record is a struct for the documents of the shapes.
type record struct {
	A any               `bson:"a"`
	N *record           `bson:""`
	M map[string]record `bson:"m"`
}

func unmarshal[T any](o bson.DecodeOptions) func(data []byte) func() any {
	return direct(func(data []byte) any {
		v := new(T)
		err := o.Unmarshal(data, v)
		return held{v, err}
	})
}

// decoded returns a ready that decodes data before the measurement.
func decoded(f func(d bson.D) any) func(data []byte) func() any {
	return func(data []byte) func() any {
		var d bson.D
		if bson.Unmarshal(data, &d) != nil {
			return nil
		}
		return func() any { return f(d) }
	}
}

// followed reads the first block of an archive as a piece, which the Reader follows.
func followed(data []byte) any {
	r := archive.NewReader(bytes.NewReader(data))
	r.Next()
	from, ok := r.Place()
	if !ok {
		return held{r, r.Err()}
	}
	p, piece := archive.ReadOptions{}.NewPieceReader(), data[r.Consumed():]
	p.Reset(piece, from)
	for p.Next() {
	}
	r.Follow(piece[:p.End()], nil)
	return held{r, p.Err()}
}

// archived returns a ready that puts data in the block of an archive before the
// measurement.
func archived(f func(data []byte) any) func(data []byte) func() any {
	return func(data []byte) func() any {
		var out bytes.Buffer
		w := archive.NewWriter(&out, archive.Header{}, nil)
		if w.Begin(archive.Namespace{DB: "d", Collection: "c"}) != nil {
			return nil
		}
		out.Write(data)
		if w.Close() != nil {
			return nil
		}
		return func() any { return f(out.Bytes()) }
	}
}

// bucketed returns a ready that makes data the reference document of a column of a
// bucket before the measurement.
func bucketed(f func(bucket []byte) any) func(data []byte) func() any {
	return func(data []byte) func() any {
		doc, mark := bsoncore.Begin(nil)
		doc, control := bsoncore.BeginDocument(doc, "control")
		doc = bsoncore.End(bsoncore.AppendInt32(doc, "version", 2), control)
		doc, columns := bsoncore.BeginDocument(doc, "data")
		column := append(append([]byte{0xf1}, data...), make([]byte, 32)...)
		doc = bsoncore.AppendBinary(doc, "a", bsoncore.BinaryColumn, column)
		doc = bsoncore.End(bsoncore.End(doc, columns), mark)
		return func() any { return f(doc) }
	}
}

// compiled returns a ready that compiles the filter that filter makes of the data.
func compiled(filter func(data []byte) []byte) func(data []byte) func() any {
	return func(data []byte) func() any {
		doc := filter(data)
		return func() any {
			f, err := query.Compile(doc, query.Options{})
			return held{f, err}
		}
	}
}

// operated returns a filter with an operator whose operand has the elements of data.
func operated(operator string, data []byte) []byte {
	dst, mark := bsoncore.Begin(nil)
	dst, field := bsoncore.BeginDocument(dst, "a")
	return bsoncore.End(bsoncore.End(bsoncore.AppendArray(dst, operator, data), field), mark)
}

// divided returns a filter with an operator that has a filter for each element of data.
func divided(operator string, data []byte) []byte {
	dst, mark := bsoncore.Begin(nil)
	dst, list := bsoncore.BeginArray(dst, operator)
	for c := bson.NewCursor(data); c.Next(); {
		var clause int
		dst, clause = bsoncore.BeginDocument(dst, "0")
		dst = bsoncore.End(bsoncore.AppendValue(dst, string(c.Key()), c.Type(), c.Data()), clause)
	}
	return bsoncore.End(bsoncore.End(dst, list), mark)
}

// named returns a document that has the keys of data, with the value 1.
func named(data []byte) []byte {
	dst, mark := bsoncore.Begin(nil)
	for c := bson.NewCursor(data); c.Next(); {
		dst = bsoncore.AppendInt32(dst, string(c.Key()), 1)
	}
	return bsoncore.End(dst, mark)
}

// described returns a ready that makes a Schema of the data before the measurement.
func described(f func(s *schema.Schema) any) func(data []byte) func() any {
	return func(data []byte) func() any {
		s := schema.New(schema.Options{})
		if s.Add(data) != nil {
			return nil
		}
		return func() any { return f(s) }
	}
}

// printed returns a ready that compiles the data as a filter, or the data as operand of
// $in, before the measurement.
func printed(print func(f *query.Filter) any) func(data []byte) func() any {
	return func(data []byte) func() any {
		f, err := query.Compile(data, query.Options{})
		if err != nil {
			f, err = query.Compile(operated("$in", data), query.Options{})
		}
		if err != nil {
			return nil
		}
		return func() any { return print(f) }
	}
}

func appendJSON(o extjson.EncodeOptions) func(data []byte) func() any {
	return direct(func(data []byte) any {
		text, err := o.AppendJSON(nil, data)
		return held{text, err}
	})
}

func appendBSON(o extjson.DecodeOptions) func(data []byte) func() any {
	return direct(func(text []byte) any {
		doc, _, err := o.AppendBSONValue(nil, text)
		return held{doc, err}
	})
}

func appendPickle(o pickle.EncodeOptions) func(data []byte) func() any {
	return direct(func(data []byte) any {
		out, err := o.AppendPickle(nil, data)
		return held{out, err}
	})
}

// A reader is a stream of documents in any format.
type reader interface {
	Next() bool
	Err() error
	Resync(w io.Writer) bool
}

// through reads all of r, damage included.
func through(r reader) any {
	for {
		for r.Next() {
		}
		if r.Err() == nil || !r.Resync(nil) {
			return r
		}
	}
}

func count[T any](s func(func(T) bool)) (n int) {
	for range s {
		n++
	}
	return n
}

func count2[K, V any](s func(func(K, V) bool)) (n int) {
	for range s {
		n++
	}
	return n
}

var allRules = bson.ValidateOptions{
	RejectEmptyKeys: true, RejectDottedKeys: true, RejectDollarKeys: true, RejectDuplicateKeys: true, RejectWrongArrayKeys: true,
}

var calls = []call{
	{"bson.Validate", documents, direct(func(data []byte) any { return bson.Validate(data) })},
	{"bson.Validate with RejectDuplicateKeys", documents, direct(func(data []byte) any {
		return bson.ValidateOptions{RejectDuplicateKeys: true}.Validate(data)
	})},
	{"bson.ValidateOptions.Faults, all rules", documents, direct(func(data []byte) any { return count(allRules.Faults(data)) })},
	{"replace.Document, in bsonjs", documents, direct(func(data []byte) any {
		out, err := replace.Document(nil, data, 0)
		return held{out, err}
	})},
	{"bson.Raw.Elements", documents, direct(func(data []byte) any {
		elements, err := bson.Raw(data).Elements()
		return held{elements, err}
	})},
	{"bson.Raw.Values", documents, direct(func(data []byte) any {
		values, err := bson.Raw(data).Values()
		return held{values, err}
	})},
	{"bson.ReadDocument", documents, direct(func(data []byte) any {
		doc, err := bson.ReadDocument(bytes.NewReader(data))
		return held{doc, err}
	})},
	{"bson.Raw.All", documents, direct(func(data []byte) any { return count2(bson.Raw(data).All()) })},
	{"bson.Raw.LookupErr", documents, direct(func(data []byte) any {
		v, err := bson.Raw(data).LookupErr("a", "nothing")
		return held{v, err}
	})},
	{"bson.Raw.Compare", documents, direct(func(data []byte) any {
		n, err := bson.Raw(data).Compare(data)
		return held{n, err}
	})},
	{"bson.Compare of any values", documents, decoded(func(d bson.D) any {
		n, err := bson.Compare(d, d)
		return held{n, err}
	})},
	{"bson.Raw.String", documents, direct(func(data []byte) any { return bson.Raw(data).String() })},
	{"bson.D.String", documents, decoded(func(d bson.D) any { return d.String() })},
	{"bson.D.MarshalJSON", documents, decoded(func(d bson.D) any {
		text, err := d.MarshalJSON()
		return held{text, err}
	})},
	{"bson.Raw.MarshalJSON", documents, direct(func(data []byte) any {
		text, err := bson.Raw(data).MarshalJSON()
		return held{text, err}
	})},
	{"bson.D.LogValue", documents, decoded(func(d bson.D) any { return d.LogValue() })},
	{"bson.D.UnmarshalJSON", ofText, direct(func(text []byte) any {
		var d bson.D
		err := json.Unmarshal(text, &d)
		return held{d, err}
	})},
	{"bson.Raw.UnmarshalJSON", ofText, direct(func(text []byte) any {
		var r bson.Raw
		err := json.Unmarshal(text, &r)
		return held{r, err}
	})},
	{"bsoncore.MendLengths", inRows, direct(func(data []byte) any {
		doc, mended, err := bsoncore.MendLengths(nil, data)
		return []any{doc, mended, err}
	})},
	{"bson.Unmarshal into any", documents, unmarshal[any](bson.DecodeOptions{})},
	{"bson.Unmarshal into any, all as M, with DBRefs", documents, unmarshal[any](bson.DecodeOptions{DocumentType: bson.DocumentsAsM, DBRefs: true})},
	{"bson.Unmarshal into D", documents, unmarshal[bson.D](bson.DecodeOptions{})},
	{"bson.Unmarshal into D, RejectDuplicateKeys", documents, unmarshal[bson.D](bson.DecodeOptions{RejectDuplicateKeys: true})},
	{"bson.Unmarshal into M", documents, unmarshal[bson.M](bson.DecodeOptions{})},
	{"bson.Unmarshal into a struct", documents, unmarshal[record](bson.DecodeOptions{})},
	{"bson.Unmarshal into map[string]T, T of 32 bytes", documents, unmarshal[map[string]record](bson.DecodeOptions{})},
	{"bson.Unmarshal into map[string]RawValue", documents, unmarshal[map[string]bson.RawValue](bson.DecodeOptions{})},
	{"bson.Unmarshal into Raw", documents, unmarshal[bson.Raw](bson.DecodeOptions{})},
	{"bson.Marshal of D", documents, decoded(func(d bson.D) any {
		out, err := bson.Marshal(d)
		return held{out, err}
	})},
	{"bson.Marshal of M", documents, func(data []byte) func() any {
		var m bson.M
		if bson.Unmarshal(data, &m) != nil {
			return nil
		}
		return func() any {
			out, err := bson.Marshal(m)
			return held{out, err}
		}
	}},
	{"bson.Marshal of Raw", documents, direct(func(data []byte) any {
		out, err := bson.Marshal(bson.Raw(data))
		return held{out, err}
	})},
	{"bson.Encoder", documents, decoded(func(d bson.D) any {
		e := bson.NewEncoder(io.Discard)
		return held{e, e.Encode(d)}
	})},
	{"archive.Reader", inRows, archived(func(data []byte) any { return through(archive.NewReader(bytes.NewReader(data))) })},
	{"archive.Reader.Follow", inRows, archived(followed)},
	{"archive.Writer.Write", documents, direct(func(data []byte) any {
		w := archive.NewWriter(io.Discard, archive.Header{}, nil)
		return held{w, w.Write(archive.Namespace{DB: "d", Collection: "c"}, data)}
	})},
	{"archive.Writer.WriteAll", documents, direct(func(data []byte) any {
		w := archive.NewWriter(io.Discard, archive.Header{}, nil)
		return held{w, w.WriteAll(archive.Namespace{DB: "d", Collection: "c"}, data)}
	})},
	{"timeseries.Unpack", documents, bucketed(func(bucket []byte) any {
		u := timeseries.Options{}.NewUnpacker()
		return held{u, u.Reset(bucket)}
	})},
	{"bson.Decoder", inRows, direct(func(data []byte) any { return through(bson.NewDecoder(bytes.NewReader(data))) })},
	{"bson.DecodeOptions.Split", inRows, direct(func(data []byte) any {
		n, ok := bson.DecodeOptions{}.Split(data)
		return []any{n, ok}
	})},

	{"query.Compile", documents, compiled(func(data []byte) []byte { return data })},
	{"query.Compile of $in", documents, compiled(func(data []byte) []byte { return operated("$in", data) })},
	{"query.Compile of $or", documents, compiled(func(data []byte) []byte { return divided("$or", data) })},
	{"query.Parse", append(ofText, Shell), direct(func(text []byte) any {
		f, err := query.Parse(text, query.Options{})
		return held{f, err}
	})},
	{"query.Filter.Match", documents, func(data []byte) func() any {
		f, err := query.Parse([]byte(`{"0.0.0": {$ne: 1}, a: {$in: [1, {b: 1}]}, "a.a": {$elemMatch: {$gt: [null]}}, $or: [{"": 1}, {"/a": /x/}]}`), query.Options{})
		if err != nil {
			panic(err)
		}
		return func() any {
			match, err := f.Match(data)
			return held{match, err}
		}
	}},
	{"query.CompileSort", documents, func(data []byte) func() any {
		order := named(data)
		return func() any {
			s, err := query.CompileSort(order, query.Options{})
			return held{s, err}
		}
	}},
	{"query.CompileProjection", documents, func(data []byte) func() any {
		projection := named(data)
		return func() any {
			p, err := query.CompileProjection(projection, query.Options{})
			return held{p, err}
		}
	}},
	{"query.CompileEdit", documents, func(data []byte) func() any {
		edit, mark := bsoncore.Begin(nil)
		edit = bsoncore.AppendDocument(edit, "$set", named(data))
		edit = bsoncore.End(edit, mark)
		return func() any {
			e, err := query.CompileEdit(edit, query.Options{})
			return held{e, err}
		}
	}},
	{"query.CompilePaths", documents, func(data []byte) func() any {
		paths := named(data)
		return func() any {
			p, err := query.CompilePaths(paths, query.Options{})
			return held{p, err}
		}
	}},
	{"query.Paths.Visit", documents, func(data []byte) func() any {
		list, mark := bsoncore.Begin(nil)
		for _, path := range []string{"a.a.a", "0.0", "a.b", "a.0.0", ""} {
			list = bsoncore.AppendNull(list, path)
		}
		p, err := query.CompilePaths(bsoncore.End(list, mark), query.Options{})
		if err != nil {
			panic(err)
		}
		return func() any {
			c := bsoncore.NewCursor(data)
			n := 0
			p.Visit(&c, func(int) { n++ })
			return held{n, c.Err()}
		}
	}},
	{"query.ParseSort", append(ofText, Shell), direct(func(text []byte) any {
		s, err := query.ParseSort(text, query.Options{})
		return held{s, err}
	})},
	{"query.Sort.AppendKey", documents, func(data []byte) func() any {
		s, err := query.ParseSort([]byte(`{a: 1, "a.a": -1, "0.0.0": 1, "": -1}`), query.Options{})
		if err != nil {
			panic(err)
		}
		return func() any {
			key, err := s.AppendKey(nil, data)
			return held{key, err}
		}
	}},
	{"query.Sort.AppendValues", documents, func(data []byte) func() any {
		s, err := query.ParseSort([]byte(`{a: 1, "a.a": -1, "0.0.0": 1, "": -1}`), query.Options{})
		if err != nil {
			panic(err)
		}
		return func() any {
			key, err := s.AppendValues(nil, data)
			return held{key, err}
		}
	}},
	{"query.Projection.Append", documents, func(data []byte) func() any {
		p, err := query.ParseProjection([]byte(`{"a.a.a": 0, "0.0": 0, b: 0}`), query.Options{})
		if err != nil {
			panic(err)
		}
		return func() any {
			doc, err := p.Append(nil, data)
			return held{doc, err}
		}
	}},
	{"query.Edit.Append", documents, func(data []byte) func() any {
		e, err := query.ParseEdit([]byte(`{$unset: {"a.a.a": 1, "0.0": 1}, $retype: {b: "string"}, $rename: {"": "x", "a.b": "c.d.e"}}`), query.Options{})
		if err != nil {
			panic(err)
		}
		return func() any {
			doc, err := e.Append(nil, data)
			return held{doc, err}
		}
	}},
	{"schema.Schema.Add", documents, direct(func(data []byte) any {
		s := schema.New(schema.Options{})
		err := s.Add(data)
		return held{s, err}
	})},
	{"schema.Schema.Merge", documents, described(func(s *schema.Schema) any {
		m := schema.New(schema.Options{})
		err := m.Merge(s)
		return held{m, err}
	})},
	{"schema.Schema.Paths", documents, described(func(s *schema.Schema) any { return s.Root() })},
	{"schema.Schema.AppendJSON", documents, described(func(s *schema.Schema) any { return s.AppendJSON(nil) })},
	{"schema.Schema.AppendJSONSchema", documents, described(func(s *schema.Schema) any {
		return s.AppendJSONSchema(nil, schema.JSONSchemaOptions{Strict: true})
	})},
	{"query.Filter.Explain", documents, printed(func(f *query.Filter) any { return f.Explain() })},
	{"query.Filter.String", documents, printed(func(f *query.Filter) any { return f.String() })},

	{"extjson.AppendJSON", documents, appendJSON(extjson.EncodeOptions{})},
	{"extjson.AppendJSON, Canonical", documents, appendJSON(extjson.EncodeOptions{Mode: extjson.Canonical})},
	{"extjson.AppendJSON, Canonical, LibbsonSpacing", documents, appendJSON(extjson.EncodeOptions{Mode: extjson.Canonical, Spacing: extjson.LibbsonSpacing})},
	{"extjson.AppendJSON, Legacy", documents, appendJSON(extjson.EncodeOptions{Mode: extjson.Legacy, Spacing: extjson.PythonSpacing})},
	{"extjson.AppendJSON, Shell", documents, appendJSON(extjson.EncodeOptions{Mode: extjson.Shell})},
	{"extjson.AppendJSON, SemiRelaxed", documents, appendJSON(extjson.EncodeOptions{Mode: extjson.SemiRelaxed})},
	{"extjson.AppendJSON, Plain and Lossy", documents, appendJSON(extjson.EncodeOptions{Mode: extjson.Plain, Lossy: true})},
	{"extjson.AppendJSON, UTF8Replace and AsIs", documents, appendJSON(extjson.EncodeOptions{InvalidUTF8: bson.UTF8Replace, AmbiguousKeys: extjson.AsIs})},
	{"extjson.AppendJSON, Escape", documents, appendJSON(extjson.EncodeOptions{AmbiguousKeys: extjson.Escape})},
	{"extjson.CountEscaped", documents, direct(func(data []byte) any { return extjson.CountEscaped(data) })},
	{"extjson.AppendJSON, ASCII", documents, appendJSON(extjson.EncodeOptions{ASCII: true, EscapeHTML: true})},
	{"extjson.AppendJSON, RejectLossy", documents, appendJSON(extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true})},
	{"extjson.AppendJSON, SortKeys", documents, appendJSON(extjson.EncodeOptions{SortKeys: true})},
	{"extjson.AppendJSON, Indent of two blanks", documents, appendJSON(extjson.EncodeOptions{Indent: "  "})},
	{"extjson.AppendJSON, SortKeys and Indent of two blanks", documents, appendJSON(extjson.EncodeOptions{SortKeys: true, Indent: "  "})},
	{"extjson.AppendJSON, MaxLen of 200 bytes", documents, appendJSON(extjson.EncodeOptions{MaxLen: 200})},
	{"extjson.AppendJSON, MaxLen and SortKeys", documents, appendJSON(extjson.EncodeOptions{MaxLen: 200, SortKeys: true})},
	{"extjson.AppendJSON, MaxTextSize of 1,000 bytes", documents, appendJSON(extjson.EncodeOptions{MaxTextSize: 1000, Indent: "  "})},
	{"extjson.WriteJSON", documents, direct(func(data []byte) any { return extjson.WriteJSON(io.Discard, data) })},
	{"extjson.WriteJSON, SortKeys and Indent of two blanks", documents, direct(func(data []byte) any {
		return extjson.EncodeOptions{SortKeys: true, Indent: "  "}.WriteJSON(io.Discard, data)
	})},
	{"extjson.Encoder", documents, direct(func(data []byte) any {
		e := extjson.NewEncoder(io.Discard)
		return held{e, e.EncodeRaw(data)}
	})},
	{"extjson.Marshal", documents, decoded(func(d bson.D) any {
		text, err := extjson.Marshal(d)
		return held{text, err}
	})},
	{"extjson.AppendBSON", ofText, appendBSON(extjson.DecodeOptions{})},
	{"extjson.AppendBSON, UTF8Replace", ofText, appendBSON(extjson.DecodeOptions{InvalidUTF8: bson.UTF8Replace})},
	{"extjson.AppendBSON, Legacy", lenient, appendBSON(extjson.DecodeOptions{Legacy: true})},
	{"extjson.AppendBSON, Shell", lenient, appendBSON(extjson.DecodeOptions{Shell: true})},
	{"extjson.AppendBSON, Legacy and Shell", lenient, appendBSON(extjson.DecodeOptions{Legacy: true, Shell: true})},
	{"extjson.Decoder", manyTexts, direct(func(text []byte) any { return through(extjson.NewDecoder(bytes.NewReader(text))) })},
	{"extjson.Decoder, Legacy and Shell", append(manyTexts, Legacy, Shell), direct(func(text []byte) any {
		return through(extjson.DecodeOptions{Legacy: true, Shell: true}.NewDecoder(bytes.NewReader(text)))
	})},
	{"textcut.Splitter, in bsonjs", append(manyTexts, Shell), direct(func(text []byte) any {
		s := textcut.NewSplitter(textcut.Start, true, math.MaxInt)
		for n := s.Split(text); n > 0; n = s.Split(text) {
			text = text[n:]
		}
		return s
	})},
	{"extjson.Unmarshal into any", ofText, direct(func(text []byte) any {
		var v any
		err := extjson.UnmarshalValue(text, &v)
		return held{v, err}
	})},
	{"extjson.Values", manyTexts, direct(func(text []byte) any { return count2(extjson.Values[bson.D](bytes.NewReader(text))) })},
	{"extjson.Compact", ofText, direct(func(text []byte) any {
		out, err := extjson.Compact(nil, text)
		return held{out, err}
	})},
	{"extjson.Indent by two blanks", ofText, direct(func(text []byte) any {
		out, err := extjson.Indent(nil, text, "  ")
		return held{out, err}
	})},

	{"pickle.AppendBSON", ofPython, direct(func(data []byte) any {
		doc, _, err := pickle.AppendBSONValue(nil, data)
		return held{doc, err}
	})},
	{"pickle.AppendBSON, UnknownDescribe", ofPython, direct(func(data []byte) any {
		doc, _, err := pickle.DecodeOptions{Unknown: pickle.UnknownDescribe}.AppendBSONValue(nil, data)
		return held{doc, err}
	})},
	{"pickle.Decoder", ofPython, direct(func(data []byte) any { return through(pickle.NewDecoder(bytes.NewReader(data))) })},
	{"pickle.Unmarshal into any", ofPython, direct(func(data []byte) any {
		var v any
		err := pickle.Unmarshal(data, &v)
		return held{v, err}
	})},
	{"pickle.AppendPickle", documents, appendPickle(pickle.EncodeOptions{})},
	{"pickle.AppendPickle, protocol 0, SON, Convert", documents, appendPickle(pickle.EncodeOptions{
		Protocol: pickle.Protocol0, Documents: pickle.SON, Deprecated: pickle.Convert,
	})},
	{"pickle.AppendPickle, protocol 5, Convert", documents, appendPickle(pickle.EncodeOptions{
		Protocol: pickle.Protocol5, Deprecated: pickle.Convert,
	})},
	{"pickle.WritePickle", documents, direct(func(data []byte) any {
		return pickle.EncodeOptions{Deprecated: pickle.Convert}.WritePickle(io.Discard, data)
	})},
	{"pickle.Marshal", documents, decoded(func(d bson.D) any {
		out, err := pickle.Marshal(d)
		return held{out, err}
	})},

	{"decimal128.Parse", ofText, direct(func(text []byte) any {
		d, err := decimal128.Parse(digits(text))
		return held{d, err}
	})},
	{"objectid.Parse", ofText, direct(func(text []byte) any {
		id, err := objectid.Parse(digits(text))
		return held{id, err}
	})},
}

// digits returns a number with as many digits as text has bytes.
func digits(text []byte) string { return strings.Repeat("9", len(text)) }

// name returns the name of a shape, with its format.
func name(s Shape) string { return fmt.Sprintf("%s/%s", formatNames[s.Format], s.Name) }

var formatNames = [...]string{"bson", "stream", "json", "lines", "legacy", "shell", "pickle"}
