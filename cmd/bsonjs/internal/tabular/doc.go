// Package tabular reads and writes the tables of CSV and TSV: a row is a document, and a
// column is a field. It knows no flags and no files.
//
//	header of a column ──ParseColumn──▶ Column ──Cells──▶ text of a cell ◀──▶ BSON value
//
//	rows ──Decoder──▶ documents
//
//	documents ──Found──▶ Columns ──NewTable──▶ Table
//	documents ──Table.AppendRows──▶ rows
//
// A Column is one cell of the header: a path and a type. Its Cells convert the cells below
// it in both directions, so reading and writing a table cannot disagree.
package tabular
