// Export writes a corpus of seeds for fuzzers of other implementations, such as AFL,
// libFuzzer and OSS-Fuzz: every seed a plain file, and a dictionary for each format.
//
//	go run ./fuzz/export DIR
//
// DIR gets the directories bson, json and pickle, with valid inputs (valid-…) and inputs
// with one fault (fault-NAME-OFFSET-…), and the files bson.dict, json.dict and pickle.dict.
// OFFSET is the offset of the fault in the error of this toolkit. The files are the same in
// every run. DIR is made if it does not exist. If it has files, nothing is
// written.
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/bson/bsontest/extjsontest"
	"github.com/bsonkit/bsonkit/bson/bsontest/pickletest"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/edge"
)

func main() {
	if len(os.Args) != 2 || strings.HasPrefix(os.Args[1], "-") {
		fmt.Fprintln(os.Stderr, "usage: go run ./fuzz/export DIR")
		os.Exit(2)
	}
	n, err := export(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "export:", err)
		os.Exit(1)
	}
	fmt.Printf("%d files in %s\n", n, os.Args[1])
}

// Numbers of documents.
const (
	numTyped   = 6  // for each type
	numMixed   = 60 // for each format
	numOdd     = 6  // for each odd part
	seedSize   = 600
	numDamaged = 3 // faults of each document
)

// A corpus is a directory of seeds.
type corpus struct {
	dir   string
	files int
	seen  map[string]bool // contents and names
}

// export writes all seeds. It returns the number of files.
func export(dir string) (int, error) {
	if old, err := os.ReadDir(dir); err == nil && len(old) > 0 {
		return 0, fmt.Errorf("%s is not empty; remove it, or name another directory", dir)
	}
	c := corpus{dir: dir, seen: map[string]bool{}}
	err := errors.Join(c.bson(), c.json(), c.pickle(), c.dictionaries())
	return c.files, err
}

// add writes a seed. The name has the kind, a place and the first bytes of the hash, so
// that it does not depend on other seeds. A second file with the same content is left out.
func (c *corpus) add(format, kind string, data []byte) error {
	hash := fmt.Sprintf("%x", sha256.Sum256(data))
	if c.seen[format+hash] {
		return nil
	}
	c.seen[format+hash] = true
	return c.write(filepath.Join(format, kind+"-"+hash[:12]), data)
}

func (c *corpus) write(name string, data []byte) error {
	name = filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	c.files++
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// slug returns text as a part of a file name.
func slug(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("{}[],:", r)
	}), "-")
}

// fault returns the kind of a seed with a fault.
func fault(name string, offset int64) string {
	for _, p := range []struct{ char, word string }{
		{"{", "brace "}, {"}", "brace-end "}, {"[", "bracket "}, {"]", "bracket-end "}, {",", "comma "}, {":", " "},
	} {
		name = strings.ReplaceAll(name, p.char, p.word)
	}
	return fmt.Sprintf("fault-%s-at-%d", slug(name), offset)
}

// documents calls add for the documents of the corpus: small ones of each type, mixed ones,
// and ones with odd parts.
func documents(add func(kind string, o bsontest.Options, s *bsontest.Source) error) error {
	s := bsontest.NewRandom(1)
	var errs error
	for _, typ := range edge.Types {
		o := bsontest.Options{Types: []bson.Type{typ}, MaxSize: seedSize}
		for range numTyped {
			errs = errors.Join(errs, add("valid-"+slug(typ.String()), o, s))
		}
	}
	for range numMixed {
		errs = errors.Join(errs, add("valid-mixed", bsontest.Options{MaxSize: seedSize}, s))
	}
	for odd := bsontest.Odd(1); odd < bsontest.Misfits; odd <<= 1 {
		for range numOdd {
			errs = errors.Join(errs, add("valid-odd", bsontest.Options{Odd: odd, MaxSize: 4 * seedSize}, s))
		}
	}
	return errs
}

// bson writes documents, all faults of a few of them, and some of the others.
func (c *corpus) bson() error {
	all := map[string]bool{} // kinds of faults
	return documents(func(kind string, o bsontest.Options, s *bsontest.Source) error {
		doc := o.Document(s)
		errs := c.add("bson", kind, doc)
		for f := range bsontest.Faults(doc) {
			if all[f.Name] {
				continue
			}
			all[f.Name] = true
			errs = errors.Join(errs, c.add("bson", fault(f.Name, f.Offset), f.Data))
		}
		for range numDamaged {
			f := bsontest.Damage(s, doc)
			errs = errors.Join(errs, c.add("bson", fault(f.Name, f.Offset), f.Data))
		}
		return errs
	})
}

// dialects are the modes of text, by name.
var dialects = []struct {
	name string
	mode extjson.Mode
}{
	{"canonical", extjson.Canonical}, {"relaxed", extjson.Relaxed}, {"legacy", extjson.Legacy}, {"shell", extjson.Shell},
}

