package objectid

import "time"

// This file has the names that the type has in the official driver.

// Hex is String.
func (id ID) Hex() string { return id.String() }

// Timestamp is Time.
func (id ID) Timestamp() time.Time { return id.Time() }
