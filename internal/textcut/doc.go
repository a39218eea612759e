// Package textcut reads what Extended JSON and the shell's text have around
// documents, without decoding these: white space, comments and byte order marks,
// the brackets and commas of arrays, and the ends of documents. It serves
// extjson, whose Decoder waits for the end of a document, and the command, which
// has pieces of a stream decoded side by side.
package textcut
