// Package order has only tests: they hold the packages of the module to the
// order in which they may import each other.
package order
