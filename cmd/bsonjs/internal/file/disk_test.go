package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// A spyDisk is the disk of the system, with calls that fail if the test wants
// it. It keeps a list of the calls.
type spyDisk struct {
	systemDisk
	fail  map[string]error // by name of the call
	calls *[]string
}

func newSpy(fail map[string]error) spyDisk { return spyDisk{fail: fail, calls: new([]string)} }

func (d spyDisk) note(call string) error {
	*d.calls = append(*d.calls, call)
	return d.fail[call]
}

func (d spyDisk) create(name string, perm fs.FileMode) (diskFile, error) {
	if err := d.note("create"); err != nil {
		return nil, err
	}
	file, err := d.systemDisk.create(name, perm)
	return spyFile{file, d}, err
}

func (d spyDisk) link(from, to string) error {
	if err := d.note("link"); err != nil {
		return err
	}
	return d.systemDisk.link(from, to)
}

func (d spyDisk) rename(from, to string) error {
	if err := d.note("rename"); err != nil {
		return err
	}
	return d.systemDisk.rename(from, to)
}

func (d spyDisk) syncDir(dir string) {
	d.note("syncDir")
	d.systemDisk.syncDir(dir)
}

type spyFile struct {
	diskFile
	disk spyDisk
}

func (f spyFile) Sync() error {
	if err := f.disk.note("sync"); err != nil {
		return err
	}
	return f.diskFile.Sync()
}

func (f spyFile) Close() error {
	err := f.diskFile.Close()
	if e := f.disk.note("close"); e != nil {
		err = e
	}
	return err
}

func (f spyFile) Stat() (fs.FileInfo, error) {
	if err := f.disk.note("stat"); err != nil {
		return nil, err
	}
	return f.diskFile.Stat()
}

func (f spyFile) Chmod(mode fs.FileMode) error {
	if err := f.disk.note("chmod"); err != nil {
		return err
	}
	return f.diskFile.Chmod(mode)
}

// The bytes of a file are on the disk before it gets its name, whether it is
// new or replaces another, and the name is on the disk before the run ends.
func TestSynced(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	for _, tc := range []struct {
		about string
		fail  map[string]error
		o     Output
		want  []string
	}{
		{"new", nil, Output{}, []string{"create", "sync", "close", "link", "syncDir"}},
		{"replaced", nil, Output{Overwrite: true}, []string{"create", "stat", "chmod", "sync", "close", "rename", "syncDir"}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			spy := newSpy(tc.fail)
			tc.o.Name, tc.o.disk = name, spy
			if err := begin(t, tc.o, "text").Commit(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(*spy.calls, tc.want) {
				t.Errorf("calls %q, want %q", *spy.calls, tc.want)
			}
		})
	}
}

// modeDisk keeps the permissions with which files are created.
type modeDisk struct {
	systemDisk
	perms *[]fs.FileMode
}

func (d modeDisk) create(name string, perm fs.FileMode) (diskFile, error) {
	*d.perms = append(*d.perms, perm)
	return d.systemDisk.create(name, perm)
}

// Nobody can read more of a file while it is written than of the file that it
// replaces.
func TestCreatedPrivate(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	var got []fs.FileMode
	o := Output{Name: name, Overwrite: true, disk: modeDisk{perms: &got}}
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o444} {
		if err := begin(t, o, "text").Commit(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil || info.Mode() != mode {
			t.Skipf("permissions are %v, %v", info.Mode(), err)
		}
	}
	if err := begin(t, o, "text").Discard(); err != nil {
		t.Fatal(err)
	}
	if want := []fs.FileMode{0o666, 0o600, 0o640, 0o444}; !slices.Equal(got, want) {
		t.Errorf("created with %o, want %o", got, want)
	}
}

