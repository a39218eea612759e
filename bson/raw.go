package bson

// Raw is one whole document, length prefix to final NUL.
type Raw []byte