// json writes texts of every dialect.
func (c *corpus) json() error {
	i := 0
	return documents(func(kind string, documents bsontest.Options, s *bsontest.Source) error {
		d := dialects[i%len(dialects)]
		i++
		o := extjsontest.Options{Mode: d.mode, Documents: documents}
		text, _ := o.Text(s)
		errs := c.add("json", kind+"-"+d.name, text)
		for range numDamaged {
			f := o.Damage(s, text)
			errs = errors.Join(errs, c.add("json", fault(f.Name, f.Offset)+"-"+d.name, f.Text))
		}
		return errs
	})
}

// pickle writes pickles.
func (c *corpus) pickle() error {
	return documents(func(kind string, documents bsontest.Options, s *bsontest.Source) error {
		data, _ := pickletest.Options{Documents: documents}.Pickle(s)
		errs := c.add("pickle", kind, data)
		f := pickletest.Damage(s, data)
		return errors.Join(errs, c.add("pickle", fault(f.Name, f.Offset), f.Data))
	})
}

// dictionaries writes the dictionaries: a quoted token on each line, as AFL and libFuzzer
// read them.
func (c *corpus) dictionaries() error {
	var errs error
	for _, d := range []struct {
		name   string
		tokens []string
	}{{"bson.dict", bsonTokens()}, {"json.dict", jsonTokens}, {"pickle.dict", pickleTokens}} {
		var b strings.Builder
		for _, token := range d.tokens {
			b.WriteByte('"')
			for i := range len(token) {
				switch ch := token[i]; {
				case ch == '"' || ch == '\\':
					b.WriteByte('\\')
					b.WriteByte(ch)
				case ch < ' ' || ch > '~':
					fmt.Fprintf(&b, `\x%02x`, ch)
				default:
					b.WriteByte(ch)
				}
			}
			b.WriteString("\"\n")
		}
		errs = errors.Join(errs, c.write(d.name, []byte(b.String())))
	}
	return errs
}

// bsonTokens returns the start of an element of each type, an empty document, lengths and
// numbers at limits, and text that is not UTF-8.
func bsonTokens() (all []string) {
	for _, typ := range edge.Types {
		all = append(all, string([]byte{byte(typ), 'a', 0}))
	}
	return append(all,
		"\x05\x00\x00\x00\x00", "\x01\x00\x00\x00\x00", "\xff\xff\xff\xff", "\xff\xff\xff\x7f", "\x00\x00\x00\x80", "0\x00", "1\x00",
		"\x00\x00\x00\x00\x00\x00\xf8\x7f", "\x00\x00\x00\x00\x00\x00\xf0\x7f", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80")
}

// jsonTokens has the special keys, the words and calls of the shell, and parts of numbers
// and strings.
var jsonTokens = []string{
	`{"$oid":"`, `{"$date":`, `{"$numberInt":"`, `{"$numberLong":"`, `{"$numberDouble":"`, `{"$numberDecimal":"`, `{"$binary":{"base64":"`,
	`","subType":"`, `{"$regularExpression":{"pattern":"`, `","options":"`, `{"$regex":"`, `"$options":"`, `{"$timestamp":{"t":`, `,"i":`,
	`{"$symbol":"`, `{"$code":"`, `"$scope":{`, `{"$dbPointer":{"$ref":"`, `"$id":`, `"$db":"`, `{"$undefined":true}`, `{"$minKey":1}`,
	`{"$maxKey":1}`, `{"$uuid":"`, `"$type":"`, `true`, `false`, `null`, `NaN`, `Infinity`, `-0.0`, `1e308`, `E-6176`, `9223372036854775808`,
	`\u0000`, `\ud83d\ude00`, `\ud800`, `1970-01-01T00:00:00Z`, `+0100`, `ObjectId("`, `ISODate("`, `new Date(`, `NumberLong("`,
	`NumberDecimal("`, `BinData(0,"`, `Timestamp(`, `UUID("`, `/a/i`, `//`, `/*`, `*/`, "\ufeff",
}

// pickleTokens has the opcodes with their usual arguments, and the classes of PyMongo.
var pickleTokens = []string{
	"\x80\x02", "\x80\x05\x95", "(", ".", "0", "}", "]", ")", "d", "l", "t", "s", "u", "a", "e", "\x85", "\x86", "\x87", "N", "\x88", "\x89",
	"K\x01", "M\x01\x00", "J\x01\x00\x00\x00", "I1\n", "L1L\n", "\x8a\x08", "G", "F1.5\n", "X\x01\x00\x00\x00a", "\x8c\x01a", "U\x01a",
	"C\x01a", "q\x00", "r\x00\x01\x00\x00", "h\x00", "j\x00\x01\x00\x00", "\x94", "R", "b", "\x81", "\x93",
	"cbson.objectid\nObjectId\n", "cbson.int64\nInt64\n", "cbson.decimal128\nDecimal128\n", "cbson.timestamp\nTimestamp\n",
	"cbson.binary\nBinary\n", "cbson.code\nCode\n", "cbson.regex\nRegex\n", "cbson.son\nSON\n", "cbson.dbref\nDBRef\n",
	"cbson.min_key\nMinKey\n", "cbson.max_key\nMaxKey\n", "cdatetime\ndatetime\n", "cuuid\nUUID\n", "ccopy_reg\n_reconstructor\n",
}