// If any call of the disk fails, the error is returned and the existing files
// stay.
func TestDiskFails(t *testing.T) {
	broken := errors.New("broken")
	for _, call := range []string{"create", "stat", "chmod", "sync", "close", "rename"} {
		for _, codec := range []compress.Codec{compress.None, compress.Gzip} {
			t.Run(call+" "+codec.String(), func(t *testing.T) {
				dir := t.TempDir()
				name := filepath.Join(dir, "out")
				if err := os.WriteFile(name, []byte("old"), 0o666); err != nil {
					t.Fatal(err)
				}
				spy := newSpy(map[string]error{call: broken})
				o := Output{Name: name, Overwrite: true, Codec: codec, disk: spy}
				f, err := o.Open(t.Context())
				if opens := call != "create" && call != "stat" && call != "chmod"; opens != (err == nil) || !opens && !errors.Is(err, broken) {
					t.Fatalf("Open = %v", err)
				} else if !opens {
					want(t, dir, "out=old")
					if closed := slices.Contains(*spy.calls, "close"); closed != (call != "create") {
						t.Errorf("calls %q", *spy.calls)
					}
					return
				}
				f.Write([]byte("new"))
				if err := f.Commit(); !errors.Is(err, broken) {
					t.Errorf("Commit = %v", err)
				}
				f.Discard()
				want(t, dir, "out=old")
			})
		}
	}
}

// If every temporary name is taken, Open gives up.
func TestNamesAreTaken(t *testing.T) {
	dir := t.TempDir()
	spy := newSpy(map[string]error{"create": fs.ErrExist})
	_, err := Output{Name: filepath.Join(dir, "out"), disk: spy}.Open(t.Context())
	if !errors.Is(err, fs.ErrExist) || len(*spy.calls) != 100 {
		t.Errorf("Open = %v after %d names, want fs.ErrExist after 100", err, len(*spy.calls))
	}
	want(t, dir)
}

// On a plainDisk no file can be setuid.
type plainDisk struct{ systemDisk }

func (d plainDisk) create(name string, perm fs.FileMode) (diskFile, error) {
	file, err := d.systemDisk.create(name, perm)
	return plainFile{file}, err
}

type plainFile struct{ diskFile }

func (f plainFile) Chmod(mode fs.FileMode) error {
	if mode != mode.Perm() {
		return fs.ErrPermission
	}
	return f.diskFile.Chmod(mode)
}

// A file that cannot have all mode bits of the existing file does not replace it.
func TestModeFails(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	const mode = 0o755 | fs.ModeSetuid
	if err := errors.Join(os.WriteFile(name, []byte("old"), 0o755), os.Chmod(name, mode)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode() != mode {
		t.Skipf("the mode of a file is %v, %v", info.Mode(), err)
	}
	f := begin(t, Output{Name: name, Overwrite: true, disk: plainDisk{}}, "new")
	if err := f.Commit(); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Commit = %v, want fs.ErrPermission", err)
	}
	f.Discard()
	want(t, dir, "out=old")
}

// An output whose compressor cannot be made leaves no file.
func TestNoCompressor(t *testing.T) {
	dir := t.TempDir()
	o := Output{Name: filepath.Join(dir, "out"), Codec: compress.Gzip, WriterOptions: compress.WriterOptions{Level: 99}}
	if f, err := o.Open(t.Context()); err == nil || f != nil {
		t.Errorf("Open = %v, %v, want an error", f, err)
	}
	want(t, dir)
}

// Information that is not of the system's files has no owner.
func TestUnknownOwner(t *testing.T) {
	info, err := fs.Stat(fstest.MapFS{"x": {}}, "x")
	if err != nil {
		t.Fatal(err)
	}
	if uid, gid, ok := owner(info); uid != 0 || gid != 0 || ok {
		t.Errorf("owner %d, %d, %t", uid, gid, ok)
	}
}

