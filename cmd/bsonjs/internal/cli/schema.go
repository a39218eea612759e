package cli

import (
	"cmp"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/outline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// This file is the command schema: a run that describes the fields of documents, and writes
// the description at its end.

// schemaOptions are the options of the command schema.
type schemaOptions struct {
	lookOptions
	shape
	redaction
	as       schemaForm
	json     bool // --json: short for --as json
	strict   bool // --strict: a validator also rejects what is missing or additional
	maxPaths int  // paths that are kept, 0: the default
}

// A schemaForm is a value of --as.
type schemaForm uint8

const (
	asTable schemaForm = iota
	asJSON
	asJSONSchema
	asGo
	asHTML
)

// schemaCommand returns the command that describes the fields of documents.
func (a *app) schemaCommand() *cobra.Command {
	o := new(schemaOptions)
	cmd := &cobra.Command{
		Use:   "schema [flags] [FILE...]",
		Short: "describe the fields of documents: types, how often, values",
		Long: "Describe the fields of documents: how often each is there, its types, the range\n" +
			"of its values, and the most frequent ones. All inputs are described together;\n" +
			"--ns and --where select documents. Fields of several types have a mark: !\n\n" +
			"--as html writes a page for a browser, with histograms and a search: one file,\n" +
			"which loads nothing else. --as jsonschema writes a validator for MongoDB that\n" +
			"accepts all documents, and --as go structs of Go that read them.\n\n" +
			"Malformed documents are reported and left out; the run continues, and the exit\n" +
			"code tells that there was one.\n",
		Example: "  bsonjs schema users.bson\n" +
			"  bsonjs schema dump/ -o dump.html\n" +
			"  bsonjs schema --ns shop.orders --as jsonschema --strict dump.archive.gz\n" +
			"  bsonjs schema --as go users.bson -o users.go\n" +
			"  bsonjs schema --json dump/ | jq '.paths[] | select(.mixed).path'\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefSchema},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.start(o, cmd, args) }
	return cmd
}

// addFlags adds all flags to fs, in the order of help.
func (o *schemaOptions) addFlags(fs *pflag.FlagSet) {
	o.addLook(fs, "Documents that are selected are described.", func(fs *pflag.FlagSet) {
		group(fs, "Fields", "Documents are described after these flags have changed them.", o.addFields, o.addEdits, o.addRedact)
		group(fs, "Shape", "", func(fs *pflag.FlagSet) {
			fs.Var(choose(&o.as, word[schemaForm]{"table", asTable}, word[schemaForm]{"json", asJSON}, word[schemaForm]{"jsonschema", asJSONSchema}, word[schemaForm]{"go", asGo}, word[schemaForm]{"html", asHTML}),
				"as", "write a table (the default), an object of JSON, a validator for $jsonSchema, structs of Go, or a page, as for a FILE whose name ends in .html")
			fs.BoolVar(&o.json, "json", false, "short for --as json, as for a FILE whose name ends in .json")
			fs.BoolVar(&o.strict, "strict", false, "with --as jsonschema also reject documents without a field that all have, or with another field")
			fs.Var(&amount{&o.maxPaths, 1, 1 << 24, nil}, "max-paths", "keep up to `N` paths, each in up to 20 KB of memory; the default is 1000. If there are more, the output says so")
			onlyMeant(fs, "as", "json", "strict")
		})
	})
}

// check rejects flags that have no effect.
func (o *schemaOptions) check(fs *pflag.FlagSet) error {
	if o.json && given(fs, "as") && o.as != asJSON {
		return errors.New("--json is short for --as json, and --as is given too; leave out one of them")
	}
	if o.json {
		o.as = asJSON
	}
	asked := given(fs, "as") || fs.Changed("json")
	if err := o.decide(o.request(asked)); err != nil {
		return err
	}
	if form, ok := formsByName[o.decided.to]; ok && !asked {
		o.as = form
	}
	if o.strict && o.as != asJSONSchema {
		return errors.New("--strict has no effect without --as jsonschema; add --as jsonschema, or leave --strict out")
	}
	shaping := func(*pflag.FlagSet) error { return o.checkShape(&o.inputGroup, &o.limitGroup) }
	redactions := func(fs *pflag.FlagSet) error { return o.checkRedact(fs, &o.options) }
	return o.checkLook(fs, shaping, redactions)
}

// formsByName are the forms that the suffix of the output selects.
var formsByName = map[*codec.Codec]schemaForm{codec.JSON: asJSON, webPage: asHTML, goSource: asGo}

// outputs are the formats of forms; that of the others is plainText.
var outputs = map[schemaForm]*codec.Codec{asJSON: codec.JSON, asJSONSchema: codec.JSON, asHTML: webPage, asGo: goSource}

// request returns what the flags say about the output. asked reports whether a flag has its
// form.
func (o *schemaOptions) request(asked bool) request {
	r := request{
		name:  o.output,
		usual: func(*codec.Codec) *codec.Codec { return plainText },
		only:  []*codec.Codec{codec.JSON, webPage, goSource}, writer: "bsonjs schema", force: "--json",
	}
	if asked {
		r.asked, r.because = cmp.Or(outputs[o.as], plainText), "--as overrides the suffix"
		if o.json {
			r.because = "--json overrides the suffix"
		}
	}
	return r
}

// plan makes the run describe documents, and continue after faults.
func (o *schemaOptions) plan(r *run.Run) {
	o.planLook(r, bson.UTF8Reject, func() bool { return o.shapes() || o.redacts() })
	o.planShape(r)
	o.planRedact(r)
	d := &describer{o: o, schema: sink.NewSchema(o.maxDepth, o.maxPaths)}
	r.Target, r.Hint = d, hints(d)
	if o.as == asHTML {
		r.Target = &portrayer{describer: d}
	}
}

// end says what was not redacted.
func (o *schemaOptions) end(r *run.Run, result *run.Result) {
	if result.Whole && !o.quiet {
		for _, text := range o.unmet() {
			r.Say.Note(text)
		}
	}
}

// A describer is the target of the command schema.
type describer struct {
	o      *schemaOptions
	schema *sink.Schema
}

// Begin returns the sink for the documents of all inputs.
func (d *describer) Begin(run.Input) (run.Sink, error) {
	_, err := d.schema.Settle()
	return d.schema, err
}

// trial returns a copy of the options for a document in the format from.
func (d *describer) trial(from *codec.Codec) *trial {
	o := *d.o
	return &trial{from: from, limit: &o.limitGroup, input: &o.inputGroup, shape: &o.shape}
}

// End writes the description.
func (d *describer) End(out io.Writer) error {
	all, err := d.schema.Settle()
	if err != nil {
		return err
	}
	switch d.o.as {
	case asGo:
		return outline.WriteGo(out, all)
	case asJSON:
		return writeLine(out, all.AppendJSON(nil))
	case asJSONSchema:
		return writeLine(out, all.AppendJSONSchema(nil, schema.JSONSchemaOptions{Strict: d.o.strict}))
	}
	return outline.WriteTable(out, all)
}

// A portrayer is the target of schema for a page, which has more about the inputs.
type portrayer struct {
	*describer
	spaceCounts
	extremes sink.Extremes
	missing  outline.Missing
}

// Begin returns the sink for the documents of in.
func (p *portrayer) Begin(in run.Input) (run.Sink, error) {
	if _, err := p.schema.Settle(); err != nil {
		return nil, err
	}
	return &sink.Survey{
		Schema: p.schema, Counter: p.begin(in), Extremes: &p.extremes,
		Input: in.Name, Unnumbered: in.From.Holds != nil,
	}, nil
}

// Tell keeps the numbers of what the page does not describe.
func (p *portrayer) Tell(t report.Totals, code report.Code) {
	p.missing = outline.Missing{Documents: t.Rejected, Strays: t.Strays, Any: code != 0}
}

// End writes the page.
func (p *portrayer) End(out io.Writer) error {
	all, err := p.schema.Settle()
	if err != nil {
		return err
	}
	rows := p.counts.Rows()
	if !slices.ContainsFunc(rows, func(row *sink.Counted) bool { return row.Input != rows[0].Input }) {
		p.extremes.Smallest.Input, p.extremes.Largest.Input = "", ""
	}
	in := outline.Inputs{Smallest: p.extremes.Smallest.String(), Largest: p.extremes.Largest.String(), Missing: p.missing}
	for _, row := range rows {
		in.Spaces = append(in.Spaces, outline.Space{Input: row.Input, Namespace: row.Namespace, Documents: row.Documents, Bytes: row.Bytes})
	}
	return outline.WriteHTML(out, all, in)
}

// writeLine writes text, which is JSON, and a line feed.
func writeLine(w io.Writer, text []byte) error {
	_, err := w.Write(append(oneline.EscapeJSON(text), '\n'))
	return err
}
