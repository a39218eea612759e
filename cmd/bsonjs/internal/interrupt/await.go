package interrupt

import "context"

// Await returns what wait returns, or the cause of ctx as soon as ctx has
// ended. Then wait goes on without anyone listening until the process ends,
// so it must not touch what others use. Under a context that never ends it is
// a plain call.
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
