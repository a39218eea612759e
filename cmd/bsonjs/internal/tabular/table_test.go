package tabular_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
)

// docsOf returns the documents in lines of shell text.
func docsOf(t testing.TB, lines ...string) (docs [][]byte) {
	t.Helper()
	for _, line := range lines {
		doc, err := (extjson.DecodeOptions{Shell: true}).AppendBSON(nil, []byte(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		docs = append(docs, doc)
	}
	return docs
}

// find returns the columns of documents.
func find(o tabular.FindOptions, docs ...[]byte) []tabular.Column {
	if o.MaxFields == 0 {
		o.MaxFields = tabular.DefaultMaxFields
	}
	found := tabular.NewFound(o)
	for _, doc := range docs {
		found.Add(doc)
	}
	columns, _ := found.Columns()
	return columns
}

// tableOf returns the text of documents as a table, and the errors of documents without a
// row.
func tableOf(t testing.TB, columns []tabular.Column, o tabular.TableOptions, docs ...[]byte) (text string, errs []error) {
	t.Helper()
	table, err := tabular.NewTable(columns, o)
	if err != nil {
		t.Fatal(err)
	}
	out := []byte(table.Header())
	for _, doc := range docs {
		before := len(out)
		rows, err := table.AppendRows(out, math.MaxInt, doc)
		if err != nil {
			errs = append(errs, err)
			if len(rows) != before {
				t.Errorf("an error appends %q", rows[before:])
			}
		}
		out = rows
		var w bytes.Buffer
		switch again := table.WriteRows(&w, doc); {
		case fmt.Sprint(err) != fmt.Sprint(again):
			t.Errorf("AppendRows gives %v, WriteRows %v", err, again)
		case w.String() != string(out[before:]):
			t.Errorf("AppendRows gives %q, WriteRows %q", out[before:], &w)
		}
	}
	return string(out), errs
}

// names returns the names of columns, with blanks between them.
func names(columns []tabular.Column) string {
	var all []string
	for _, c := range columns {
		all = append(all, c.String())
	}
	return strings.Join(all, " ")
}

func TestFind(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    tabular.FindOptions
		docs []string
		want string
	}{
		{name: "first appearance", docs: []string{`{a:1,b:1}`, `{c:1}`}, want: "a b c"},
		{name: "between", docs: []string{`{a:1,c:1}`, `{a:1,b:1,c:1}`}, want: "a b c"},
		{name: "in front", docs: []string{`{b:1}`, `{a:1,b:1}`}, want: "a b"},
		{name: "two ends", docs: []string{`{a:1}`, `{a:1,x:1}`, `{a:1,y:1}`}, want: "a x y"},
		{name: "late order", docs: []string{`{a:1}`, `{b:1}`, `{b:1,a:1}`}, want: "b a"},
		{name: "contradiction", docs: []string{`{a:1,b:1,c:1}`, `{b:1,a:1,d:1}`}, want: "a b c d"},
		{name: "documents", docs: []string{`{a:{x:1},b:1}`, `{a:{y:1,x:1}}`}, want: "a.y a.x b"},
		{name: "documents and values", docs: []string{`{a:{x:1}}`, `{a:1}`, `{a:{}}`}, want: "a a.x"},
		{name: "arrays", docs: []string{`{a:[{x:1}]}`}, want: "a"},
		{name: "indexes", o: tabular.FindOptions{Arrays: tabular.ArrayIndex}, docs: []string{`{a:[1,{x:[2]}],b:[]}`}, want: "a.0 a.1.x.0 b"},
		{name: "rows", o: tabular.FindOptions{Arrays: tabular.ArrayExplode}, docs: []string{`{a:[1,{x:[2]}]}`}, want: "a a.x"},
		{name: "dots", docs: []string{`{"a.b":1,a:{b:1}}`}, want: `a\.b a.b`},
		{name: "named", o: tabular.FindOptions{Named: [][]string{{"b"}, {"a", "x"}, {"z"}}}, docs: []string{`{a:{x:1,y:1},b:1}`}, want: "b a.x z"},
		{name: "most", o: tabular.FindOptions{MaxFields: 2}, docs: []string{`{b:1}`, `{a:1,b:1,c:1}`}, want: "b a"},
	} {
		if got := names(find(tc.o, docsOf(t, tc.docs...)...)); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// TestFindTypes has the types of columns for the values of documents.
func TestFindTypes(t *testing.T) {
	docs := docsOf(t,
		`{p:{x:1,y:1}, q:{x:1}, r:{x:1,y:1}, k:{x:1,x:1}}`, `{p:{y:1,x:1}, q:{}, r:{x:1}}`,
		`{i:1, l:NumberLong(1), d:1.5, s:"", b:true, o:ObjectId("000000000000000000000000"), t:new Date(0), n:NumberDecimal("1"), u:UUID("00000000-0000-0000-0000-000000000000"), g:BinData(0,""), h:BinData(5,""), z:null, a:[], e:{}, m:1, y:new Date(-99999999999999)}`,
		`{m:"x"}`)
	var got []string
	for _, c := range find(tabular.FindOptions{Typed: true}, docs...) {
		got = append(got, string(c.AppendHeader(nil)))
	}
	want := strings.Fields("p.json() q.json() r.x.int32() r.y.int32() k.json() i.int32() l.int64() d.double() s.string() b.boolean() o.objectId() t.date() n.decimal() u.uuid() g.binary(base64) h.json() z.json() a.json() e.json() m.json() y.json()")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The columns depend on the documents alone, not on the sets in which they are added, even
// if there are too many fields.
func TestFindMerge(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		docs := randomDocs(random, 1+random.IntN(12), 6)
		o := tabular.FindOptions{MaxFields: 4 + random.IntN(30), Arrays: tabular.ArrayForm(random.IntN(3)), Typed: true}
		whole := tabular.NewFound(o)
		all, part := tabular.NewFound(o), tabular.NewFound(o).Part()
		for _, doc := range docs {
			whole.Add(doc)
			part.Add(doc)
			if random.IntN(3) == 0 {
				all.Merge(part)
				part.Reset()
			}
		}
		all.Merge(part)
		want, wantMore := whole.Columns()
		got, more := all.Columns()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(wantMore, more); diff != "" {
			t.Fatalf("left out (-want +got):\n%s", diff)
		}
	}
}

// randomDocs returns n documents, in which each document has at most most fields.
func randomDocs(random *rand.Rand, n, most int) (docs [][]byte) {
	var fill func(dst []byte, depth int) []byte
	fill = func(dst []byte, depth int) []byte {
		for range random.IntN(most) {
			key := string(rune('a' + random.IntN(most+2)))
			switch kind := random.IntN(6); {
			case kind == 0 && depth > 0:
				var mark int
				dst, mark = bsoncore.BeginDocument(dst, key)
				dst = bsoncore.End(fill(dst, depth-1), mark)
			case kind == 1 && depth > 0:
				var mark int
				dst, mark = bsoncore.BeginArray(dst, key)
				dst = bsoncore.End(fill(dst, depth-1), mark)
			case kind == 2:
				dst = bsoncore.AppendString(dst, key, "text")
			default:
				dst = bsoncore.AppendInt32(dst, key, int32(random.IntN(9)))
			}
		}
		return dst
	}
	for range n {
		doc, mark := bsoncore.Begin(nil)
		docs = append(docs, bsoncore.End(fill(doc, 3), mark))
	}
	return docs
}

func TestTable(t *testing.T) {
	named := func(paths ...string) (all [][]string) {
		for _, path := range paths {
			all = append(all, strings.Split(path, "."))
		}
		return all
	}
	for _, tc := range []struct {
		name  string
		find  tabular.FindOptions
		o     tabular.TableOptions
		docs  []string
		want  string
		fault error // of a document; nil: none
	}{
		{name: "values", docs: []string{
			`{i:NumberInt(-1), l:NumberLong("9007199254740993"), d:1.0, n:NumberDecimal("1.20"), b:true, o:ObjectId("56e1fc72e0c917e9c4714161")}`,
			`{d:0.1, o:null}`,
		}, want: "i,l,d,n,b,o\n-1,9007199254740993,1.0,1.20,true,56e1fc72e0c917e9c4714161\n,,0.1,,,\n"},
		{name: "dates and bytes", docs: []string{`{t:ISODate("2024-02-29T12:30:00.5Z"), u:UUID("00112233-4455-6677-8899-aabbccddeeff"), g:BinData(0,"AP8=")}`},
			want: "t,u,g\n2024-02-29T12:30:00.500Z,00112233-4455-6677-8899-aabbccddeeff,AP8=\n"},
		{name: "hex", o: tabular.TableOptions{Hex: true}, docs: []string{`{g:BinData(0,"AP8=")}`}, want: "g\n00ff\n"},
		{name: "rare values", docs: []string{`{a:Timestamp(1,2), b:/a,b/i, c:MinKey(), d:NaN, e:new Date(-99999999999999), f:Code("x"), g:BSONSymbol("s"), h:undefined, i:-Infinity}`},
			want: `a,b,c,d,e,f,g,h,i` + "\n" + `1:2,"{""$regularExpression"":{""pattern"":""a,b"",""options"":""i""}}","{""$minKey"":1}",NaN,"{""$date"":{""$numberLong"":""-99999999999999""}}","{""$code"":""x""}",s,,-Infinity` + "\n"},
		{name: "documents and arrays", docs: []string{`{a:{x:1,y:{z:"q"}},b:[1,{c:ObjectId("56e1fc72e0c917e9c4714161")}],e:{},f:[]}`},
			want: "a.x,a.y.z,b,e,f\n" + `1,q,"[1,{""c"":""56e1fc72e0c917e9c4714161""}]","{}","[]"` + "\n"},
		{name: "no plain form in an array", docs: []string{`{b:[MinKey()]}`}, want: "b\n" + `"[{""$minKey"":1}]"` + "\n"},
		{name: "quotes", docs: []string{`{a:"x,y",b:"say \"hi\"",c:"two\nlines",d:"cr\r\n",e:" blank",f:"\\.",g:"plain",h:"",i:"\ufeffx"}`},
			want: "a,b,c,d,e,f,g,h,i\n\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\n\",\" blank\",\"\\.\",plain,,\"\ufeffx\"\n"},
		{name: "another delimiter, line ends", o: tabular.TableOptions{Delimiter: '\t', CRLF: true}, docs: []string{`{a:"x,y",b:"x\ty"}`}, want: "a\tb\r\nx,y\t\"x\ty\"\r\n"},
		{name: "delimiter in a number", o: tabular.TableOptions{Delimiter: '-'}, docs: []string{`{a:-1,b:2,c:ISODate("2024-02-29T12:30:00Z")}`}, want: "a-b-c\n\"-1\"-2-\"2024-02-29T12:30:00Z\"\n"},
		{name: "no header", o: tabular.TableOptions{NoHeader: true}, docs: []string{`{a:1}`}, want: "1\n"},
		{name: "one column", docs: []string{`{a:1}`, `{}`, `{a:null}`, `{a:""}`}, want: "a\n1\n\"\"\n\"\"\n\"\"\n"},
		{name: "no column", docs: []string{`{}`}, fault: tabular.ErrNoFields},
		{name: "order", docs: []string{`{a:1,b:2}`, `{b:3,a:4}`}, want: "a,b\n1,2\n4,3\n"},
		{name: "null", o: tabular.TableOptions{Null: "NULL", HasNull: true}, docs: []string{`{a:null,b:"NULL",c:""}`, `{}`}, want: "a,b,c\nNULL,\"NULL\",\n,,\n"},
		{name: "empty null", o: tabular.TableOptions{HasNull: true}, docs: []string{`{a:null,b:""}`}, want: "a,b\n,\"\"\n"},
		{name: "spreadsheet", o: tabular.TableOptions{SpreadsheetSafe: true}, docs: []string{`{"=a":"=1","b":"+1","c":"-1","d":"@x","e":"\tx","f":"x=1","g":-1,h:"\rx"}`},
			want: "'=a,b,c,d,e,f,g,h\n'=1,'+1,'-1,'@x,'\tx,x=1,-1,\"'\rx\"\n"},
		{name: "spreadsheet, bytes", o: tabular.TableOptions{SpreadsheetSafe: true}, docs: []string{`{a:BinData(0,"+w=="),b:BinData(0,"AP8="),c:NumberDecimal("-1")}`}, want: "a,b,c\n'+w==,AP8=,-1\n"},
		{name: "terminal", o: tabular.TableOptions{Visible: true}, docs: []string{`{"a\u001b[2J":"\u001b[31m\u009b\u202e\u007f\n"}`}, want: "a\u241b[2J\n\"\u241b[31m\ufffd\ufffd\u2421\n\"\n"},
		{name: "duplicate", docs: []string{`{a:1,b:1,a:2}`}, want: "a,b\n", fault: tabular.ErrDuplicate},
		{name: "indexes", find: tabular.FindOptions{Arrays: tabular.ArrayIndex}, o: tabular.TableOptions{Arrays: tabular.ArrayIndex},
			docs: []string{`{a:[1,[2,{b:3}]],c:[]}`, `{a:[4]}`, `{a:5}`}, want: "a,a.0,a.1.0,a.1.1.b,c\n,1,2,3,\"[]\"\n,4,,,\n5,,,,\n"},
		{name: "rows", find: tabular.FindOptions{Arrays: tabular.ArrayExplode}, o: tabular.TableOptions{Arrays: tabular.ArrayExplode},
			docs: []string{`{n:1,a:[{x:1},{x:2,y:[3]},4],b:["p","q"]}`, `{n:2,a:[],b:5}`, `{n:3}`},
			want: "n,a,a.x,a.y,b\n1,,1,,p\n1,,2,\"[3]\",q\n1,4,,,\n2,\"[]\",,,5\n3,,,,\n"},
		{name: "named", find: tabular.FindOptions{Named: named("c", "a.x", "a", "z")}, o: tabular.TableOptions{Named: true},
			docs: []string{`{_id:1,a:{x:1,y:2},c:{d:1}}`, `{a:7,c:[1]}`}, want: "c,a.x,a,z\n\"{\"\"d\"\":1}\",1,\"{\"\"x\"\":1,\"\"y\"\":2}\",\n\"[1]\",,7,\n"},
		{name: "named elements", find: tabular.FindOptions{Named: named("a.1", "a.0.x")}, o: tabular.TableOptions{Named: true}, docs: []string{`{a:[{x:1},2,3]}`, `{a:{0:{x:4}}}`}, want: "a.1,a.0.x\n2,1\n,4\n"},
		{name: "elements without columns", find: tabular.FindOptions{Named: named("a.x")}, o: tabular.TableOptions{Named: true}, docs: []string{`{a:[{x:1}]}`}, want: "a.x\n", fault: tabular.ErrElements},
		{name: "named rows", find: tabular.FindOptions{Named: named("a.x", "n"), Arrays: tabular.ArrayExplode}, o: tabular.TableOptions{Named: true, Arrays: tabular.ArrayExplode}, docs: []string{`{n:1,a:[{x:1},{x:2}]}`}, want: "a.x,n\n1,1\n2,1\n"},
		{name: "mongoexport", o: tabular.TableOptions{Dialect: tabular.MongoExport}, docs: []string{
			`{o:ObjectId("56e1fc72e0c917e9c4714161"),d:1.0,e:1e21,t:ISODate("2024-02-29T12:30:00Z"),g:BinData(0,"AP8="),s:Timestamp(1,2),r:/a/i,n:null,k:MinKey(),c:Code("f()"),a:[NumberLong(1),{x:ObjectId("56e1fc72e0c917e9c4714161")}],m:NumberDecimal("1.0")}`},
			want: "o,d,e,t,g,s,r,n,k,c,a,m\nObjectId(56e1fc72e0c917e9c4714161),1,1e+21,2024-02-29T12:30:00.000Z,00FF,\"{ \"\"$timestamp\"\": { \"\"t\"\": 1, \"\"i\"\": 2 } }\",/a/i,,$MinKey,f(),\"[{\"\"$numberLong\"\":\"\"1\"\"},{\"\"x\"\":{\"\"$oid\"\":\"\"56e1fc72e0c917e9c4714161\"\"}}]\",1.0\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			docs := docsOf(t, tc.docs...)
			text, errs := tableOf(t, find(tc.find, docs...), tc.o, docs...)
			if diff := cmp.Diff(tc.want, text); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err := errors.Join(errs...); !errors.Is(err, tc.fault) || tc.fault == nil && err != nil {
				t.Errorf("error %v, want %v", err, tc.fault)
			}
		})
	}
}

// TestExtra has values of later documents that have no column.
func TestExtra(t *testing.T) {
	docs := docsOf(t, `{a:1,b:{c:2}}`, `{a:2,x:3,b:{c:4,d:{e:ISODate("1970-01-01T00:00:00Z")},f:[1]},y:{}}`, `{a:{q:1}}`)
	columns := find(tabular.FindOptions{}, docs[0])
	text, errs := tableOf(t, columns, tabular.TableOptions{}, docs...)
	if want := "a,b.c\n1,2\n"; text != want {
		t.Errorf("%q, want %q", text, want)
	}
	want := []bson.ValueError{{Offset: 11, Pointer: "/x", Err: tabular.ErrNoColumn}, {Offset: 11, Pointer: "/a/q", Err: tabular.ErrNoColumn}}
	var got []bson.ValueError
	for _, err := range errs {
		e, ok := errors.AsType[*bson.ValueError](err)
		if !ok {
			t.Fatalf("error %T", err)
		}
		got = append(got, *e)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text, _ = tableOf(t, columns, tabular.TableOptions{Extra: tabular.ExtraIgnore}, docs...)
	if want := "a,b.c\n1,2\n2,4\n,\n"; text != want {
		t.Errorf("%q, want %q", text, want)
	}
	text, _ = tableOf(t, columns, tabular.TableOptions{Extra: tabular.ExtraColumn}, docs...)
	if want := "a,b.c,_extra\n1,2,\n" +
		`2,4,"{""x"":3,""b"":{""d"":{""e"":{""$date"":""1970-01-01T00:00:00Z""}},""f"":[1]},""y"":{}}"` + "\n" +
		`,,"{""a"":{""q"":1}}"` + "\n"; text != want {
		t.Errorf("%q, want %q", text, want)
	}
	_, err := tabular.NewTable([]tabular.Column{{Path: []string{"_extra"}}}, tabular.TableOptions{Extra: tabular.ExtraColumn})
	if !errors.Is(err, tabular.ErrHeader) {
		t.Errorf("two columns with one name: %v", err)
	}
}

// Package encoding/csv reads the cells that were written.
func TestQuotes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{",", "\t", ";", `"`, `""`, "\n", "\r", "\r\n", " ", "a", "bc", "é", "=1", `\.`, "\ufeff", "'", "007", "1e5"}
	for _, o := range []tabular.TableOptions{{}, {Delimiter: '\t'}, {Delimiter: ';'}, {Delimiter: '|'}, {CRLF: true}} {
		for range 500 {
			var want [][]string
			var docs [][]byte
			for range 3 {
				doc, mark := bsoncore.Begin(nil)
				var row []string
				for i := range 4 {
					var b strings.Builder
					for range random.IntN(6) {
						b.WriteString(pieces[random.IntN(len(pieces))])
					}
					doc = bsoncore.AppendString(doc, fmt.Sprint(i), b.String())
					row = append(row, strings.ReplaceAll(b.String(), "\r\n", "\n")) // as that reader does
				}
				docs, want = append(docs, bsoncore.End(doc, mark)), append(want, row)
			}
			text, errs := tableOf(t, find(tabular.FindOptions{}, docs...), o, docs...)
			r := csv.NewReader(strings.NewReader(text))
			if o.Delimiter != 0 {
				r.Comma = rune(o.Delimiter)
			}
			got, err := r.ReadAll()
			if err != nil || len(errs) > 0 {
				t.Fatalf("%q: %v, %v", text, err, errs)
			}
			if diff := cmp.Diff(want, got[1:]); diff != "" {
				t.Fatalf("%q (-want +got):\n%s", text, diff)
			}
		}
	}
}

// Faults of documents have the place that extjson gives for them.
func TestRowFaults(t *testing.T) {
	left := 60 // documents
	for doc := range bsontest.Documents(7) {
		if left--; left < 0 {
			break
		}
		columns := find(tabular.FindOptions{}, doc)
		if len(columns) == 0 {
			continue
		}
		table, err := tabular.NewTable(columns, tabular.TableOptions{})
		if err != nil {
			continue // invalid UTF-8 in a key
		}
		for fault := range bsontest.Faults(doc) {
			dst, err := table.AppendRows(nil, math.MaxInt, fault.Data)
			if err == nil {
				continue
			}
			if len(dst) > 0 {
				t.Fatalf("%s: %q", fault.Name, dst)
			}
			syntax, isSyntax := errors.AsType[*bson.SyntaxError](err)
			value, isValue := errors.AsType[*bson.ValueError](err)
			switch {
			case isSyntax && (syntax.Offset < 0 || syntax.Offset > int64(len(fault.Data))):
				t.Errorf("%s: %v", fault.Name, err)
			case isValue && (value.Offset < 0 || value.Offset > int64(len(fault.Data))):
				t.Errorf("%s: %v", fault.Name, err)
			case !isSyntax && !isValue:
				t.Errorf("%s: %T", fault.Name, err)
			}
		}
	}
}

// A long row is an error with a limit, and is written in portions without one.
func TestLongRows(t *testing.T) {
	doc := docsOf(t, `{a:"`+strings.Repeat("x\\n\\\"", 100_000)+`",b:[`+strings.TrimSuffix(strings.Repeat(`"y,\"",`, 50_000), ",")+`],c:1}`)[0]
	columns := find(tabular.FindOptions{}, doc)
	tableOf(t, columns, tabular.TableOptions{}, doc) // both ways
	table, _ := tabular.NewTable(columns, tabular.TableOptions{})
	if dst, err := table.AppendRows([]byte("x"), 10_000, doc); !errors.Is(err, bson.ErrTooLarge) || string(dst) != "x" {
		t.Errorf("%v with %d bytes", err, len(dst))
	}
	full := errors.New("no room")
	if err := table.WriteRows(failing{full}, doc); err != full {
		t.Errorf("error %v, want that of the writer", err)
	}
}

// failing is a writer that fails.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
