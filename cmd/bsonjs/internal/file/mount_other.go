//go:build !unix

package file

import "io/fs"

// isMount returns false: the system does not tell, and does not rename such a directory.
func isMount(string, fs.FileInfo) bool { return false }
