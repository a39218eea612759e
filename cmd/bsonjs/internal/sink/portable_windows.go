package sink

// portable returns the name of a file or directory for name.
func portable(name string) string { return escapeReserved(name) }
