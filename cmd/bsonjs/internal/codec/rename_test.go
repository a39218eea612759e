package codec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
)

// TestRenames: the first pair that matches renames. Stars and variables match as few
// characters as they can, dots too.
func TestRenames(t *testing.T) {
	for _, tc := range []struct {
		pairs      []string // from and to in turns
		name, want string
	}{
		{nil, "a.b", "a.b"},
		{[]string{"prod.*", "staging.*"}, "prod.users", "staging.users"},
		{[]string{"prod.*", "staging.*"}, "prod.a.b", "staging.a.b"},
		{[]string{"prod.*", "staging.*"}, "production.users", "production.users"},
		{[]string{"*.user*", "*.member*"}, "shop.users", "shop.members"},
		{[]string{"*.user*", "*.member*"}, "shop.a.users", "shop.a.members"},
		{[]string{"*.*", "*.x_*"}, "a.b.c", "a.x_b.c"},
		{[]string{"$db$.$name$", "all.$db$_$name$"}, "shop.users", "all.shop_users"},
		{[]string{"$a$.$b$", "$b$.$a$"}, "shop.users", "users.shop"},
		{[]string{"$a$.$b$", "x.$a$$a$"}, "shop.users", "x.shopshop"},
		{[]string{"a.*", "b.*", "a.x", "c.x"}, "a.x", "b.x"},
		{[]string{"a.x", "c.x", "a.*", "b.*"}, "a.x", "c.x"},
		{[]string{"a.x", "b.x", "b.x", "c.x"}, "a.x", "b.x"},
		{[]string{`a.\*`, `b.\$\\\*`}, "a.*", `b.$\*`},
		{[]string{`a.\*`, "b.y"}, "a.x", "a.x"},
		{[]string{"a.(x|y)", "b.z"}, "a.x", "a.x"},
		{[]string{"a.*", "b.*"}, "a.line\nbreak", "b.line\nbreak"},
		{[]string{"shop.*", "copy.*"}, "shop.system.buckets.x", "copy.system.buckets.x"},
		{[]string{"shop.x", "copy.y"}, "shop.system.buckets.x", "copy.system.buckets.y"},
		{[]string{"shop.system.buckets.x", "copy.y"}, "shop.system.buckets.x", "copy.y"},
		{[]string{".oplog", "local.oplog"}, ".oplog", "local.oplog"},
	} {
		var r Renames
		for i := 0; i < len(tc.pairs); i += 2 {
			if err := r.Add(tc.pairs[i], tc.pairs[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		n, err := ParseNamespace(tc.name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Apply(n); err != nil || got.String() != tc.want {
			t.Errorf("%q: %q is now %q, %v, want %q", tc.pairs, tc.name, got, err, tc.want)
		}
	}
}

// TestRenameErrors: pairs that have no meaning are errors, and new names that no server
// has.
func TestRenameErrors(t *testing.T) {
	for _, tc := range []struct{ from, to, want string }{
		{"", "a.b", `"" is empty; type DB.COLLECTION`},
		{"a.b", "", `"" is empty; type DB.COLLECTION`},
		{"a.*", "b.c", `"a.*" and "b.c" have 1 and 0 stars; their numbers must be equal`},
		{"a.b", "b.*", `"a.b" and "b.*" have 0 and 1 stars; their numbers must be equal`},
		{"a.$x", "b.c", `"a.$x" has a dollar sign without a variable; type $NAME$ for a variable, or \$ for a dollar sign`},
		{"a.$$", "b.c", `"a.$$" has a dollar sign without a variable; type $NAME$ for a variable, or \$ for a dollar sign`},
		{"$x$.$x$", "b.c", `"$x$.$x$" has $x$ twice; give the second one another name`},
		{"a.$x$", "b.$y$", `"b.$y$" has $y$, which is not in "a.$x$"`},
	} {
		if err := new(Renames).Add(tc.from, tc.to); err == nil || err.Error() != tc.want {
			t.Errorf("%q to %q: %v, want %s", tc.from, tc.to, err, tc.want)
		}
	}
	for _, to := range []string{"x", ".x", "a/b.x", "a.", "a\x00.x", `..\a.x`} {
		var r Renames
		if err := r.Add("a.b", to); err != nil {
			t.Fatal(err)
		}
		if got, err := r.Apply(archive.Namespace{DB: "a", Collection: "b"}); err == nil || !strings.HasSuffix(err.Error(), "is not a namespace; change --ns-to") {
			t.Errorf("%q: %q, %v", to, got, err)
		}
	}
}

// TestRenameMetadata: metadata name the new collection, also in the indexes of old
// servers. All else stays.
func TestRenameMetadata(t *testing.T) {
	from, to := archive.Namespace{DB: "a", Collection: "x"}, archive.Namespace{DB: "b", Collection: "é"}
	for _, tc := range []struct{ text, want string }{
		{"", ""},
		{`{"indexes":[],"uuid":"00","collectionName":"x","type":"collection"}`, `{"indexes":[],"uuid":"00","collectionName":"é","type":"collection"}`},
		{`{"options":{"size":{"$numberDouble":"1.0"}},"indexes":[{"v":{"$numberInt":"1"},"key":{"ns":{"$numberInt":"-1"}},"ns":"a.x","name":"x"},7]}`,
			`{"options":{"size":{"$numberDouble":"1.0"}},"indexes":[{"v":{"$numberInt":"1"},"key":{"ns":{"$numberInt":"-1"}},"ns":"b.é","name":"x"},{"$numberInt":"7"}]}`},
		{`{"collectionName":7,"indexes":"x"}`, `{"collectionName":{"$numberInt":"7"},"indexes":"x"}`},
	} {
		got, err := RenameMetadata(archive.Metadata{Namespace: from, Text: tc.text}, to)
		if diff := cmp.Diff(archive.Metadata{Namespace: to, Text: tc.want}, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		same, err := RenameMetadata(archive.Metadata{Namespace: from, Text: tc.text}, from)
		if err != nil || same.Text != tc.text {
			t.Errorf("the same name: %q, %v", same.Text, err)
		}
	}
	if _, err := RenameMetadata(archive.Metadata{Namespace: from, Text: "{"}, to); err == nil || !strings.HasPrefix(err.Error(), `the metadata of "a.x" cannot be read: `) {
		t.Errorf("no JSON: %v", err)
	}
}
