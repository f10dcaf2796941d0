package asm

// TextHeader begins a file of assembly text.
const TextHeader = "#include \"textflag.h\"\n"

// AppendText writes the function as Go's assembler reads it. Assembled, it gives the bytes of Encode.
func (c *Code) AppendText(b []byte) []byte {
	b = append(b, "\n// func "...)
	b = append(b, c.Name...)
	b = append(b, "(args unsafe.Pointer)  // "...)
	b = append(b, c.ISA.String()...)
	b = append(b, "\nTEXT ·"...)
	b = append(b, c.Name...)
	b = append(b, "(SB), NOSPLIT, $0-8\n"...)
	for i := range c.List {
		in := &c.List[i]
		switch {
		case in.elided:
			continue
		case in.Op == nil:
			b = append(append(b, c.labels[in.Label]...), ":\n"...)
			continue
		}
		start := len(b)
		b = in.append(append(b, '\t'), c.labels)
		if note := c.notes[in.note]; note != "" {
			for len(b)-start < 44 {
				b = append(b, ' ')
			}
			b = append(append(b, " // "...), note...)
		}
		b = append(b, '\n')
	}
	return b
}

// Text is a whole file of functions.
func Text(codes ...*Code) string {
	b := []byte(TextHeader)
	for _, c := range codes {
		b = c.AppendText(b)
	}
	return string(b)
}
