package main

import (
	"strings"

	"github.com/einloom/einloom/expr"
)

// mistakes gives a line for each thing that is wrong. What a builder says begins with the line of the program that called it, which here
// is ours and tells a shell's user nothing; the lines of a graph's text stay.
func mistakes(err error) []string {
	switch e := err.(type) {
	case *expr.Error:
		return []string{placed(e)}
	case expr.Errors:
		var lines []string
		for _, one := range e {
			lines = append(lines, placed(one))
		}
		return lines
	}
	return []string{strings.TrimSuffix(firstLine(withoutRoom(err.Error())), ":")}
}

// withoutRoom leaves out the Go package that an error comes from, which is no word of the command line.
func withoutRoom(s string) string {
	for _, room := range []string{"tensor: ", "cpu: ", "planner: ", "runtime: "} {
		if rest, found := strings.CutPrefix(s, room); found {
			return rest
		}
	}
	return s
}

func placed(e *expr.Error) string {
	if file, _ := e.Pos.Resolve(); strings.HasSuffix(file, ".go") {
		return firstLine(e.Msg)
	}
	return firstLine(e.Error())
}

// firstLine leaves out the picture below a message, which names the place in words.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// withoutPlaces is a graph's text without the comments on where its nodes were made, for the same reason.
func withoutPlaces(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if code, _, found := strings.Cut(line, "\t; "); found {
			line = code + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}
