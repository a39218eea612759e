package portion

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

var errMaker, errWriter = errors.New("maker"), errors.New("writer")

// A failing writer accepts n writes.
type failing struct {
	n    int
	err  error
	data bytes.Buffer
}

func (f *failing) Write(data []byte) (int, error) {
	if f.n--; f.n < 0 {
		if f.err == nil {
			return len(data) / 2, nil
		}
		return 0, f.err
	}
	return f.data.Write(data)
}

func TestWrite(t *testing.T) {
	tests := []struct {
		name   string
		passed []string // portions before the rest
		fault  error    // error of the function that makes the portions
		w      failing
		want   string
		err    error
		made   int // calls of that function
	}{
		{"short", nil, nil, failing{n: 9}, "rest", nil, 1},
		{"long", []string{"ab", "c"}, nil, failing{n: 9}, "abcrest", nil, 2},
		{"fault of a long one", []string{"ab", "c"}, errMaker, failing{n: 9}, "", errMaker, 1},
		{"short, writer fails", nil, nil, failing{err: errWriter}, "", errWriter, 1},
		{"long, writer fails", []string{"ab", "c"}, nil, failing{n: 1, err: errWriter}, "ab", errWriter, 2},
		{"long, writer fails at the rest", []string{"ab", "c"}, nil, failing{n: 2, err: errWriter}, "abc", errWriter, 2},
		{"short write", nil, nil, failing{}, "", io.ErrShortWrite, 1},
	}
	for _, tc := range tests {
		made := 0
		err := Write(&tc.w, nil, func(p *Writer, dst []byte) ([]byte, error) {
			made++
			for _, s := range tc.passed {
				if p.Pass([]byte(s)); p.Err != nil {
					return dst, ErrStopped
				}
			}
			return append(dst, "rest"...), tc.fault
		})
		if got := tc.w.data.String(); got != tc.want || err != tc.err || made != tc.made {
			t.Errorf("%s: %q, %v, %d calls; want %q, %v, %d", tc.name, got, err, made, tc.want, tc.err, tc.made)
		}
	}
}
