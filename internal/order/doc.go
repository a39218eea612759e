// Package order has only tests: they hold the packages of the module to the
// order in which they may import each other, doubles to the one package that
// spells and reads them, and the pages of docs to what the code has and does.
package order
