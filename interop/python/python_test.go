package python

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

// debian is the directory of Debian's package python3-bson.
const debian = "/usr/lib/python3/dist-packages"

// An interpreter is a Python that can import PyMongo's bson.
type interpreter struct {
	path    string
	version string // such as "3.13.0"
	highest int    // the highest protocol
	env     []string
}

func (p interpreter) isPython2() bool { return strings.HasPrefix(p.version, "2.") }

// run runs the interpreter with stdin and returns the lines that it prints.
func (p interpreter) run(t *testing.T, stdin string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(p.path, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = p.env
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && stderr.Len() > 0 {
		t.Fatalf("%s: %v\n%s", p.path, err, &stderr)
	}
	return strings.Split(strings.TrimRight(string(out), "\n"), "\n")
}

// modules are the packages of Debian that the tests use, and those that they
// need.
var modules = []string{"bson", "pymongo", "gridfs", "pytz", "dateutil", "six.py", "django", "asgiref", "sqlparse", "mongoengine"}

// pymongo returns a directory with PyMongo's bson and the other modules, and no
// module that hides one of the interpreter.
func pymongo(t *testing.T) string {
	t.Helper()
	src := os.Getenv("PYMONGO")
	if src == "" {
		src = debian
	}
	if _, err := os.Stat(filepath.Join(src, "bson", "objectid.py")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("PyMongo is missing; run interop/setup: %v", err)
		}
		t.Skipf("PyMongo is missing; run interop/setup: %v", err)
	}
	dir := t.TempDir()
	for _, name := range modules {
		from := src
		if name != "bson" {
			from = debian
		}
		if err := os.Symlink(filepath.Join(from, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// interpreters returns the interpreters that can import PyMongo's bson, one per
// version.
func interpreters(t *testing.T) []interpreter {
	t.Helper()
	site := pymongo(t)
	candidates := filepath.SplitList(os.Getenv("PYTHONS"))
	candidates = append(candidates, "/usr/bin/python3")
	if home, err := os.UserHomeDir(); err == nil {
		found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "*", "bin", "python"))
		candidates = append(candidates, found...)
	}
	for _, name := range []string{"python2.7", "python3"} {
		if path, err := exec.LookPath(name); err == nil {
			candidates = append(candidates, path)
		}
	}
	for minor := 6; minor < 20; minor++ {
		if path, err := exec.LookPath(fmt.Sprintf("python3.%d", minor)); err == nil {
			candidates = append(candidates, path)
		}
	}
	const probe = "import sys, pickle, bson.objectid\n" +
		"print('%d.%d.%d %d' % (sys.version_info[:3] + (pickle.HIGHEST_PROTOCOL,)))"
	var all []interpreter
	seen := map[string]bool{}
	env := append(slices.Clone(os.Environ()), "PYTHONPATH="+site, "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	for _, path := range candidates {
		cmd := exec.Command(path, "-c", probe)
		cmd.Dir = site
		cmd.Env = env
		out, err := cmd.Output()
		if err != nil {
			continue
		}
		p := interpreter{path: path, env: env}
		if _, err := fmt.Sscan(string(out), &p.version, &p.highest); err != nil || seen[p.version] {
			continue
		}
		seen[p.version] = true
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("no interpreter can import PyMongo's bson")
	}
	return all
}

var protocols = []pickle.Protocol{
	pickle.Protocol0, pickle.Protocol1, pickle.Protocol2, pickle.Protocol3, pickle.Protocol4, pickle.Protocol5,
}

// A vector is a pickle of testdata/pickle/vectors.json.
type vector struct {
	Writer   string
	Type     string
	Hex      string
	Expected *string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile("../../testdata/pickle/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// A value is a BSON value and its type.
type value struct {
	typ  bson.Type
	data []byte
}

// values returns the distinct values of the vectors.
func values(t *testing.T) []value {
	t.Helper()
	var all []value
	seen := map[string]bool{}
	for _, v := range vectors(t) {
		if v.Expected == nil || seen[*v.Expected] {
			continue
		}
		seen[*v.Expected] = true
		all = append(all, parse(t, *v.Expected))
	}
	return all
}

// parse returns the value of an Extended JSON text.
func parse(t *testing.T, text string) value {
	t.Helper()
	doc, err := extjson.AppendBSON(nil, []byte(`{"v":`+text+`}`))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	c := bson.NewCursor(doc)
	c.Next()
	return value{c.Type(), c.Data()}
}

// sorted returns v with the keys of documents in sorted order, at every depth,
// because a dict of Python 2 has no order.
func sorted(v value) value {
	switch v.typ {
	case bson.TypeDocument, bson.TypeArray:
	case bson.TypeCodeWithScope:
		var c bson.Cursor
		c.ResetValue(v.typ, v.data, 0)
		code, scope := c.CodeWithScope()
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendCodeWithScope(doc, "", string(code), sorted(value{bson.TypeDocument, scope}).data), mark)
		c = bson.NewCursor(doc)
		c.Next()
		return value{v.typ, c.Data()}
	default:
		return v
	}
	var elements []string
	for c := bson.NewCursor(v.data); c.Next(); {
		e := sorted(value{c.Type(), c.Data()})
		elements = append(elements, string(bsoncore.AppendValue(nil, string(c.Key()), e.typ, e.data)))
	}
	if v.typ == bson.TypeDocument {
		slices.SortFunc(elements, func(a, b string) int { return strings.Compare(a[1:], b[1:]) })
	}
	doc, mark := bsoncore.Begin(nil)
	for _, e := range elements {
		doc = append(doc, e...)
	}
	return value{v.typ, bsoncore.End(doc, mark)}
}

// outOfRange reports whether v has a datetime that needs a DatetimeMS, a class
// that Debian's PyMongo does not have.
func outOfRange(t *testing.T, v value) bool {
	t.Helper()
	_, err := pickle.EncodeOptions{Reader: pickle.Python2}.AppendPickleValue(nil, v.typ, v.data)
	return err != nil
}

// TestLoads checks that the pickle of every value of the vectors loads in every
// interpreter as the same value, in every protocol and for both classes of
// documents.
func TestLoads(t *testing.T) {
	check, err := filepath.Abs("../../testdata/pickle/check.py")
	if err != nil {
		t.Fatal(err)
	}
	all := values(t)
	for _, p := range interpreters(t) {
		t.Run(p.version, func(t *testing.T) {
			var lines strings.Builder
			var want []value
			for n, proto := range protocols {
				if n > p.highest {
					continue
				}
				for _, class := range []pickle.DocumentClass{pickle.Dict, pickle.SON} {
					o := pickle.EncodeOptions{Protocol: proto, Documents: class}
					if p.isPython2() {
						o.Reader = pickle.Python2
					}
					for _, v := range all {
						if outOfRange(t, v) {
							continue
						}
						data, err := o.AppendPickleValue(nil, v.typ, v.data)
						if err != nil {
							t.Fatal(err)
						}
						fmt.Fprintf(&lines, "%x\n", data)
						if p.isPython2() && class == pickle.Dict {
							v = sorted(v)
						}
						want = append(want, v)
					}
				}
			}
			got := p.run(t, lines.String(), check, "--form", "json", "--hex", "-")
			if len(got) != len(want) {
				t.Fatalf("%d answers to %d pickles: %s", len(got), len(want), got[0])
			}
			for i, line := range got {
				_, answer, _ := strings.Cut(line, ": ")
				var form struct{ Ejson string }
				if err := json.Unmarshal([]byte(answer), &form); err != nil {
					t.Errorf("%s", line)
					continue
				}
				v := parse(t, form.Ejson)
				if p.isPython2() {
					if w := sorted(want[i]); !bytes.Equal(w.data, want[i].data) {
						// The keys of want[i] are not sorted: it is a SON, so v
						// must have the same order.
					} else {
						v = sorted(v)
					}
				}
				if v.typ != want[i].typ || !bytes.Equal(v.data, want[i].data) {
					t.Errorf("the pickle of %x loads as %s", want[i].data, form.Ejson)
				}
			}
			t.Logf("%d pickles", len(want))
		})
	}
}

// TestEncodings checks that we read a pickle of Python 2 with an Encoding as the
// value that Python 3 loads with that encoding.
func TestEncodings(t *testing.T) {
	check, err := filepath.Abs("../../testdata/pickle/check.py")
	if err != nil {
		t.Fatal(err)
	}
	encodings := []struct {
		name string
		e    pickle.Encoding
		same int // lowest number of values that are the same
	}{{"ascii", pickle.ASCII, 50}, {"utf-8", pickle.UTF8, 50}, {"latin-1", pickle.Latin1, 100}, {"bytes", pickle.Bytes, 70}}
	for _, p := range interpreters(t) {
		if p.isPython2() {
			continue
		}
		for _, enc := range encodings {
			t.Run(p.version+"/"+enc.name, func(t *testing.T) {
				var lines strings.Builder
				var from2 []vector
				for _, v := range vectors(t) {
					if strings.HasPrefix(v.Writer, "py2") && !changes(v, enc.e) {
						from2 = append(from2, v)
						fmt.Fprintln(&lines, v.Hex)
					}
				}
				same := 0
				got := p.run(t, lines.String(), "-W", "ignore", check, "--form", "json", "--encoding", enc.name, "--hex", "-")
				if len(got) != len(from2) {
					t.Fatalf("%d answers to %d pickles: %s", len(got), len(from2), got[0])
				}
				for i, line := range got {
					_, answer, _ := strings.Cut(line, ": ")
					var form struct{ Ejson string }
					if json.Unmarshal([]byte(answer), &form) != nil {
						continue // the interpreter does not load the pickle
					}
					src, err := hex.DecodeString(from2[i].Hex)
					if err != nil {
						t.Fatal(err)
					}
					data, typ, err := pickle.DecodeOptions{Encoding: enc.e}.AppendBSONValue(nil, src)
					if err != nil || text(t, value{typ, data}) != text(t, parse(t, form.Ejson)) {
						t.Errorf("%s of %s: got %v %x, %v, want %s", from2[i].Type, from2[i].Writer, typ, data, err, form.Ejson)
						continue
					}
					same++
				}
				if same < enc.same {
					t.Errorf("%d values are the same, want %d or more", same, enc.same)
				}
			})
		}
	}
}

// changes reports whether Python 3 loads v as another value. It gives every
// pattern the flag u. If names are loaded as bytes, a Binary loses its subtype,
// and a DBRef can end the interpreter.
func changes(v vector, e pickle.Encoding) bool {
	class, _, _ := strings.Cut(v.Type, ":")
	return class == "re.compile" || e == pickle.Bytes && (class == "Binary" || class == "DBRef" || class == "doc" || class == "docs")
}

// text returns v as canonical Extended JSON. All NaNs have the same text.
func text(t *testing.T, v value) string {
	t.Helper()
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendValue(doc, "v", v.typ, v.data), mark)
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGolden checks that we write the same bytes as CPython from 3.7 on.
func TestGolden(t *testing.T) {
	script, err := filepath.Abs("golden.py")
	if err != nil {
		t.Fatal(err)
	}
	ids := []objectid.ID{{}, {0, '\n', '\r', 0x1a, '\\', '\'', '"', 0x7f, 0x80, 0xff, 'a', ' '}}
	for b := range 256 {
		ids = append(ids, objectid.ID(bytes.Repeat([]byte{byte(b)}, 12)))
	}
	var lines strings.Builder
	for _, id := range ids {
		fmt.Fprintln(&lines, id)
	}
	for _, p := range interpreters(t) {
		if p.isPython2() || strings.HasPrefix(p.version, "3.6.") {
			continue
		}
		t.Run(p.version, func(t *testing.T) {
			next := 0
			for _, line := range p.run(t, lines.String(), script) {
				var name, text string
				var proto int
				if _, err := fmt.Sscan(line, &name, &proto, &text); err != nil {
					t.Fatalf("%.80s: %v", line, err)
				}
				want, err := hex.DecodeString(text)
				if err != nil {
					t.Fatal(err)
				}
				o := pickle.EncodeOptions{Protocol: protocols[proto]}
				if name == "son" {
					o.Documents = pickle.SON
				}
				var got []byte
				if name == "id" {
					if got, err = o.MarshalObjectID(ids[next%len(ids)]); err != nil {
						t.Fatal(err)
					}
					next++
				} else {
					data, typ, err := pickle.AppendBSONValue(nil, want)
					if err != nil {
						t.Errorf("%s, protocol %d: %v", name, proto, err)
						continue
					}
					if got, err = o.AppendPickleValue(nil, typ, data); err != nil {
						t.Errorf("%s, protocol %d: %v", name, proto, err)
						continue
					}
				}
				if !bytes.Equal(got, want) {
					i := 0
					for i < min(len(got), len(want)) && got[i] == want[i] {
						i++
					}
					t.Errorf("%s, protocol %d: %d bytes, want %d; they differ at %d: …%q, want …%q", name, proto, len(got), len(want),
						i, got[i:min(i+40, len(got))], want[i:min(i+40, len(want))])
				}
			}
		})
	}
}
