// Package tabular has the tables of CSV and TSV: the names and types of columns, and
// the texts of cells. It knows no flags and no files.
//
//	header text ──ParseColumn──▶ Column ──Cells──▶ cell text ◀──▶ BSON value
//
//	documents ──Found──▶ Columns ──NewTable──▶ Table ◀── documents
//	                                             └──▶ rows
//
// A Column is what a cell of the header says. Its Cells convert the cells below it in
// both directions, so that a table that is written and a table that is read cannot
// disagree.
package tabular
