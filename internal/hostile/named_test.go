package hostile

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/declared"
)

// unlisted has the exported functions that accept input of any length and need no
// row, by the reason.
var unlisted = map[string]*regexp.Regexp{
	"writes or reads one value, once over its bytes":  regexp.MustCompile(`^bson\.(Append[A-Z]\w*|Begin\w*|End|Set\w+|IsValidObjectID|ObjectIDFromHex|ParseDecimal128|ParseUUID|UUID\..*|New\w*Vector|Vector\.\w+|(Binary|Code|CodeWithScope|DBPointer|DateTime|MaxKey|MinKey|Null|Regex|Symbol|Timestamp|Undefined)\.(String|MarshalBSONValue|UnmarshalBSONValue|UnmarshalJSON|MarshalJSON)|Type\.String|IndexInvalidUTF8)$`),
	"looks at one value, and copies a text at most":   regexp.MustCompile(`^bson\.(Cursor\.\w+|NewCursor|Raw\.(Equal|Lookup)|RawValue\.\w+OK|RawValue\.(Equal|Is\w+)|RawValue\.(Array|AsFloat64|AsInt64|Binary|Boolean|CodeWithScope|DBPointer|DateTime|Decimal128|Document|Double|Int32|Int64|JavaScript|ObjectID|Regex|StringValue|Symbol|Time|Timestamp)|RawElement\.(Key|Value)(Err)?)$`),
	"is json.Indent, whose text grows with the depth": regexp.MustCompile(`^extjson\.(Marshal|Indent)ExtJSON(Indent)?$`),
	"adds to a document what append adds":             regexp.MustCompile(`^bson\.(NewBuilder|Builder\.\w+)$`),
	"makes something that calls what has a row":       regexp.MustCompile(`\.(New\w+|Reset\w*|Continue|AnyAs|FallbackEncoder|TypeCodec)$|^bson\.Codec`),
	"is about a scalar of fixed length":               regexp.MustCompile(`^(decimal128|objectid)\.(Decimal|ID|Class|Conditions|From\w+|Append\w+|ParseRounded|Notation|Rounding)\b`),
	"is about an ObjectId, of fixed length":           regexp.MustCompile(`^pickle\.(Encode|Decode)?(Options\.)?\w*ObjectID$`),
}

// core replaces a name of package bsoncore with the name in package bson.
var core = strings.NewReplacer("bsoncore.Document.", "bson.Raw.", "bsoncore.Value.", "bson.RawValue.", "bsoncore.", "bson.")

// short removes the types of options from a name.
var short = strings.NewReplacer("EncodeOptions.", "", "DecodeOptions.", "", "ValidateOptions.", "")

// TestNamed checks that docs/limits.md names every exported function that accepts
// input of any length, except those of unlisted.
func TestNamed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "limits.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-z0-9]+\\.[A-Z][A-Za-z0-9.]*)`").FindAllStringSubmatch(string(page), -1) {
		named[m[1]] = true
	}
	used := map[string]bool{}
	for _, dir := range []string{"bson", "bson/bsoncore", "bson/archive", "bson/timeseries", "bson/query", "bson/schema", "extjson", "pickle", "decimal128", "objectid"} {
		for _, name := range inputFuncs(t, filepath.Join("..", ".."), dir) {
			inBSON := core.Replace(name)
			listed := false
			// A method of options has the row of the function with its name.
			for _, n := range []string{name, short.Replace(name), inBSON, short.Replace(inBSON)} {
				_, ok := named[n]
				listed = listed || ok
			}
			for why, pattern := range unlisted {
				if pattern.MatchString(inBSON) {
					listed, used[why] = true, true
				}
			}
			if !listed {
				t.Errorf("docs/limits.md does not name %s", name)
			}
		}
	}
	for why := range unlisted {
		if !used[why] {
			t.Errorf("no function matches the pattern for the reason %q", why)
		}
	}
}

// inputFuncs returns the exported functions and methods of the package in dir that
// accept bytes, text, a reader or any value, as a parameter or as the receiver.
func inputFuncs(t *testing.T, root, dir string) (names []string) {
	for _, d := range declared.In(t, filepath.Join(root, dir)) {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !f.Name.IsExported() {
			continue
		}
		of := declared.Receiver(f)
		if of != "" && !ast.IsExported(of) {
			continue
		}
		long := slices.Contains([]string{"D", "M", "A", "E", "Raw", "RawValue", "Document", "Value"}, of) && f.Type.Results != nil
		for _, param := range f.Type.Params.List {
			long = long || isLong(param.Type)
		}
		if long {
			names = append(names, filepath.Base(dir)+"."+declared.Name(f))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// isLong reports whether a parameter of type e can have any length.
func isLong(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ArrayType:
		id, ok := e.Elt.(*ast.Ident)
		return ok && e.Len == nil && id.Name == "byte"
	case *ast.Ident:
		return slices.Contains([]string{"any", "T", "D", "M", "A", "Raw", "RawValue", "Document", "Value"}, e.Name)
	case *ast.StarExpr:
		return isLong(e.X)
	case *ast.SelectorExpr:
		return slices.Contains([]string{"Reader", "Raw"}, e.Sel.Name)
	}
	return false
}
