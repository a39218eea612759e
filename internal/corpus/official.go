package corpus

import (
	"path/filepath"
	"testing"
)

// An Official is one file in the format of the official BSON corpus. The
// specification "BSON Corpus" describes the format.
type Official struct {
	Name         string // name of the file
	Description  string
	BSONType     string
	TestKey      string
	Deprecated   bool
	Valid        []OfficialValid
	DecodeErrors []OfficialDecodeError
	ParseErrors  []OfficialParseError
}

// An OfficialValid is a document in its several forms. A form that a file omits
// is nil or "".
type OfficialValid struct {
	Description      string
	CanonicalBSON    []byte
	DegenerateBSON   []byte
	ConvertedBSON    []byte
	CanonicalExtJSON string
	RelaxedExtJSON   string
	DegenerateText   string
	ConvertedExtJSON string
	Lossy            bool
}

// An OfficialDecodeError is a document that must be rejected.
type OfficialDecodeError struct {
	Description string
	BSON        []byte
}

// An OfficialParseError is a text that must be rejected: Extended JSON, or in
// the decimal128 files the text of a decimal.
type OfficialParseError struct {
	Description string
	Text        string
}

type officialJSON struct {
	Description string `json:"description"`
	BSONType    string `json:"bson_type"`
	TestKey     string `json:"test_key"`
	Deprecated  bool   `json:"deprecated"`
	Valid       []struct {
		Description       string `json:"description"`
		CanonicalBSON     string `json:"canonical_bson"`
		CanonicalExtJSON  string `json:"canonical_extjson"`
		RelaxedExtJSON    string `json:"relaxed_extjson"`
		DegenerateBSON    string `json:"degenerate_bson"`
		DegenerateExtJSON string `json:"degenerate_extjson"`
		ConvertedBSON     string `json:"converted_bson"`
		ConvertedExtJSON  string `json:"converted_extjson"`
		Lossy             bool   `json:"lossy"`
	} `json:"valid"`
	DecodeErrors []struct {
		Description string `json:"description"`
		BSON        string `json:"bson"`
	} `json:"decodeErrors"`
	ParseErrors []struct {
		Description string `json:"description"`
		String      string `json:"string"`
	} `json:"parseErrors"`
}

// LoadOfficial returns the files of the official corpus in the directory dir.
func LoadOfficial(tb testing.TB, dir string) []Official {
	tb.Helper()
	var files []Official
	for _, path := range glob(tb, dir) {
		files = append(files, loadOfficial(tb, path))
	}
	return files
}

func loadOfficial(tb testing.TB, path string) Official {
	tb.Helper()
	var raw officialJSON
	decode(tb, path, &raw)
	out := Official{
		Name: filepath.Base(path), Description: raw.Description,
		BSONType: raw.BSONType, TestKey: raw.TestKey, Deprecated: raw.Deprecated,
	}
	for _, v := range raw.Valid {
		out.Valid = append(out.Valid, OfficialValid{
			Description:      v.Description,
			CanonicalBSON:    unhex(tb, path, v.CanonicalBSON),
			DegenerateBSON:   unhex(tb, path, v.DegenerateBSON),
			ConvertedBSON:    unhex(tb, path, v.ConvertedBSON),
			CanonicalExtJSON: v.CanonicalExtJSON,
			RelaxedExtJSON:   v.RelaxedExtJSON,
			DegenerateText:   v.DegenerateExtJSON,
			ConvertedExtJSON: v.ConvertedExtJSON,
			Lossy:            v.Lossy,
		})
	}
	for _, d := range raw.DecodeErrors {
		out.DecodeErrors = append(out.DecodeErrors, OfficialDecodeError{d.Description, unhex(tb, path, d.BSON)})
	}
	for _, p := range raw.ParseErrors {
		out.ParseErrors = append(out.ParseErrors, OfficialParseError{p.Description, p.String})
	}
	if len(out.Valid)+len(out.DecodeErrors)+len(out.ParseErrors) == 0 {
		tb.Fatalf("%s has no rows", path)
	}
	return out
}
