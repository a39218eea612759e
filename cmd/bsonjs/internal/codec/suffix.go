package codec

import (
	"path/filepath"
	"slices"
	"strings"
)

// foreignSuffixes are suffixes of names of files in formats that bsonjs does
// not write. Such a name of an output would mislead users.
var foreignSuffixes = map[string]string{
	// Tables.
	".avro": "Avro", ".orc": "ORC",
	".xls": "Excel workbooks", ".xlsx": "Excel workbooks", ".ods": "OpenDocument spreadsheets",
	// Archives and databases.
	".wt": "WiredTiger files", ".sqlite": "SQLite databases", ".sqlite3": "SQLite databases",
	".tar": "tar archives", ".tgz": "tar archives", ".tbz2": "tar archives", ".txz": "tar archives", ".tzst": "tar archives",
	".zip": "zip archives", ".7z": "7z archives", ".rar": "rar archives",
	// Compressions.
	".br": "brotli", ".lz": "lzip", ".lzma": "lzma", ".lzo": "lzop", ".z": "data of the compress program",
	// Documents.
	".xml": "XML", ".yaml": "YAML", ".yml": "YAML", ".toml": "TOML", ".html": "HTML", ".htm": "HTML", ".sql": "SQL",
	".cbor": "CBOR", ".msgpack": "MessagePack", ".npy": "NumPy arrays", ".npz": "NumPy arrays",
}

// BySuffix returns the format of a file by the suffix of its name, without
// regard to upper and lower case, and nil if the suffix is of no format here.
// Then foreign is the title of the format that it is of, "" if unknown.
func BySuffix(name string) (c *Codec, foreign string) {
	suffix := strings.ToLower(filepath.Ext(name))
	for _, c := range All() {
		if slices.Contains(c.Suffixes, suffix) {
			return c, ""
		}
	}
	return nil, foreignSuffixes[suffix]
}
