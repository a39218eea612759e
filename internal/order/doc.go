// Package order has only tests. They check that packages import each other in the
// right order, that only one package writes and reads doubles as text, and that
// the pages of docs agree with the code.
package order
