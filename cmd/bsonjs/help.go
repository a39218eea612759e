package main

import _ "embed"

// helpText is what --help prints.
//
//go:embed help.txt
var helpText string
