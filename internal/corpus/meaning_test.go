package corpus

import "testing"

func TestCompact(t *testing.T) {
	for _, tc := range []struct {
		name, text, compact, meaning string
	}{
		{"blanks", "{ \"a\" : [ 1 ,\t2 ] }\n", `{"a":[1,2]}`, `{"a":[1,2]}`},
		{"escapes", `{"\u0061":"\u00e9\/"}`, `{"a":"é/"}`, `{"a":"é/"}`},
		{"repeated keys in order", `{"b":1,"a":2,"b":3}`, `{"b":1,"a":2,"b":3}`, `{"b":1,"a":2,"b":3}`},
		{"number", `[1.50,1E2,-0.0,7]`, `[1.50,1E2,-0.0,7]`, `[1.5e+00,1e+02,-0e+00,7]`},
		{"$numberDouble", `{"$numberDouble":"1.50"}`, `{"$numberDouble":"1.50"}`, `{"$numberDouble":"1.5e+00"}`},
		{"$date", `{"$date":"2024-02-29T01:00:00.50+01:00"}`, `{"$date":"2024-02-29T01:00:00.50+01:00"}`, `{"$date":"2024-02-29T00:00:00.500000000Z"}`},
		{"$date in numbers", `{"$date":{"$numberLong":"0"}}`, `{"$date":{"$numberLong":"0"}}`, `{"$date":{"$numberLong":"0"}}`},
		{"another string", `{"a":"1.50"}`, `{"a":"1.50"}`, `{"a":"1.50"}`},
		{"literals", `[true,false,null,{},[]]`, `[true,false,null,{},[]]`, `[true,false,null,{},[]]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := Compact(tc.text); got != tc.compact || err != nil {
				t.Errorf("Compact: %s, %v; want %s", got, err, tc.compact)
			}
			if got, err := Meaning(tc.text); got != tc.meaning || err != nil {
				t.Errorf("Meaning: %s, %v; want %s", got, err, tc.meaning)
			}
		})
	}
	for _, text := range []string{"", "{", `{"a":1}{}`, `{"a":1,}`, "nul", `{"a":1} x`} {
		if got, err := Compact(text); err == nil {
			t.Errorf("Compact(%q) = %q, want an error", text, got)
		}
	}
}
