package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// splitOf returns an output that is split into files of dir.
func splitOf(dir string, parts Parts, o Output) Output {
	parts.Stem, parts.Suffix = filepath.Join(dir, "out"), ".json"
	o.Name, o.Parts = parts.Stem+parts.Suffix, &parts
	return o
}

// openSplit opens o, which the test expects to succeed.
func openSplit(t *testing.T, o Output) *Split {
	t.Helper()
	s, err := o.OpenSplit()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// writeParts enters labels and writes texts in turns.
func writeParts(s *Split, steps ...string) error {
	for i := 0; i < len(steps); i += 2 {
		if err := s.Enter(steps[i]); err != nil {
			return err
		}
		if _, err := s.Write([]byte(steps[i+1])); err != nil {
			return err
		}
	}
	return nil
}

// The parts of a Split have their names when all are whole. Parts that are entered again go
// on, few are open at once, and nothing else is left.
func TestSplit(t *testing.T) {
	dir := t.TempDir()
	s := openSplit(t, splitOf(dir, Parts{}, Output{}))
	want := map[string]string{}
	for _, text := range []string{"one ", "two ", "three"} {
		for i := range openFiles + 10 {
			label := strconv.Itoa(i)
			if err := writeParts(s, "n"+label, text); err != nil || len(s.open) > openFiles {
				t.Fatal(err, len(s.open))
			}
			want["out-"+label+".json"] += text
		}
	}
	if err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	for name := range treeText(t, dir) {
		if filepath.Dir(name) == "." {
			t.Errorf("%s has its name before Commit", name)
		}
	}
	if s.Published() {
		t.Error("it is published before Commit")
	}
	if err := s.Commit(); err != nil || !s.Published() || s.Err() != nil || s.Files() != int64(len(want)) || s.Removed() != "" || s.Older() != nil {
		t.Fatal(err, s.Err(), s.Files())
	}
	if diff := cmp.Diff(want, treeText(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if kept, err := s.Keep(); kept != "" || err != nil || s.Discard() != nil || len(names(t, dir)) != len(want) {
		t.Errorf("Keep after Commit: %q, %v, %q", kept, err, names(t, dir))
	}
}

// A run that stops leaves nothing, whatever it has written.
func TestSplitStops(t *testing.T) {
	for _, settled := range []bool{false, true} {
		dir := t.TempDir()
		s := openSplit(t, splitOf(dir, Parts{Numbered: true}, Output{Codec: compress.Gzip}))
		if err := writeParts(s, "#00001", "x", "#00002", "y"); err != nil || len(s.open) > 1 {
			t.Fatal(err, len(s.open))
		}
		if settled {
			if err := s.Settle(); err != nil {
				t.Fatal(err)
			}
		}
		if kept, err := s.Keep(); kept != "" || err != nil || len(names(t, dir)) > 0 {
			t.Errorf("Keep: %q, %v, left %q", kept, err, names(t, dir))
		}
	}
}

// hostileTexts are texts of labels that are no good names.
var hostileTexts = []string{
	"", ".", "..", "../x", "/etc/passwd", `..\x`, `C:\x`, "a/b", "a:b", "a*b?c", "<a|b>", `"`, "NUL\x00", "line\nfeed", "\x7f",
	"CON", "nul", "com1", "x.", "x ", " x", "-x", "100%", "%41", "\xff\xfe", "\u202egpj", "\u200b", "\ufeff", "a\u00a0b",
	"é", "e\u0301", "東京", "😀", "~", "x~0123456789abcdef", strings.Repeat("x", 300), strings.Repeat("y", 5000), strings.Repeat("é", 200), strings.Repeat("/", 100),
}

// Names stay in their directory, have at most 255 bytes and only characters that every system
// allows, and different texts have different names.
func TestPartNames(t *testing.T) {
	for _, stem := range []string{"out", strings.Repeat("s", 150)} {
		n := newPartNames(stem, &Parts{Suffix: ".json.gz"})
		seen := map[string]string{}
		for _, text := range hostileTexts {
			name := n.name("s"+text, 0)
			middle, ok := strings.CutPrefix(name, stem+"-")
			middle, end := strings.CutSuffix(middle, ".json.gz")
			if !ok || !end || len(name) > maxBase || filepath.Base(name) != name || !filepath.IsLocal(name) {
				t.Errorf("%.50q: name %q of %d bytes", text, name, len(name))
			}
			if strings.ContainsAny(middle, "/\\:*?\"<>|\x00\n\x7f\u202e\u200b\ufeff\u00a0") || strings.HasSuffix(middle, ".") || strings.HasSuffix(middle, " ") {
				t.Errorf("%.50q: name %q", text, name)
			}
			if other, ok := seen[name]; ok {
				t.Errorf("%.50q and %.50q have the name %q", other, text, name)
			}
			seen[name] = text
		}
	}
	n := newPartNames("out", &Parts{Suffix: ".json"})
	for text, want := range map[string]string{
		"US": "out-US.json", "": "out-.json", "..": "out-.%2E.json", "../x": "out-..%2Fx.json", "NUL\x00": "out-NUL%00.json", "CON": "out-CON.json",
		"a b": "out-a b.json", "a ": "out-a%20.json", "50%": "out-50%25.json", "\xff": "out-%FF.json", "東京": "out-東京.json", "\u202ex": "out-%E2%80%AEx.json",
	} {
		if got := n.name("s"+text, 0); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A long text is cut between characters and escapes.
func TestCutPart(t *testing.T) {
	for _, tc := range []struct {
		text string
		most int
		want string
	}{
		{"abc", 3, "abc"}, {"abc", 2, "ab"}, {"aé", 2, "a"}, {"a%2Fb", 2, "a"}, {"a%2Fb", 3, "a"}, {"a%2Fb", 4, "a%2F"}, {"%2F", 1, ""}, {"abc", 0, ""},
	} {
		if got := cutPart(tc.text, tc.most); got != tc.want {
			t.Errorf("%q to %d: %q, want %q", tc.text, tc.most, got, tc.want)
		}
	}
}

// decomposed is a disk that takes é for e and an accent, and ignores case, as that of macOS.
type decomposed struct{ systemDisk }

func (d decomposed) create(name string, perm fs.FileMode) (diskFile, error) {
	dir, base := filepath.Split(name)
	return d.systemDisk.create(dir+strings.ReplaceAll(strings.ToLower(base), "e\u0301", "é"), perm)
}

// Labels whose names differ by case, or by more that the file system ignores, have a file
// each, and so have those of different kinds with one text. The reserved label keeps its name.
func TestSplitNames(t *testing.T) {
	for _, tc := range []struct {
		about  string
		disk   disk
		labels []string
		want   []string // names, with ~ for a hash
	}{
		{"case", systemDisk{}, []string{"sA", "sa", "sK", "s\u212a"}, []string{"out-A.json", "out-a~.json", "out-K.json", "out-\u212a~.json"}},
		{"kinds", systemDisk{}, []string{"s1", "n1", "s2"}, []string{"out-1.json", "out-1~.json", "out-2.json"}},
		{"accents apart", systemDisk{}, []string{"sé", "se\u0301"}, []string{"out-é.json", "out-e\u0301.json"}},
		{"accents alike", decomposed{}, []string{"sé", "se\u0301"}, []string{"out-é.json", "out-é~.json"}},
		{"missing", systemDisk{}, []string{"sMissing", "smissing", "-missing"}, []string{"out-Missing~.json", "out-missing~.json", "out-missing.json"}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			dir := t.TempDir()
			s := openSplit(t, splitOf(dir, Parts{Reserved: "-missing"}, Output{disk: tc.disk}))
			for _, label := range tc.labels {
				if err := writeParts(s, label, label); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			texts := treeText(t, dir)
			for i, label := range tc.labels {
				for name, text := range texts {
					if text != label {
						continue
					}
					name = filepath.Base(name)
					if stem, hash, ok := strings.Cut(strings.TrimSuffix(name, ".json"), "~"); ok && len(hash) == 8 {
						name = stem + "~.json"
					}
					got = append(got, name)
				}
				if len(got) != i+1 {
					t.Fatalf("%q is not alone in a file: %q", label, texts)
				}
			}
			s.Discard()
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Names that cannot be used are refused before anything is made.
func TestSplitRefused(t *testing.T) {
	dir := t.TempDir()
	os.Mkdir(filepath.Join(dir, "folder.json"), 0o777)
	for name, want := range map[string]string{
		filepath.Join(dir, ".json"):                          "has no name before its suffix",
		filepath.Join(dir, strings.Repeat("x", 200)+".json"): "is too long",
		filepath.Join(dir, "folder.json"):                    "is not a regular file",
		filepath.Join(dir, "nowhere", "out.json"):            "mkdir",
	} {
		_, err := Output{Name: name, Parts: &Parts{Stem: strings.TrimSuffix(name, ".json"), Suffix: ".json"}}.OpenSplit()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("%q are left", got)
	}
}

// A file is replaced only with Overwrite, and only a regular one that is no input.
func TestSplitExisting(t *testing.T) {
	refusal := func(why string) string { return "*file.Refusal: out-1.json " + why }
	for _, tc := range []struct {
		about     string
		make      func(name string) error
		overwrite bool
		input     bool
		want      string // type and text, "" for none
	}{
		{"new", nil, false, false, ""},
		{"old", func(name string) error { return os.WriteFile(name, []byte("old"), 0o666) }, false, false, "*fs.PathError: create out-1.json: file already exists"},
		{"overwrite", func(name string) error { return os.WriteFile(name, []byte("old"), 0o666) }, true, false, ""},
		{"input", func(name string) error { return os.WriteFile(name, []byte("old"), 0o666) }, true, true, "*file.Refusal: in is an input, and a file of the output would replace it; choose another name for the output"},
		{"directory", func(name string) error { return os.Mkdir(name, 0o777) }, true, false, refusal("is not a regular file, and a file of the output would replace it; choose another name for the output")},
		{"link", func(name string) error { return os.Symlink("elsewhere", name) }, true, false, refusal("is not a regular file, and a file of the output would replace it; choose another name for the output")},
	} {
		for _, numbered := range []bool{false, true} {
			dir := t.TempDir()
			if tc.make != nil {
				if err := tc.make(filepath.Join(dir, "out-00001.json")); err != nil {
					t.Skip(err)
				}
			}
			before := names(t, dir)
			parts := Parts{Numbered: numbered, Input: func(fs.FileInfo) (string, bool) { return "in", tc.input }}
			s, err := splitOf(dir, parts, Output{Overwrite: tc.overwrite}).OpenSplit()
			if numbered != (err != nil) && tc.want != "" {
				t.Errorf("%s: numbered %v: OpenSplit: %v", tc.about, numbered, err)
			}
			if err == nil {
				if err = writeParts(s, "#00001", "new"); err == nil {
					err = s.Commit()
				}
				s.Discard()
			}
			got := ""
			if err != nil {
				got = strings.ReplaceAll(fmt.Sprintf("%T: %v", err, err), filepath.Join(dir, "out-00001.json"), "out-1.json")
			}
			if got != tc.want || tc.want != "" && !cmp.Equal(before, names(t, dir)) {
				t.Errorf("%s, numbered %v: %s, want %s; left %q", tc.about, numbered, got, tc.want, names(t, dir))
			}
			if tc.want == "" && !cmp.Equal(treeText(t, dir), map[string]string{"out-00001.json": "new"}) {
				t.Errorf("%s, numbered %v: files %q", tc.about, numbered, treeText(t, dir))
			}
		}
	}
}

// A file that another program makes during the run is not replaced without Overwrite, and no
// part appears. With Overwrite it is.
func TestSplitCreatedLater(t *testing.T) {
	for _, overwrite := range []bool{false, true} {
		dir := t.TempDir()
		s := openSplit(t, splitOf(dir, Parts{Numbered: true}, Output{Overwrite: overwrite}))
		if err := writeParts(s, "#00001", "1", "#00002", "2", "#00003", "3"); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(dir, "out-00002.json"), []byte("theirs"), 0o666)
		err := s.Commit()
		s.Discard()
		want := map[string]string{"out-00002.json": "theirs"}
		if overwrite {
			want = map[string]string{"out-00001.json": "1", "out-00002.json": "2", "out-00003.json": "3"}
		}
		if errors.Is(err, fs.ErrExist) == overwrite || !cmp.Equal(treeText(t, dir), want) || len(names(t, dir)) != len(want) {
			t.Errorf("overwrite %v: %v, %q", overwrite, err, treeText(t, dir))
		}
	}
}

// A rivalDisk makes a file just before a part gets its name, as another program may. links says
// whether it has links.
type rivalDisk struct {
	systemDisk
	links bool
}

func (d rivalDisk) link(from, to string) error {
	os.WriteFile(to, []byte("theirs"), 0o666)
	if !d.links {
		return errors.ErrUnsupported
	}
	return d.systemDisk.link(from, to)
}

// Nor is a file replaced that another program makes while the parts get their names.
func TestSplitRival(t *testing.T) {
	for _, links := range []bool{false, true} {
		dir := t.TempDir()
		s := openSplit(t, splitOf(dir, Parts{}, Output{disk: rivalDisk{links: links}}))
		if err := writeParts(s, "sa", "ours"); err != nil {
			t.Fatal(err)
		}
		err := s.Commit()
		s.Discard()
		if e, ok := errors.AsType[*fs.PathError](err); !ok || !errors.Is(err, fs.ErrExist) || filepath.Base(e.Path) != "out-a.json" {
			t.Errorf("links %v: %v", links, err)
		}
		if got := treeText(t, dir); !cmp.Equal(got, map[string]string{"out-a.json": "theirs"}) || len(names(t, dir)) != 1 {
			t.Errorf("links %v: %q", links, got)
		}
	}
}

// Files with names like those of parts stay, and Older has them.
func TestSplitOlder(t *testing.T) {
	for _, tc := range []struct {
		numbered bool
		want     []string
	}{{true, []string{"out-00003.json"}}, {false, []string{"out-00003.json", "out-old.json"}}} {
		dir := t.TempDir()
		for _, name := range []string{"out-00001.json", "out-00003.json", "out-old.json", "out-3.bson", "other-00001.json", "out.json", "out-in.json"} {
			os.WriteFile(filepath.Join(dir, name), []byte(name), 0o666)
		}
		in, _ := os.Stat(filepath.Join(dir, "out-in.json"))
		parts := Parts{Numbered: tc.numbered, Input: func(info fs.FileInfo) (string, bool) { return "in", os.SameFile(info, in) }}
		s := openSplit(t, splitOf(dir, parts, Output{Overwrite: true}))
		if err := errors.Join(writeParts(s, "#00001", "1", "#00002", "2"), s.Commit()); err != nil {
			t.Fatal(err)
		}
		for i := range tc.want {
			tc.want[i] = filepath.Join(dir, tc.want[i])
		}
		if diff := cmp.Diff(tc.want, s.Older()); diff != "" || len(names(t, dir)) != 8 {
			t.Errorf("numbered %v, %q (-want +got):\n%s", tc.numbered, names(t, dir), diff)
		}
	}
}

// If any call of the disk fails, the error is returned and the files that were there have
// their names and texts, also those that were replaced before.
func TestSplitDiskFails(t *testing.T) {
	broken := errors.New("broken")
	old := map[string]string{"out-a.json": "old a", "out-c.json": "old c", "out-d.json": "old d"}
	for _, overwrite := range []bool{false, true} {
		for _, codec := range []compress.Codec{compress.None, compress.Gzip} {
			for _, kind := range []string{"mkdir", "create", "append", "write", "sync", "link", "rename"} {
				for n := 1; ; n++ {
					dir := t.TempDir()
					labels, before := []string{"b", "e", "f", "g"}, map[string]string{}
					if overwrite {
						labels, before = []string{"a", "b", "c", "d"}, old
					}
					for name, text := range before {
						os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)
					}
					var left atomic.Int64
					left.Store(int64(n))
					o := Output{Overwrite: overwrite, Codec: codec, disk: failingDisk{kind: kind, n: &left, err: broken}}
					o.Jobs = 1
					s, err := splitOf(dir, Parts{}, o).OpenSplit()
					for i := 0; err == nil && i < 2; i++ {
						for _, label := range labels {
							err = errors.Join(err, writeParts(s, "s"+label, "new"))
						}
					}
					if err == nil {
						err = s.Settle()
					}
					if err == nil {
						err = s.Commit()
					}
					if s != nil {
						s.Discard()
					}
					got := treeText(t, dir)
					if kind == "link" && err == nil { // files are renamed instead
						if len(got) != 4 || len(names(t, dir)) != 4 {
							t.Errorf("%v, %s %d: %q", codec, kind, n, got)
						}
						if left.Load() > 0 {
							break
						}
						continue
					}
					if left.Load() > 0 {
						if err != nil || n == 1 && !(kind == "append" || kind == "rename" && !overwrite) {
							t.Errorf("overwrite %v, %v, %s %d: %v", overwrite, codec, kind, n, err)
						}
						break
					}
					if !errors.Is(err, broken) || !cmp.Equal(got, before) || len(names(t, dir)) != len(before) {
						t.Errorf("overwrite %v, %v, %s %d: %v, files %q, names %q", overwrite, codec, kind, n, err, got, names(t, dir))
					}
				}
			}
		}
	}
}

// If the old files cannot get their names again, they stay and the error has their place.
func TestSplitStranded(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"out-a.json", "out-b.json"} {
		os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o666)
	}
	s := openSplit(t, splitOf(dir, Parts{}, Output{Overwrite: true, disk: &brittleDisk{whole: 3}}))
	if err := writeParts(s, "sa", "new", "sb", "new"); err != nil {
		t.Fatal(err)
	}
	err := s.Commit()
	s.Discard()
	if err == nil {
		t.Fatal("no error")
	}
	_, place, ok := strings.Cut(err.Error(), "the files that they replaced are in ")
	if !ok || treeText(t, place)["out-a.json"] != "old" || !s.Published() {
		t.Errorf("%v, %q", err, treeText(t, dir))
	}
}

// The parts stay if another program has put a file into the temporary directory, and the error
// has its name.
func TestSplitForeign(t *testing.T) {
	dir := t.TempDir()
	s := openSplit(t, splitOf(dir, Parts{}, Output{}))
	if err := writeParts(s, "sa", "new"); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(s.temp, "theirs"), nil, 0o666)
	err := s.Commit()
	s.Discard()
	if err == nil || !strings.Contains(err.Error(), "it was written, but the directory "+dir) || !s.Published() {
		t.Errorf("%v", err)
	}
	if got := treeText(t, dir); got["out-a.json"] != "new" || len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// A brittleDisk has no links, and only its first renames succeed.
type brittleDisk struct {
	systemDisk
	whole int
}

func (d *brittleDisk) link(string, string) error { return errors.ErrUnsupported }

func (d *brittleDisk) rename(from, to string) error {
	if d.whole--; d.whole < 0 {
		return errors.New("broken")
	}
	return d.systemDisk.rename(from, to)
}

// The file of rejects must not have a name that a part can have.
func TestSplitCollides(t *testing.T) {
	dir := t.TempDir()
	for _, tc := range []struct {
		name     string
		numbered bool
		want     bool
	}{
		{"out-00001.json", true, true}, {"out-rest.json", true, false}, {"out-rest.json", false, true}, {"OUT-rest.JSON", false, true},
		{"out-rest.bin", false, false}, {"out.json", false, false}, {"rest.json", false, false}, {"-", false, false},
	} {
		p := Output{Name: tc.name}
		if tc.name != "-" {
			p.Name = filepath.Join(dir, tc.name)
		}
		if got := splitOf(dir, Parts{Numbered: tc.numbered}, Output{}).Collides(p); got != tc.want {
			t.Errorf("%s, numbered %v: %v", tc.name, tc.numbered, got)
		}
	}
}