// If a file cannot be closed, its end may be missing, and Keep returns the
// error.
func TestKeepFails(t *testing.T) {
	broken := errors.New("broken")
	name := filepath.Join(t.TempDir(), "out")
	f := begin(t, Output{Name: name, disk: newSpy(map[string]error{"close": broken})}, "text")
	if kept, err := f.Keep(); kept != PartialName(name) || !errors.Is(err, broken) {
		t.Errorf("Keep = %q, %v", kept, err)
	}
	f = begin(t, Output{Name: name, disk: newSpy(map[string]error{"close": broken})}, "text")
	if err := f.Discard(); !errors.Is(err, broken) {
		t.Errorf("Discard = %v", err)
	}
}

// On a disk without links the file is renamed, but not over another file.
func TestNoLinks(t *testing.T) {
	dir := t.TempDir()
	o := Output{Name: filepath.Join(dir, "out"), disk: newSpy(map[string]error{"link": errors.ErrUnsupported})}
	if err := begin(t, o, "new").Commit(); err != nil {
		t.Error(err)
	}
	want(t, dir, "out=new")
	o.Name = filepath.Join(dir, "two")
	f := begin(t, o, "ours")
	if err := os.WriteFile(o.Name, []byte("theirs"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Commit = %v, want fs.ErrExist", err)
	}
	f.Discard()
	want(t, dir, "out=new", "two=theirs")
}

// A file that replaces the file of another owner gets its owner, group and
// mode. If that fails, nothing is replaced.
func TestOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const uid, gid = 1234, 2345
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	old := func(mode fs.FileMode) {
		t.Helper()
		if err := os.WriteFile(name, []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Chown(name, uid, gid), os.Chmod(name, mode)); err != nil {
			t.Fatal(err)
		}
	}
	for _, mode := range []fs.FileMode{0o440, 0o666, 0o755 | fs.ModeSetuid, 0o755 | fs.ModeSetgid} {
		old(mode)
		f := begin(t, Output{Name: name, Overwrite: true}, "new")
		temp, err := os.Stat(f.aside.temp)
		if err != nil || temp.Mode() != mode.Perm() {
			t.Errorf("while it is written: %v, %v", temp.Mode(), err)
		}
		if err := f.Commit(); err != nil {
			t.Error(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		u, g, _ := owner(info)
		if u != uid || g != gid || info.Mode() != mode {
			t.Errorf("replaced: owner %d, group %d, mode %v, want %d, %d, %v", u, g, info.Mode(), uid, gid, mode)
		}
		os.Remove(name)
	}
	old(0o666)
	_, err := Output{Name: name, Overwrite: true, disk: strangers{}}.Open(t.Context())
	if !errors.Is(err, ErrOwner) {
		t.Errorf("Open = %v, want ErrOwner", err)
	}
	want(t, dir, "out=old")
}

// On a strangersDisk no file can get another owner.
type strangers struct{ systemDisk }

func (d strangers) create(name string, perm fs.FileMode) (diskFile, error) {
	file, err := d.systemDisk.create(name, perm)
	return keptFile{file}, err
}

type keptFile struct{ diskFile }

func (keptFile) Chown(int, int) error { return fs.ErrPermission }

// A name of an open file means that file, and not a new file of that name.
func TestDescriptor(t *testing.T) {
	for _, tc := range []struct {
		name string
		fd   int
		ok   bool
	}{
		{"/dev/stderr", 2, true}, {"/dev/fd/63", 63, true}, {"/proc/self/fd/9", 9, true},
		{"/dev/fd/", 0, false}, {"/dev/fd/-1", 0, false}, {"/dev/fd/3/x", 0, false}, {"out", 0, false},
	} {
		if fd, ok := descriptor(tc.name); ok != tc.ok || ok && fd != tc.fd {
			t.Errorf("descriptor(%q) = %d, %v", tc.name, fd, ok)
		}
	}
	for _, name := range []string{"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"} {
		if !IsStdout(name) {
			t.Errorf("%s is the standard output", name)
		}
	}
	if IsStdout("") || IsStdout("/dev/stderr") || IsStdout(strings.Repeat("-", 2)) {
		t.Error("something else is the standard output")
	}
}
