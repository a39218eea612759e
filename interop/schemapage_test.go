package interop

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/corpus"
)

// This file looks at the pages of bsonjs schema with Chromium.
//
//   - browser starts Chromium, pageOf makes a page, and open shows it in a tab.
//   - A visit has the requests of the page, and what it complained about.
//   - The tests ask the page by JavaScript, and use its keyboard.
//
// If the variable SCREENSHOTS has the name of a directory, pictures and PDF of the pages
// are written there.

// patience is the limit on the time in which a page reacts. It does not measure speed. The
// time of a whole test has no limit here; go test has one.
const patience = 5 * time.Minute

// browser starts Chromium, which interop/setup installs. The package chromedp makes a profile
// for it, and removes the profile when no process of Chromium can write there any more.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		absent(t, "chromium", err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// pageOf writes a page with bsonjs and returns its name.
func pageOf(t *testing.T, bsonjs string, args ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "page.html")
	if out, err := exec.Command(bsonjs, append([]string{"schema", "-o", name, "--quiet"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// fileOf writes documents to a file and returns its name.
func fileOf(t *testing.T, docs ...bson.D) string {
	t.Helper()
	var all []byte
	for _, doc := range docs {
		data, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	name := filepath.Join(t.TempDir(), "docs.bson")
	if err := os.WriteFile(name, all, 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// A visit is a page in a tab.
type visit struct {
	t   *testing.T
	ctx context.Context
	url string

	mu         sync.Mutex
	requests   []string // addresses, without that of the page
	complaints []string // errors and messages of the console
}

// open shows a page of the given width, with light or dark colours. It returns when the page
// is drawn: Chromium drops clicks and keys before that, as nobody can see where they go.
func open(t *testing.T, in context.Context, name string, width int64, scheme string, before ...action) *visit {
	t.Helper()
	ctx, cancel := chromedp.NewContext(in)
	t.Cleanup(cancel)
	v := &visit{t: t, ctx: ctx, url: "file://" + name}
	if err := chromedp.Listen(ctx, v.hear); err != nil {
		t.Fatal(err)
	}
	v.run(call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}),
		call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
	v.run(before...)
	v.run(chromedp.Navigate(v.url))
	v.is(`performance.getEntriesByName("first-contentful-paint").length`, "1")
	return v
}

// An action is a step without a result.
type action = chromedp.Action[chromedp.Void]

// call is a command of the protocol, whose result is not needed.
func call[P, R any](command cdp.Command[P, R], params P) action {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, command, params)
		return err
	})
}

// hear keeps requests and complaints.
func (v *visit) hear(event any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if address, _, _ := strings.Cut(e.Request.URL, "#"); address != v.url && !strings.HasPrefix(address, "data:") {
			v.requests = append(v.requests, e.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		v.complaints = append(v.complaints, fmt.Sprintf("exception: %+v", e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		v.complaints = append(v.complaints, fmt.Sprint("console: ", e.Type, " ", e.Args))
	case *log.EventEntryAdded:
		v.complaints = append(v.complaints, fmt.Sprint("log: ", e.Entry.Text))
	}
}

func (v *visit) run(actions ...action) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, actions...); err != nil {
		v.t.Fatal(err)
	}
}

// get returns the result of an action.
func get[T any](v *visit, a chromedp.Action[T]) T {
	v.t.Helper()
	result, err := chromedp.Run(v.ctx, a)
	if err != nil {
		v.t.Fatal(err)
	}
	return result
}

// text returns the value of an expression of JavaScript as text.
func (v *visit) text(expression string) string {
	v.t.Helper()
	return get(v, chromedp.Evaluate[string]("String("+expression+")"))
}

// is ends the test unless the expression becomes want.
func (v *visit) is(expression, want string) {
	v.t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) { // a page reacts to keys when it is drawn
		if got = v.text(expression); got == want {
			return
		}
	}
	v.t.Fatalf("%s is %q, want %q", expression, got, want)
}

// calm fails the test if the page made a request or complained.
func (v *visit) calm() {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.requests) > 0 || len(v.complaints) > 0 {
		v.t.Errorf("requests %q, complaints %q", v.requests, v.complaints)
	}
}

// fits fails the test if the page is wider than the window.
func (v *visit) fits() {
	v.t.Helper()
	v.is("document.documentElement.scrollWidth <= innerWidth", "true")
	// An element beyond the edge counts also where it is cut off. Numbers and bars of tables
	// are not text that can be lost.
	v.is(`[...document.querySelectorAll("section, header, summary, .panel, table, h1, code")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length`, "0")
}

// keep writes data to the directory of pictures, if there is one.
func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// odd are documents with everything that a page shows.
func odd() (docs []bson.D) {
	for i := range 300 {
		doc := bson.D{
			{Key: "_id", Value: int32(i)}, {Key: "name", Value: strings.Repeat("n", i%40)}, {Key: "score", Value: float64(i*i) / 7},
			{Key: "born", Value: bson.DateTime(int64(i) * 4e9)},
			{Key: "address", Value: bson.D{{Key: "city", Value: []string{"Oslo", "Lima", "Kyiv"}[i%3]}, {Key: "place", Value: bson.D{{Key: "zip", Value: int32(i % 9)}}}}},
			{Key: "items", Value: bson.A{bson.D{{Key: "sku", Value: fmt.Sprintf("s%d", i)}}}},
			{Key: "days", Value: bson.D{{Key: fmt.Sprintf("2024-01-%d", i), Value: true}}},
		}
		if i%50 == 0 {
			doc = append(doc, bson.E{Key: "mixed", Value: []any{int32(1), "1", nil}[i/50%3]})
		}
		if i == 7 {
			doc = append(doc, bson.E{Key: "rare", Value: nil}, bson.E{Key: "Name", Value: "x"}, bson.E{Key: strings.Repeat("long", 30), Value: strings.Repeat("w", 200)})
		}
		docs = append(docs, doc)
	}
	return docs
}

// A page fits into windows of 400 and 1,600 pixels, also unfolded, makes no request and has
// no error. It is light or dark.
func TestPageLayout(t *testing.T) {
	bsonjs := buildBSONJS(t)
	ctx := browser(t)
	collection := filepath.Join(corpus.Root(t), "testdata", "collection.bson")
	for name, args := range map[string][]string{"odd": {fileOf(t, odd()...)}, "collection": {"--max-paths", "200", collection}, "empty": {fileOf(t)}} {
		file := pageOf(t, bsonjs, args...)
		colours := map[string]string{}
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{400, 1600} {
				t.Run(fmt.Sprintf("%s/%s/%d", name, scheme, width), func(t *testing.T) {
					v := open(t, ctx, file, width, scheme)
					v.fits()
					colours[scheme] = v.text(`getComputedStyle(document.body).backgroundColor`)
					picture := func(of string) {
						if os.Getenv("SCREENSHOTS") == "" {
							return
						}
						shot := get(v, func(ctx context.Context, tab *chromedp.Target) (page.CaptureScreenshotResult, error) {
							return cdp.Call(ctx, tab, page.CaptureScreenshot, page.CaptureScreenshotParams{
								CaptureBeyondViewport: new(true), Clip: &page.Viewport{Width: float64(width), Height: 3000, Scale: 1},
							})
						})
						keep(t, fmt.Sprintf("%s-%s-%d-%s.png", name, scheme, width, of), shot.Data)
					}
					picture("start")
					if name != "empty" {
						v.text(`document.querySelectorAll("details").forEach((d, i) => d.open = i < 200)`)
						v.fits()
						v.run(chromedp.ScrollIntoView(chromedp.CSS("#paths")))
						picture("unfolded")
					}
					v.calm()
				})
			}
		}
		if colours["light"] == colours["dark"] {
			t.Errorf("%s: light and dark are the same: %v", name, colours)
		}
	}
}

