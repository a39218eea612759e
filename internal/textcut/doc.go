// Package textcut cuts streams of Extended JSON between documents without
// decoding them: for extjson's Decoder, which waits for the end of a document,
// and for the command, which has pieces of a stream decoded side by side.
package textcut
