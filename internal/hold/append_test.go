package hold_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/declared"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

// A function appends to dst and returns the longer slice.
type function = func(dst []byte) ([]byte, error)

// always makes a function from one without an error.
func always(f func(dst []byte) []byte) function {
	return func(dst []byte) ([]byte, error) { return f(dst), nil }
}

// marked makes a function from one that also returns an offset in dst.
func marked(f func(dst []byte) ([]byte, int)) function {
	return func(dst []byte) ([]byte, error) {
		out, mark := f(dst)
		if mark < len(dst) || mark > len(out) {
			return out, bson.ErrLength
		}
		return out, nil
	}
}

// typed makes a function from one that also returns a type.
func typed(f func(dst []byte) ([]byte, bson.Type, error)) function {
	return func(dst []byte) ([]byte, error) {
		out, t, err := f(dst)
		if (t == 0) != (err != nil) {
			return out, bson.ErrMismatch
		}
		return out, err
	}
}

// wide returns a document over 16 KiB. From this size on the memory for a pickle is
// allocated in one piece.
func wide() []byte {
	doc, mark := bsoncore.Begin(nil)
	for i := range 3000 {
		doc = bsoncore.AppendInt32(doc, fmt.Sprint("key", i), int32(i))
	}
	return bsoncore.End(doc, mark)
}

// begun returns the slice of Begin(nil).
func begun() []byte { dst, _ := bsoncore.Begin(nil); return dst }