// The paper has all paths, and the text of the page.
func TestPagePrint(t *testing.T) {
	v := open(t, browser(t), pageOf(t, buildBSONJS(t), fileOf(t, odd()...)), 1200, "dark")
	data := get(v, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
	if !strings.HasPrefix(string(data), "%PDF") || len(data) < 10_000 {
		t.Errorf("%d bytes, which are no document", len(data))
	}
	keep(t, "odd.pdf", data)
	v.run(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}))
	v.is(`getComputedStyle(document.querySelector(".search")).display`, "none")
	v.is(`getComputedStyle(document.documentElement).getPropertyValue("--card").trim()`, "#fff") // paper is light
	v.calm()
}

// press types keys.
func press(keys string) action { return chromedp.KeyEvent(keys, asKeyboard) }

// asKeyboard makes a key do what one of a keyboard does: its character is dropped if the page
// has handled the key. Else the character would reach the element which has the focus then.
func asKeyboard(part *input.DispatchKeyEventParams) {
	if part.Type == input.DispatchKeyEventTypeKeyDown {
		part.Type = input.DispatchKeyEventTypeRawKeyDown
	}
}

// opens is whether the path with the key is open and can be seen.
func opens(key string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".tree .path code")].filter(c => c.textContent === %q).map(c => c.checkVisibility() + "/" + c.closest("details").open).join()`, key)
}

// The search shows paths and unfolds those around them; the keyboard does all that a mouse
// does.
func TestPageKeys(t *testing.T) {
	ctx, file := browser(t), pageOf(t, buildBSONJS(t), fileOf(t, odd()...))
	for _, width := range []int64{400, 1600} {
		v := open(t, ctx, file, width, "light")
		paths := v.text(`document.querySelectorAll(".tree li").length`)
		v.is(`document.querySelector(".search").hidden`, "false")
		v.run(chromedp.Click(chromedp.CSS("#fold")))
		v.is(opens("zip"), "false/false")
		v.run(press("/"))
		v.is("document.activeElement.id", "search")
		v.run(press("ADDRESS zip"))
		v.is(`document.getElementById("hits").textContent`, "1 of "+paths+" paths")
		v.is(opens("zip"), "true/false")
		v.is(opens("name"), "false/false")
		v.is(`document.querySelectorAll(".tree li:not([hidden])").length`, "3")
		// Enter goes to the first path that has all words.
		v.run(press(kb.Enter))
		v.is(`document.activeElement.querySelector("code")?.textContent`, "zip")
		v.text(`document.getElementById("search").focus()`)
		// From the search into the tree: address, place, zip.
		v.run(press(kb.ArrowDown))
		v.is(`document.activeElement.querySelector("code").textContent`, "address")
		v.run(press(kb.ArrowDown + kb.ArrowDown))
		v.is(`document.activeElement.querySelector("code").textContent`, "zip")
		v.run(press(kb.ArrowRight))
		v.is(opens("zip"), "true/true")
		v.run(press(kb.ArrowLeft))
		v.is(opens("zip"), "true/false")
		v.run(press(kb.Enter))
		v.is(opens("zip"), "true/true")
		v.run(press(kb.ArrowLeft + kb.ArrowLeft))
		v.is(`document.activeElement.querySelector("code").textContent`, "place")
		v.is(`getComputedStyle(document.activeElement).outlineStyle`, "solid")
		// Nothing is found; Escape shows all again, folded as before.
		v.run(press("/"), press("no such path"))
		v.is(`document.getElementById("hits").textContent`, "0 of "+paths+" paths")
		v.run(press(kb.Escape))
		v.is(`document.querySelectorAll(".tree li[hidden]").length`, "0")
		v.is(opens("zip"), "false/false")
		// A finding leads to its path, also when the key's parts come slowly: it does not fold
		// the path, which has the focus before the key is up. Twice, because the second time
		// the address does not change.
		for range 2 {
			v.text(`document.querySelector(".findings a").focus()`)
			for _, part := range kb.Encode('\r') {
				asKeyboard(part)
				v.run(call(input.DispatchKeyEvent, *part))
				v.is(`document.activeElement.matches("summary") && document.activeElement.querySelector("code").textContent`, "mixed")
				v.is(opens("mixed"), "true/true")
			}
		}
		v.run(chromedp.Click(chromedp.CSS("#unfold")))
		v.is(opens("sku"), "true/true")
		// Names of what can be used.
		v.is(`document.querySelector("label[for=search]").textContent`, "Search paths")
		v.is(`document.getElementById("hits").getAttribute("role")`, "status")
		v.is(`document.documentElement.lang`, "en")
		v.fits()
		v.calm()
	}
}

// Without JavaScript the page can be read and unfolded.
func TestPageWithoutScript(t *testing.T) {
	v := open(t, browser(t), pageOf(t, buildBSONJS(t), fileOf(t, odd()...)), 1600, "light", call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	v.run(chromedp.Click(chromedp.CSS(".tree > li > details > summary")))
	v.is(`document.querySelector(".tree > li > details").open`, "true")
	v.is(`document.querySelector(".search").checkVisibility()`, "false")
	v.is(opens("zip"), "true/false")
	v.calm()
}

// No text of a document runs or becomes a part of the page. The page shows it as text.
func TestPageHostile(t *testing.T) {
	hostile := []string{
		`</script><script>window.ran=1;alert(1)</script>`, `"><img src="https://example.invalid/x" onerror="window.ran=2">`, `' autofocus onfocus='window.ran=3`,
		`</title><svg onload=window.ran=4>`, `</style><style>body{display:none}</style>`, `<!-- `, `<a href="javascript:window.ran=5">x</a>`,
		`<iframe src="https://example.invalid/"></iframe>`, `<link rel=stylesheet href=//example.invalid/x.css>`, `&lt;b&gt;&#x3c;`, "`${window.ran=6}`",
		"a\u2028window.ran=7\u2029", "\u202egnp.exe\u2066", "\x01\x1b[31m", "<base href=https://example.invalid/>", `<meta http-equiv=refresh content="0;url=https://example.invalid/">`,
	}
	var docs []bson.D
	for _, text := range hostile {
		docs = append(docs, bson.D{{Key: text, Value: text}, {Key: "value", Value: text}, {Key: "in", Value: bson.D{{Key: text, Value: bson.A{text}}}}})
	}
	// The name of a file is text too.
	file := fileOf(t, docs...)
	name := filepath.Join(filepath.Dir(file), `<img src=x onerror=window.ran=8>.bson`)
	if err := os.Rename(file, name); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{400, 1600} {
		v := open(t, browser(t), pageOf(t, buildBSONJS(t), name), width, "dark")
		v.run(chromedp.Click(chromedp.CSS("#unfold")))
		v.is("window.ran", "undefined")
		v.is(`document.querySelectorAll("script").length + "," + document.querySelectorAll("style").length + "," + document.querySelectorAll("img, iframe, base, a[href^='javascript'], meta[http-equiv=refresh], [onload], [onerror], [onfocus], [style]").length`, "1,1,0")
		text := v.text(`document.querySelector("main").textContent`)
		for _, want := range hostile[:11] {
			if !strings.Contains(text, want) && !strings.Contains(text, strings.ReplaceAll(want, `"`, `\"`)) {
				t.Errorf("%s is not shown", want)
			}
		}
		for _, bad := range []string{"\u2028", "\u202e", "\x1b"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q is on the page", bad)
			}
		}
		// The policy of the page stops what its escapes would not.
		v.calm()
		v.text(`(() => { const s = document.createElement("script"); s.textContent = "window.ran = 9"; document.body.append(s); })()`)
		v.is("window.ran", "undefined")
		v.fits()
	}
}

