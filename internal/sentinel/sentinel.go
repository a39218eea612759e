// Package sentinel makes the errors that callers compare with errors.Is.
package sentinel

// New returns an error with a text of its own that matches the error matches as
// well: the sentinel of the same name in another package, or io.ErrUnexpectedEOF.
func New(text string, matches error) error { return &sentinel{text, matches} }

type sentinel struct {
	text    string
	matches error
}

func (e *sentinel) Error() string { return e.text }
func (e *sentinel) Unwrap() error { return e.matches }