// functions returns all exported functions and methods with a parameter dst, each
// with a few calls that succeed and that fail.
func functions(t *testing.T) map[string][]function {
	t.Helper()
	doc := sample.Documents(sample.Wild, 11, 1)[0]
	large := wide()
	cut := doc[:len(doc)-1]
	text, err := extjson.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	long, err := extjson.AppendJSON(nil, large)
	if err != nil {
		t.Fatal(err)
	}
	data, err := pickle.AppendPickle(nil, large)
	if err != nil {
		t.Fatal(err)
	}
	document, array, err := bson.MarshalValue([]any{1, "x", nil})
	if err != nil {
		t.Fatal(err)
	}
	order, err := query.ParseSort([]byte(`{key1: 1, "a.b": -1}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	described := schema.New(schema.Options{})
	if err := described.Add(large); err != nil {
		t.Fatal(err)
	}
	fields, err := query.ParseProjection([]byte(`{key1: 0, "a.b": 0}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	edit, err := query.ParseEdit([]byte(`{$set: {key2: {a: 1}}, $retype: {key1: "string"}, $rename: {key3: "a.b"}}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id, amount, u := objectid.ID{1, 2, 3}, decimal128.FromBits(0x3040000000000000, 12345), bson.UUID{1, 2}
	bad := []byte("x")
	ill := bsoncore.End(bsoncore.AppendString(begun(), "key", "\xff"), 0)
	each := func(inputs [][]byte, f func(dst, input []byte) ([]byte, error)) (all []function) {
		for _, input := range inputs {
			all = append(all, func(dst []byte) ([]byte, error) { return f(dst, input) })
		}
		return all
	}
	values := func(f func(dst []byte, v any) ([]byte, error)) []function {
		return []function{
			func(dst []byte) ([]byte, error) { return f(dst, bson.Raw(large)) },
			func(dst []byte) ([]byte, error) { return f(dst, bson.D{{Key: "a", Value: 1}}) },
			func(dst []byte) ([]byte, error) {
				return f(dst, bson.D{{Key: "a", Value: strings.Repeat("x", 1000)}, {Key: "b", Value: make(chan int)}})
			},
		}
	}
	docs, texts, pickles := [][]byte{doc, large, cut}, [][]byte{text, long, text[:len(text)-1], bad}, [][]byte{data, data[:len(data)-1], []byte("}U\x01aU\x01bs."), bad}
	jsonValue := []function{
		func(dst []byte) ([]byte, error) { return extjson.AppendJSONValue(dst, document, array) },
		func(dst []byte) ([]byte, error) { return extjson.AppendJSONValue(dst, bson.TypeDocument, large) },
		func(dst []byte) ([]byte, error) { return extjson.AppendJSONValue(dst, bson.TypeDocument, cut) },
	}
	element := func(doc []byte) function {
		return func(dst []byte) ([]byte, error) {
			a, err := extjson.EncodeOptions{}.NewAppender()
			if err != nil {
				t.Fatal(err)
			}
			a.Reset(doc)
			a.Cursor().Next()
			return a.AppendElement(dst)
		}
	}
	pickleValue := []function{
		func(dst []byte) ([]byte, error) { return pickle.AppendPickleValue(dst, document, array) },
		func(dst []byte) ([]byte, error) { return pickle.AppendPickleValue(dst, bson.TypeDocument, large) },
		func(dst []byte) ([]byte, error) { return pickle.AppendPickleValue(dst, bson.TypeDocument, cut) },
	}
	pickleValues := func(dst, data []byte) ([]byte, error) {
		return typed(func(dst []byte) ([]byte, bson.Type, error) { return pickle.AppendBSONValue(dst, data) })(dst)
	}
	jsonValues := func(dst, text []byte) ([]byte, error) {
		return typed(func(dst []byte) ([]byte, bson.Type, error) { return extjson.AppendBSONValue(dst, text) })(dst)
	}
	one := func(f func(dst []byte) []byte) []function { return []function{always(f)} }
	return map[string][]function{
		"bson.Append":               values(bson.Append),
		"bson.EncodeOptions.Append": values(bson.EncodeOptions{MaxDepth: 5}.Append),
		"bson.EncodeOptions.AppendValue": values(func(dst []byte, v any) ([]byte, error) {
			return typed(func(dst []byte) ([]byte, bson.Type, error) {
				return bson.EncodeOptions{MaxDepth: 5}.AppendValue(dst, v)
			})(dst)
		}),
		"bsoncore.AppendArray":             one(func(dst []byte) []byte { return bsoncore.AppendArray(dst, "key", doc) }),
		"bsoncore.AppendBinary":            one(func(dst []byte) []byte { return bsoncore.AppendBinary(dst, "key", 2, doc) }),
		"bsoncore.AppendBinaryValue":       one(func(dst []byte) []byte { return bsoncore.AppendBinaryValue(dst, 0, doc) }),
		"bsoncore.AppendBoolean":           one(func(dst []byte) []byte { return bsoncore.AppendBoolean(dst, "key", true) }),
		"bsoncore.AppendCode":              one(func(dst []byte) []byte { return bsoncore.AppendCode(dst, "key", "code") }),
		"bsoncore.AppendCodeWithScope":     one(func(dst []byte) []byte { return bsoncore.AppendCodeWithScope(dst, "key", "code", doc) }),
		"bsoncore.AppendDBPointer":         one(func(dst []byte) []byte { return bsoncore.AppendDBPointer(dst, "key", "a.b", id) }),
		"bsoncore.AppendDateTime":          one(func(dst []byte) []byte { return bsoncore.AppendDateTime(dst, "key", -1) }),
		"bsoncore.AppendDecimal128":        one(func(dst []byte) []byte { return bsoncore.AppendDecimal128(dst, "key", amount) }),
		"bsoncore.AppendDocument":          one(func(dst []byte) []byte { return bsoncore.AppendDocument(dst, "key", doc) }),
		"bsoncore.AppendDouble":            one(func(dst []byte) []byte { return bsoncore.AppendDouble(dst, "key", 1.5) }),
		"bsoncore.AppendHeader":            one(func(dst []byte) []byte { return bsoncore.AppendHeader(dst, bson.TypeNull, "key") }),
		"bsoncore.AppendIndexKey":          one(func(dst []byte) []byte { return bsoncore.AppendIndexKey(dst, 1234567) }),
		"bsoncore.AppendInt32":             one(func(dst []byte) []byte { return bsoncore.AppendInt32(dst, "key", 7) }),
		"bsoncore.AppendInt64":             one(func(dst []byte) []byte { return bsoncore.AppendInt64(dst, "key", 7) }),
		"bsoncore.AppendMaxKey":            one(func(dst []byte) []byte { return bsoncore.AppendMaxKey(dst, "key") }),
		"bsoncore.AppendMinKey":            one(func(dst []byte) []byte { return bsoncore.AppendMinKey(dst, "key") }),
		"bsoncore.AppendNull":              one(func(dst []byte) []byte { return bsoncore.AppendNull(dst, "key") }),
		"bsoncore.AppendObjectID":          one(func(dst []byte) []byte { return bsoncore.AppendObjectID(dst, "key", id) }),
		"bsoncore.AppendPointer":           one(func(dst []byte) []byte { return bsoncore.AppendPointer(dst, []byte("a/b~c")) }),
		"bsoncore.AppendRegex":             one(func(dst []byte) []byte { return bsoncore.AppendRegex(dst, "key", "a", "ix") }),
		"bsoncore.AppendString":            one(func(dst []byte) []byte { return bsoncore.AppendString(dst, "key", "text") }),
		"bsoncore.AppendSymbol":            one(func(dst []byte) []byte { return bsoncore.AppendSymbol(dst, "key", "text") }),
		"bsoncore.AppendTimestamp":         one(func(dst []byte) []byte { return bsoncore.AppendTimestamp(dst, "key", 1, 2) }),
		"bsoncore.AppendUndefined":         one(func(dst []byte) []byte { return bsoncore.AppendUndefined(dst, "key") }),
		"bsoncore.AppendValue":             one(func(dst []byte) []byte { return bsoncore.AppendValue(dst, "key", bson.TypeDocument, large) }),
		"bson.UUID.Append":                 one(u.Append),
		"bson.UUID.AppendText":             {u.AppendText},
		"bsoncore.Begin":                   {marked(bsoncore.Begin)},
		"bsoncore.BeginElement":            {marked(bsoncore.BeginElement)},
		"bsoncore.BeginDocument":           {marked(func(dst []byte) ([]byte, int) { return bsoncore.BeginDocument(dst, "key") })},
		"bsoncore.BeginArray":              {marked(func(dst []byte) ([]byte, int) { return bsoncore.BeginArray(dst, "key") })},
		"bsoncore.BeginCodeWithScope":      one(func(dst []byte) []byte { out, _, _ := bsoncore.BeginCodeWithScope(dst, "key", "code"); return out }),
		"decimal128.Decimal.Append":        one(amount.Append),
		"decimal128.Decimal.AppendText":    {amount.AppendText},
		"decimal128.Decimal.AppendBytes":   one(amount.AppendBytes),
		"objectid.ID.Append":               one(id.Append),
		"objectid.ID.AppendText":           {id.AppendText},
		"extjson.AppendBSON":               each(texts, extjson.AppendBSON),
		"extjson.AppendBSONValue":          each(texts, jsonValues),
		"extjson.AppendJSON":               each(docs, extjson.AppendJSON),
		"extjson.AppendJSONValue":          jsonValue,
		"extjson.Appender.AppendElement":   {element(doc), element(large), element(ill)},
		"extjson.DecodeOptions.AppendBSON": each(texts, extjson.DecodeOptions{Legacy: true}.AppendBSON),
		"extjson.DecodeOptions.AppendBSONValue": each(texts, func(dst, text []byte) ([]byte, error) {
			return typed(func(dst []byte) ([]byte, bson.Type, error) {
				return extjson.DecodeOptions{Shell: true}.AppendBSONValue(dst, text)
			})(dst)
		}),
		"extjson.EncodeOptions.AppendJSON": each(docs, extjson.EncodeOptions{Indent: "\t", ASCII: true}.AppendJSON),
		"extjson.EncodeOptions.AppendJSONValue": {
			func(dst []byte) ([]byte, error) {
				return extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSONValue(dst, document, array)
			},
			func(dst []byte) ([]byte, error) { return extjson.EncodeOptions{}.AppendJSONValue(dst, document, cut) },
		},
		"extjson.EncodeOptions.AppendMarshal": values(extjson.EncodeOptions{}.AppendMarshal),
		"extjson.Compact":                     each(texts, extjson.Compact),
		"extjson.Indent":                      each(texts, func(dst, text []byte) ([]byte, error) { return extjson.Indent(dst, text, "  ") }),
		"pickle.AppendBSON":                   each(pickles, pickle.AppendBSON),
		"pickle.AppendBSONValue":              each(pickles, pickleValues),
		"pickle.AppendPickle":                 each(docs, pickle.AppendPickle),
		"pickle.AppendPickleValue":            pickleValue,
		"pickle.DecodeOptions.AppendBSON":     each(pickles, pickle.DecodeOptions{Encoding: pickle.Latin1}.AppendBSON),
		"pickle.DecodeOptions.AppendBSONValue": each(pickles, func(dst, data []byte) ([]byte, error) {
			return typed(func(dst []byte) ([]byte, bson.Type, error) {
				return pickle.DecodeOptions{Encoding: pickle.Bytes}.AppendBSONValue(dst, data)
			})(dst)
		}),
		"pickle.EncodeOptions.AppendPickle": each(docs, pickle.EncodeOptions{Protocol: pickle.Protocol5}.AppendPickle),
		"pickle.EncodeOptions.AppendPickleValue": {func(dst []byte) ([]byte, error) {
			return pickle.EncodeOptions{Documents: pickle.SON}.AppendPickleValue(dst, document, array)
		}},
		"pickle.EncodeOptions.AppendObjectID": {
			func(dst []byte) ([]byte, error) { return pickle.EncodeOptions{}.AppendObjectID(dst, id) },
			func(dst []byte) ([]byte, error) { return pickle.EncodeOptions{Protocol: 9}.AppendObjectID(dst, id) },
		},
		"replace.Text":     one(func(dst []byte) []byte { return replace.Text(dst, "a\xff\xc3") }),
		"replace.Document": each([][]byte{doc, large, cut, ill}, func(dst, doc []byte) ([]byte, error) { return replace.Document(dst, doc, 0) }),
		"bsoncore.MendLengths": each([][]byte{doc, large, wrong(doc), wrong(large), cut, ill}, func(dst, doc []byte) ([]byte, error) {
			dst, _, err := bsoncore.MendLengths(dst, doc)
			return dst, err
		}),
		"bsoncore.ValidateOptions.MendLengths": each([][]byte{wrong(doc), cut}, func(dst, doc []byte) ([]byte, error) {
			dst, _, err := bson.ValidateOptions{MaxDepth: 20}.MendLengths(dst, doc)
			return dst, err
		}),
		"bsoncore.End": one(func(dst []byte) []byte {
			dst, mark := bsoncore.Begin(dst)
			return bsoncore.End(bsoncore.AppendNull(dst, "key"), mark)
		}),
		"query.Sort.AppendKey":     each(docs, order.AppendKey),
		"query.Sort.AppendValues":  each(docs, order.AppendValues),
		"schema.Schema.AppendJSON": one(described.AppendJSON),
		"schema.Schema.AppendJSONSchema": one(func(dst []byte) []byte {
			return described.AppendJSONSchema(dst, schema.JSONSchemaOptions{Strict: true})
		}),
		"schema.Path.Append":                one(described.Root().Children[0].Append),
		"query.Projection.Append":           each(docs, fields.Append),
		"query.Edit.Append":                 each(docs, edit.Append),
		"decimal128.AppendFloat64Exact":     one(func(dst []byte) []byte { return decimal128.AppendFloat64Exact(dst, 0.1) }),
		"decimal128.Decimal.AppendNotation": one(func(dst []byte) []byte { return amount.AppendNotation(dst, decimal128.Engineering) }),
	}
}

// TestAppend checks every exported function that appends.
func TestAppend(t *testing.T) {
	table := functions(t)
	for name, calls := range table {
		for i, f := range calls {
			if err := bsontest.CheckAppend(f); err != nil {
				t.Errorf("%s, call %d: %.500s", name, i, err.Error())
			}
		}
	}
	exported := 0
	for _, folder := range []string{"bson", "bson/bsoncore", "bson/archive", "bson/query", "bson/schema", "internal/replace", "decimal128", "extjson", "objectid", "pickle"} {
		for _, name := range appending(t, folder) {
			exported++
			if table[name] == nil {
				t.Errorf("%s is not in the table", name)
			}
		}
	}
	if exported != len(table) {
		t.Errorf("the packages export %d functions, the table has %d", exported, len(table))
	}
}

// refusing returns the methods of options, with an option out of range.
func refusing() map[string]function {
	read, write := extjson.DecodeOptions{UUIDRepresentation: 99}, extjson.EncodeOptions{Mode: 99}
	unpickle, unpickled := pickle.DecodeOptions{Encoding: 99}, pickle.EncodeOptions{Protocol: 99}
	return map[string]function{
		"bson.EncodeOptions.Append": func(dst []byte) ([]byte, error) {
			return bson.EncodeOptions{InvalidUTF8: 99}.Append(dst, bson.D{})
		},
		"bson.EncodeOptions.AppendValue": typed(func(dst []byte) ([]byte, bson.Type, error) {
			return bson.EncodeOptions{InvalidUTF8: 99}.AppendValue(dst, int32(1))
		}),
		"extjson.DecodeOptions.AppendBSON": func(dst []byte) ([]byte, error) { return read.AppendBSON(dst, []byte("{}")) },
		"extjson.DecodeOptions.AppendBSONValue": typed(func(dst []byte) ([]byte, bson.Type, error) {
			return read.AppendBSONValue(dst, []byte("1"))
		}),
		"extjson.EncodeOptions.AppendJSON": func(dst []byte) ([]byte, error) { return write.AppendJSON(dst, wide()) },
		"extjson.EncodeOptions.AppendJSONValue": func(dst []byte) ([]byte, error) {
			return write.AppendJSONValue(dst, bson.TypeNull, nil)
		},
		"extjson.EncodeOptions.AppendMarshal": func(dst []byte) ([]byte, error) { return write.AppendMarshal(dst, bson.D{}) },
		"pickle.DecodeOptions.AppendBSON":     func(dst []byte) ([]byte, error) { return unpickle.AppendBSON(dst, []byte("}.")) },
		"pickle.DecodeOptions.AppendBSONValue": typed(func(dst []byte) ([]byte, bson.Type, error) {
			return unpickle.AppendBSONValue(dst, []byte("N."))
		}),
		"pickle.EncodeOptions.AppendPickle": func(dst []byte) ([]byte, error) { return unpickled.AppendPickle(dst, wide()) },
		"pickle.EncodeOptions.AppendPickleValue": func(dst []byte) ([]byte, error) {
			return unpickled.AppendPickleValue(dst, bson.TypeNull, nil)
		},
		"pickle.EncodeOptions.AppendObjectID": func(dst []byte) ([]byte, error) {
			return unpickled.AppendObjectID(dst, objectid.ID{})
		},
	}
}

// TestAppendRefuses: if an option is out of range, dst comes back at its old length.
func TestAppendRefuses(t *testing.T) {
	table := refusing()
	for name, f := range table {
		dst, failure := f([]byte("before"))
		if string(dst) != "before" || !errors.Is(failure, bson.ErrOption) {
			t.Errorf("%s: dst comes back as %q with the error %v, want ErrOption", name, dst, failure)
		}
		if err := bsontest.CheckAppend(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name := range functions(t) {
		if table[name] == nil && strings.Contains(name, "Options.") && !strings.Contains(name, "ValidateOptions.") {
			t.Errorf("%s is not in the table", name)
		}
	}
}

// appending returns the names of the exported functions and methods of a package
// whose first parameter is dst []byte and whose first result is []byte.
func appending(t *testing.T, folder string) (names []string) {
	t.Helper()
	for _, decl := range declared.In(t, "../../"+folder) {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || !f.Name.IsExported() || f.Type.Params.NumFields() == 0 {
			continue
		}
		if first := f.Type.Params.List[0]; len(first.Names) == 0 || first.Names[0].Name != "dst" || !isBytes(first.Type) {
			continue
		}
		if results := f.Type.Results; results.NumFields() == 0 || !isBytes(results.List[0].Type) {
			continue
		}
		if of := declared.Receiver(f); of == "" || ast.IsExported(of) {
			names = append(names, filepath.Base(folder)+"."+declared.Name(f))
		}
	}
	return names
}

// wrong returns a copy of doc whose length is one too large.
func wrong(doc []byte) []byte {
	doc = bytes.Clone(doc)
	doc[0]++
	return doc
}

// isBytes reports whether e is []byte.
func isBytes(e ast.Expr) bool {
	array, ok := e.(*ast.ArrayType)
	if !ok || array.Len != nil {
		return false
	}
	of, ok := array.Elt.(*ast.Ident)
	return ok && of.Name == "byte"
}