// A page with 5,000 paths can be searched and unfolded.
func TestPageLarge(t *testing.T) {
	var docs []bson.D
	for i := range 50 {
		var doc bson.D
		for j := range 100 {
			group := bson.D{}
			for k := range 49 {
				group = append(group, bson.E{Key: fmt.Sprintf("field%c%c", 'a'+k/7, 'a'+k%7), Value: int32(i * j * k)})
			}
			doc = append(doc, bson.E{Key: fmt.Sprintf("group%c%c", 'a'+j/10, 'a'+j%10), Value: group})
		}
		docs = append(docs, doc)
	}
	v := open(t, browser(t), pageOf(t, buildBSONJS(t), "--max-paths", "6000", fileOf(t, docs...)), 1600, "light")
	v.is(`document.querySelectorAll(".tree li").length`, "5000")
	v.run(press("/"), press("groupcd.fieldbb"))
	v.is(`document.getElementById("hits").textContent`, "1 of 5,000 paths")
	v.is(`document.querySelectorAll(".tree li:not([hidden])").length`, "2")
	v.run(press(kb.Escape), press("fieldaa"))
	v.is(`document.getElementById("hits").textContent`, "100 of 5,000 paths")
	v.run(press(kb.Escape), chromedp.Click(chromedp.CSS("#unfold")))
	v.is(`document.querySelectorAll(".tree > li > details[open]").length`, "100")
	v.calm()
}
