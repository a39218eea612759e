package codec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
)

func TestNamespaces(t *testing.T) {
	all := []string{"a.x", "a.x.y", "a.", "b.x", "ab.x*z", ".oplog", `a.\x`, "$admin.system.users"}
	for _, tc := range []struct{ patterns, want, unmatched string }{
		{"a.x", "a.x", ""},
		{"a.*", `a.x a.x.y a. a.\x`, ""},
		{"*.x", "a.x b.x", ""},
		{"*.x*", "a.x a.x.y b.x ab.x*z", ""},
		{`*.x\*z`, "ab.x*z", ""},
		{`a.\\x`, `a.\x`, ""},
		{`a.\x`, `a.\x`, ""},
		{".oplog", ".oplog", ""},
		{"*.oplog", ".oplog", ""},
		{"*b.x*", "b.x ab.x*z", ""},
		{"*b*.x", "b.x", ""},
		{"a*.*x*", `a.x a.x.y ab.x*z a.\x`, ""},
		{"a.x.y", "a.x.y", ""},
		{"a.*.*", "a.x.y", ""},
		{"a*x", "", "a*x"}, // cannot be added
		{"a.x b.x", "a.x b.x", ""},
		{"!a.*", "b.x ab.x*z .oplog $admin.system.users", ""},
		{"!a.* !b.x", "ab.x*z .oplog $admin.system.users", ""},
		{"a.* !*.x", `a.x.y a. a.\x`, ""},
		{"!*.x a.*", `a.x.y a. a.\x`, ""},
		{"c.* !c.d", "", "c.* !c.d"},
		{"*.*", strings.Join(all, " "), ""},
		{"*.xx", "", "*.xx"},
		{"*.x*x", "", "*.x*x"}, // the x is needed twice
		{"a.*x*x", "", "a.*x*x"},
		{"a.*x*y", "a.x.y", ""},
		{"a.*y*x", "", "a.*y*x"}, // the y is behind the x
	} {
		s := new(Namespaces)
		for _, p := range strings.Fields(tc.patterns) {
			if err := s.Add(p); (err != nil) != !strings.Contains(p, ".") {
				t.Errorf("%s: %v", p, err)
			}
		}
		if len(s.patterns) == 0 {
			continue
		}
		var got []string
		for _, name := range all {
			db, collection, _ := strings.Cut(name, ".")
			if s.Wants(archive.Namespace{DB: db, Collection: collection}) {
				got = append(got, name)
			}
		}
		if diff := cmp.Diff([]string{tc.want, tc.unmatched, tc.patterns}, []string{strings.Join(got, " "), strings.Join(s.Unmatched(), " "), strings.Join(s.Patterns(), " ")}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.patterns, diff)
		}
	}
}

func TestNamespacesRejects(t *testing.T) {
	for pattern, want := range map[string]string{
		"users":  "must be DB.COLLECTION; for this collection in any database type *.users",
		"!users": "must be DB.COLLECTION; for this collection in any database type !*.users",
		"":       "must be DB.COLLECTION",
		"!":      "must be DB.COLLECTION",
		"shop.":  "has no collection; for all collections type shop.*",
	} {
		if err := new(Namespaces).Add(pattern); err == nil || err.Error() != want {
			t.Errorf("%q: %v", pattern, err)
		}
	}
	if !(*Namespaces)(nil).Wants(archive.Namespace{}) || (*Namespaces)(nil).Unmatched() != nil {
		t.Error("no patterns do not select all")
	}
}
