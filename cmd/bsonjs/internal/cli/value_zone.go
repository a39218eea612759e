package cli

import (
	"errors"
	"strings"
	"time"
	_ "time/tzdata" // --time-zone means the same where the system has no table of zones
)

// This file has flags that say which time zone and which element.

// A zone is a flag whose value is a time zone.
type zone struct{ p **time.Location }

// offsets are the forms of a time zone without a name.
var offsets = []string{"-07:00", "-0700"}

// Set sets the zone to a name of the time zone database, such as
// Europe/Paris, to UTC or Local, or to an offset such as +02:00.
func (z *zone) Set(s string) error {
	for _, layout := range offsets {
		if t, err := time.Parse(layout, s); err == nil {
			_, seconds := t.Zone()
			*z.p = time.FixedZone(s, seconds)
			return nil
		}
	}
	if strings.EqualFold(s, "local") {
		s = "Local"
	}
	loc, err := time.LoadLocation(s)
	if err != nil || s == "" {
		return errors.New("must be the name of a time zone such as Europe/Paris, UTC or Local, or an offset such as +02:00")
	}
	*z.p = loc
	return nil
}

// String returns the name of the zone, "" for the default.
func (z *zone) String() string {
	if z.p == nil || *z.p == nil {
		return ""
	}
	return (*z.p).String()
}

// Type returns what help calls the zone.
func (z *zone) Type() string { return "zone" }

// A pointer is a flag that selects an element, "" for all.
type pointer string

// Set sets the pointer to a JSON Pointer.
func (p *pointer) Set(text string) error {
	if text != "" && text[0] != '/' {
		return errors.New("must be a JSON Pointer, such as /address/zip")
	}
	*p = pointer(text)
	return nil
}

// String returns the pointer.
func (p *pointer) String() string { return string(*p) }

// Type returns what help calls the pointer.
func (p *pointer) Type() string { return "pointer" }
