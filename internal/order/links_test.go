package order

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pages returns the names of all pages: those of the top folder and of docs.
func pages(t *testing.T, root string) []string {
	t.Helper()
	var all []string
	for _, folder := range []string{root, filepath.Join(root, "docs")} {
		names, err := filepath.Glob(filepath.Join(folder, "*.md"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, names...)
	}
	return all
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	fence   = regexp.MustCompile("(?s)```.*?```")
	code    = regexp.MustCompile(fence.String() + "|`[^`\n]+`")
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the anchors of the headings in a page.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		all[strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return all
}

// brokenLinks returns the links of a page in folder to files that do not exist,
// and to headings that the file does not have. Links to other hosts are not
// followed.
func brokenLinks(folder, text string) []string {
	var broken []string
	for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
		if strings.Contains(m[1], "://") {
			continue
		}
		name, anchor, _ := strings.Cut(m[1], "#")
		target := text
		if name != "" {
			file := filepath.Join(folder, name)
			info, err := os.Stat(file)
			if err != nil {
				broken = append(broken, m[1])
				continue
			}
			if info.IsDir() || anchor == "" {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				broken = append(broken, m[1])
				continue
			}
			target = string(data)
		}
		if !anchors(target)[anchor] {
			broken = append(broken, m[1])
		}
	}
	return broken
}

// TestLinks follows the links of the pages.
func TestLinks(t *testing.T) {
	links := 0
	for _, page := range pages(t, filepath.Join("..", "..")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		links += len(link.FindAll(text, -1))
		for _, target := range brokenLinks(filepath.Dir(page), string(text)) {
			t.Errorf("%s: the link to %s leads nowhere", page, target)
		}
	}
	if links < 40 {
		t.Errorf("only %d links seen: the pattern no longer fits the pages", links)
	}
}

// TestBrokenLinks shows that TestLinks can fail.
func TestBrokenLinks(t *testing.T) {
	const page = "# A `b` c\n[1](order_test.go) [2](#a-b-c) [3](https://example.com/x) [4](nosuch.md) [5](#nosuch) [6](.)\n" +
		"```\n# no heading\n[7](nosuch)\n```\n[8](#no-heading) `f[T](nosuch)`\n"
	want := []string{"nosuch.md", "#nosuch", "#no-heading"}
	if diff := cmp.Diff(want, brokenLinks(".", page)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// inline matches code in a line of a page, inlineName a name of a package in it.
var (
	inline     = regexp.MustCompile("`[^`\n]+`")
	inlineName = regexp.MustCompile(`\b(bson|bsoncore|schema|extjson|pickle|decimal128|objectid|shopspring)\.([A-Z][A-Za-z0-9]*)`)
)

// otherNames has the pages that also name functions of other libraries, or of
// older versions of this one.
var otherNames = []string{"CHANGELOG.md", "differences.md", "from-mongo-driver.md"}

// TestNamedNames: the packages declare the names that pages for users use.
func TestNamedNames(t *testing.T) {
	root := filepath.Join("..", "..")
	declared := map[string]map[string]bool{}
	names := 0
	for _, page := range pages(t, root) {
		if slices.Contains(otherNames, filepath.Base(page)) {
			continue
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, span := range inline.FindAllString(string(text), -1) {
			for _, m := range inlineName.FindAllStringSubmatch(span, -1) {
				if declared[m[1]] == nil {
					declared[m[1]] = declaredNames(t, filepath.Join(root, folder(m[1])))
				}
				if names++; !declared[m[1]][m[2]] && !testName.MatchString(span) {
					t.Errorf("%s: package %s has no %s", page, m[1], m[2])
				}
			}
		}
	}
	if names < 150 {
		t.Errorf("only %d names seen: the pattern no longer fits the pages", names)
	}
}

// TestNamedTests: the tests that the pages name exist.
func TestNamedTests(t *testing.T) {
	root := filepath.Join("..", "..")
	tests := testFuncs(t, root)
	for _, page := range pages(t, root) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testName.FindAllStringSubmatch(string(text), -1) {
			if !tests[m[1]+"."+m[2]] {
				t.Errorf("%s: no test %s in package %s", page, m[2], m[1])
			}
		}
	}
}
