// Package tempfile makes temporary files of which nothing is left, however the process
// ends. It is for the command and its extension.
package tempfile

import "os"

// Create makes an empty file in the folder dir, or in that of the system if dir is empty,
// and opens it for reading and writing. The file never has a name, where the system and the
// file system can do that. Elsewhere it gets one of the pattern, as from os.CreateTemp, and
// loses it at once. If it cannot lose its name while it is open, as on Windows, named is
// true: remove it when it is closed.
func Create(dir, pattern string) (f *os.File, named bool, err error) {
	if dir == "" {
		dir = os.TempDir()
	}
	if f, err := Unnamed(dir); err == nil {
		return f, false, nil
	}
	return create(dir, pattern)
}

// create is Create where files have names.
func create(dir, pattern string) (*os.File, bool, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, false, err
	}
	return f, os.Remove(f.Name()) != nil, nil
}
