package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// This file reads tar and zip files of directories.

// A packedFile is a file to be packed.
type packedFile struct{ name, text string }

// filesOf returns the files of a directory, with names below prefix.
func filesOf(t *testing.T, dir, prefix string) (files []packedFile) {
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		files = append(files, packedFile{prefix + filepath.ToSlash(rel), string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func tarOf(t *testing.T, files []packedFile) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.text)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t *testing.T, files []packedFile, change func(h *zip.FileHeader)) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		if change != nil {
			change(h)
		}
		out, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// runOn writes data to a file of the given name, and runs a command on it.
func runOn(t *testing.T, name string, data []byte, args ...string) (code int, out, messages string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code = run(append(args, path), strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), strings.ReplaceAll(stderr.String(), path, name)
}

// TestPacked: a tar or zip file of a real dump gives the documents of its directory, also
// below another directory, with a dot in front, or as the directory of one database.
func TestPacked(t *testing.T) {
	lines := func(text string) map[string]int {
		counts := map[string]int{}
		for line := range strings.Lines(text) {
			counts[line]++
		}
		return counts
	}
	for _, tc := range []struct{ dir, prefix string }{
		{"folder", ""}, {"folder", "dump/"}, {"folder", "./a/dump/"}, {"folder-gzip", "dump/"}, {"folder/shop", "shop/"}, {"folder/shop", "x/shop/"},
	} {
		var out, stderr bytes.Buffer
		dir := filepath.Join(dumps, filepath.FromSlash(tc.dir))
		if code := run([]string{"--ns-field", "from", dir}, strings.NewReader(""), &out, &stderr); code != 0 {
			t.Fatal(stderr.String())
		}
		files := filesOf(t, dir, tc.prefix)
		plain := tarOf(t, files)
		for name, data := range map[string][]byte{
			"dump.tar": plain, "dump.tgz": pack(t, compress.Gzip, plain), "dump.tar.gz": pack(t, compress.Gzip, plain),
			"dump.tar.zst": pack(t, compress.Zstd, plain), "DUMP.ZIP": zipOf(t, files, nil),
		} {
			code, got, messages := runOn(t, name, data, "--ns-field", "from")
			if strings.Contains(name, "z") && name != "DUMP.ZIP" { // in the order of the tar file
				if diff := cmp.Diff(lines(out.String()), lines(got)); diff != "" {
					t.Errorf("%s of %s in %q (-want +got):\n%s", name, tc.dir, tc.prefix, diff)
				}
			} else if got != out.String() {
				t.Errorf("%s of %s in %q: %d bytes, want %d", name, tc.dir, tc.prefix, len(got), out.Len())
			}
			if code != 0 || messages != "" {
				t.Errorf("%s of %s in %q: code %d, %s", name, tc.dir, tc.prefix, code, messages)
			}
		}
	}
}

// TestPackedEnds: a checksum after the end of a compressed tar file is verified, and a
// second tar file in the same file is a fault.
func TestPackedEnds(t *testing.T) {
	plain := tarOf(t, []packedFile{{"dump/a/x.bson", numbered(7)}, {"dump/a/y.bson", numbered(8)}})
	const want = "{\"n\":7}\n{\"n\":8}\n"
	packed := pack(t, compress.Gzip, plain)
	wrong := bytes.Clone(packed)
	wrong[len(wrong)-8] ^= 1 // of the checksum
	for _, tc := range []struct {
		name, file string
		data       []byte
		message    string
	}{
		{"whole", "dump.tar.gz", packed, ""},
		{"wrong checksum", "dump.tar.gz", wrong, "bsonjs: dump.tar.gz: compressed offset "},
		{"two", "dump.tar", append(bytes.Clone(plain), plain...), "bsonjs: dump.tar: has more data after its end; unpack it with tar --ignore-zeros\n"},
		{"two, compressed", "dump.tgz", pack(t, compress.Gzip, append(bytes.Clone(plain), plain...)), "bsonjs: dump.tgz: has more data after its end; unpack it with tar --ignore-zeros\n"},
		{"more zeros", "dump.tar", append(bytes.Clone(plain), make([]byte, 100_000)...), ""},
	} {
		code, out, messages := runOn(t, tc.file, tc.data, "--on-error", "skip", "-t", "json")
		if out != want || !strings.HasPrefix(messages, tc.message) || code != 0 != (tc.message != "") || code != 0 && code != 4 {
			t.Errorf("%s: code %d, %q, %s", tc.name, code, out, messages)
		}
	}
}

// TestPackedHostile: names that leave the directory, links, encryption, damage, duplicates
// and claimed sizes do no harm, and are said.
func TestPackedHostile(t *testing.T) {
	doc := "\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00"
	good := packedFile{"dump/shop/users.bson", doc}
	const line = "{\"a\":1}\n"
	names := []packedFile{good, {"../x/evil.bson", doc}, {"/etc/evil.bson", doc}, {"a/../../evil.bson", doc}, {`..\evil.bson`, doc}}
	cut := tarOf(t, []packedFile{good, {"dump/shop/orders.bson", strings.Repeat(doc, 1000)}})
	cut = cut[:len(cut)-4000]
	broken := tarOf(t, []packedFile{good, {"dump/shop/orders.bson", doc}})
	broken[1024+148] ^= 0x55 // in the checksum of the second header
	var links bytes.Buffer
	w := tar.NewWriter(&links)
	for _, h := range []*tar.Header{
		{Name: "dump/shop/users.bson", Size: int64(len(doc)), Mode: 0o644},
		{Name: "dump/shop/a.bson", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
		{Name: "dump/shop/b.bson", Typeflag: tar.TypeLink, Linkname: "dump/shop/users.bson"},
		{Name: "dump/shop/c.bson", Typeflag: tar.TypeFifo},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			w.Write([]byte(doc))
		}
	}
	w.Close()
	for _, tc := range []struct {
		name, file string
		data       []byte
		code       int
		out, says  string
	}{
		{"names", "x.tar", tarOf(t, names), 0, line, "not read: "},
		{"names in a zip file", "x.zip", zipOf(t, names, nil), 0, line, "not read: "},
		{"links", "x.tar", links.Bytes(), 0, line, "not read: shop/a.bson, shop/b.bson, shop/c.bson"},
		{"a name twice", "x.tar", tarOf(t, []packedFile{good, good}), 4, "", "two files of one collection"},
		{"a name twice in a zip file", "x.zip", zipOf(t, []packedFile{good, good}, nil), 4, "", "two files of one collection"},
		{"a file as a directory", "x.tar", tarOf(t, []packedFile{good, {good.name + "/x.bson", doc}}), 4, "", "two files of one collection"},
		{"a cut tar file", "x.tar", cut, 4, strings.Repeat(line, 777), "unexpected EOF"},
		{"a damaged header", "x.tar", broken, 4, line, "invalid tar header"},
		{"a damaged zip file", "x.zip", zipOf(t, names, nil)[:200], 4, "", "not a valid zip file"},
		{"an empty zip file", "x.zip", nil, 4, "", "not a valid zip file"},
		{"an encrypted file", "x.zip", zipOf(t, []packedFile{good}, func(h *zip.FileHeader) { h.Flags |= 1 }), 3, "", "is encrypted; decrypt it first"},
		{"no files", "x.tar", tarOf(t, nil), 0, "", "the directory has no files of documents"},
	} {
		code, out, messages := runOn(t, tc.file, tc.data, "--on-error", "skip")
		if code != tc.code || out != tc.out || !strings.Contains(messages, tc.says) {
			t.Errorf("%s: code %d, %q, %s; want %d, %q, %s", tc.name, code, out, messages, tc.code, tc.out, tc.says)
		}
	}
}
