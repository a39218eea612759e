package pty

import (
	"regexp"
	"strconv"
	"strings"
)

var cursorUp = regexp.MustCompile(`^\x1b\[(\d+)A`)

// eraseBelow erases from the cursor to the end of the screen.
const eraseBelow = "\x1b[J"

// Screen returns the lines that a large terminal shows after text, without blanks
// at the end of a line and empty lines at the end. It knows only the escape
// sequences of a progress bar; others stay in the result.
func Screen(text string) string {
	rows := [][]byte{nil}
	row, column := 0, 0
	for len(text) > 0 {
		if up := cursorUp.FindStringSubmatch(text); up != nil {
			n, _ := strconv.Atoi(up[1])
			row = max(row-n, 0)
			text = text[len(up[0]):]
			continue
		}
		if rest, ok := strings.CutPrefix(text, eraseBelow); ok {
			rows = rows[:row+1]
			rows[row] = rows[row][:min(column, len(rows[row]))]
			text = rest
			continue
		}
		switch c := text[0]; c {
		case '\r':
			column = 0
		case '\n':
			row++
			if row == len(rows) {
				rows = append(rows, nil)
			}
		default:
			for len(rows[row]) <= column {
				rows[row] = append(rows[row], ' ')
			}
			rows[row][column] = c
			column++
		}
		text = text[1:]
	}
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.TrimRight(string(row), " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
