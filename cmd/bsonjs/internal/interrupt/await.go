package interrupt

import "context"

// Await returns the result of wait, or the cause of ctx as soon as ctx ends.
// Then wait continues in its goroutine until it returns or the process ends, so
// it must share nothing with others. If ctx never ends, Await calls wait
// directly.
func Await[T any](ctx context.Context, wait func() (T, error)) (T, error) {
	if ctx.Done() == nil {
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
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
