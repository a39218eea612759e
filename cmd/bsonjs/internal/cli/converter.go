package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// This file has the target of conversions. convert.go has the options.

// A converter is the target of conversions. If resolve could not decide the
// format of the output, the format of the first input does.
type converter struct {
	o       *convertOptions
	to      *codec.Codec   // nil until it is decided
	proof   *proof.Proof   // nil: the output is not read back
	table   *tabular.Table // if the output is one; nil: the columns are not known yet
	started bool           // it is a terminal, and the sink knows
	lines   sink.Lines
}

// Begin returns the sink for the documents of in.
func (c *converter) Begin(in run.Input) (run.Sink, error) {
	if c.o.decided.to == nil {
		to := c.o.usual(in.From)
		if c.to != nil && c.to != to {
			return nil, fmt.Errorf("%s would be written as %v, and the output is %v; choose the output format with --to",
				report.CleanName(in.Name), to, c.to)
		}
		c.to = to
	}
	if c.to != codec.JSON && c.o.textFlag != "" {
		return nil, c.o.needsText(c.to)
	}
	if err := c.o.checkEscapes(c.to); err != nil {
		return nil, err
	}
	if err := c.o.checkKeep(in.From, c.to); err != nil {
		return nil, fmt.Errorf("%s: %w", report.CleanName(in.Name), err)
	}
	if c.to.Binary && in.Terminal && !c.o.force {
		return nil, errors.New(c.to.String() + " is binary and the output is a terminal; name a file with --output, or add --force")
	}
	if c.to.Rows && c.table == nil {
		var err error
		if c.table, err = c.o.table(in.Terminal); err != nil {
			return nil, err
		}
	}
	c.lines.Encoder, c.lines.Out = c.encoder(in), in.Out
	if c.to == codec.JSON && c.o.paint.on(in.Colors) {
		c.lines.Appender, c.lines.Encoder.Alone = &sink.Colored{Text: c.lines.Appender}, codec.AloneText
	}
	c.started = true
	c.lines.Proof = c.proof
	if c.proof != nil {
		c.proof.Loosen(c.o.rule(c.to))
		c.proof.Source(in.Name)
	}
	return c.proven(&c.lines), nil
}

// encoder returns the Encoder of the documents of in.
func (c *converter) encoder(in run.Input) codec.Encoder {
	o := c.o.write(in)
	o.Table = c.table
	return c.to.Write(o)
}

// proven returns s, with the places of its documents if the output is read back.
func (c *converter) proven(s sink.Written) run.Sink {
	if c.proof == nil {
		return s
	}
	return sink.Prove(s)
}

// format returns the format of the output, nil if it is not known.
func (c *converter) format() *codec.Codec { return c.to }

// trial returns a copy of the options for a document in the format from.
func (c *converter) trial(from *codec.Codec) *trial {
	o := *c.o
	return &trial{
		from: from, limit: &o.limitGroup,
		input: &o.inputGroup, text: &o.textGroup, policy: &o.policyGroup, pickle: &o.pickleGroup,
		copies: from.Copies && c.to.Copies,
		shape:  &o.shape,
		rows:   &o.rowGroup, typed: o.tables.typed,
		writer: func() codec.Encoder {
			options := o.write(run.Input{From: from})
			if c.to.Rows {
				options.Table, _ = o.table(false) // the columns were checked
			}
			return c.to.Write(options)
		},
	}
}

// End writes the text after the last document. An array without documents is
// still an array, and a table without rows has a header.
func (c *converter) End(out io.Writer) error {
	if c.to == nil && c.o.textFlag != "" {
		c.to = codec.JSON
	}
	switch {
	case c.started || c.to == nil:
	case c.to == codec.JSON:
		c.lines.Encoder = c.encoder(run.Input{From: codec.JSON})
	case c.to.Rows:
		var err error
		if c.table, err = c.o.table(false); err != nil {
			return err
		}
		c.lines.Encoder = c.encoder(run.Input{From: codec.JSON})
	}
	return c.lines.End(out)
}
