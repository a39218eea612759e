package interrupt

import "errors"

// ErrInterrupted says that waiting was given up because the run is to stop.
var ErrInterrupted = errors.New("interrupted")

// Await returns what wait returns, or ErrInterrupted as soon as stop is
// closed. Then wait goes on without anyone listening until the process ends,
// so it must not touch what others use. Without stop, which may be nil, it is
// a plain call.
func Await[T any](stop <-chan struct{}, wait func() (T, error)) (T, error) {
	if stop == nil {
		return wait()
	}
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := wait()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-stop:
		var none T
		return none, ErrInterrupted
	}
}
