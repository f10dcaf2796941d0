package spirv

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// instruction is the name of an opcode or enumerant and the kinds of what follows it.
type instruction struct{ name, operands string }

var errCut = errors.New("spirv: the words end within an instruction")

// Disassemble writes a module, a line for each instruction, as spirv-dis of SPIRV-Tools does with --raw-id --no-header --no-indent.
func Disassemble(words []uint32) (string, error) {
	if len(words) < headerSize || words[0] != magic {
		return "", errors.New("spirv: this is no SPIR-V module")
	}
	d := disassembler{types: map[uint32][]uint32{}, typeOf: map[uint32]uint32{}}
	for at := headerSize; at < len(words); {
		n := int(words[at] >> 16)
		if n == 0 || n > len(words)-at {
			return "", errCut
		}
		if err := d.line(opcode(words[at]), words[at+1:at+n]); err != nil {
			return "", err
		}
		at += n
	}
	return d.b.String(), nil
}

type disassembler struct {
	b      strings.Builder
	types  map[uint32][]uint32 // of number types: opcode, width, sign
	typeOf map[uint32]uint32   // of results
	result uint32              // type of the instruction at hand
	rest   []uint32
	err    error
}

func (d *disassembler) line(code opcode, words []uint32) error {
	in, ok := instructions[code]
	if !ok {
		return fmt.Errorf("spirv: there is no instruction %d", code)
	}
	if (code == opTypeInt || code == opTypeFloat) && len(words) >= 2 {
		d.types[words[0]] = append([]uint32{uint32(code)}, words[1:]...)
	}
	d.rest, d.result = words, 0
	text := in.name
	target := ""
	kinds := strings.Fields(in.operands)
	if len(kinds) > 1 && kinds[0] == "IdResultType" && len(words) > 1 {
		d.typeOf[words[1]] = words[0]
	}
	for len(kinds) > 0 && d.err == nil {
		kind := kinds[0]
		base := strings.TrimRight(kind, "?*")
		if kind != base && len(d.rest) == 0 {
			break
		}
		if !strings.HasSuffix(kind, "*") {
			kinds = kinds[1:]
		}
		if base == "IdResult" {
			target = d.take() + " = "
			continue
		}
		word, more := d.operand(base)
		kinds = append(more, kinds...)
		text += " " + word
	}
	if len(d.rest) > 0 && d.err == nil {
		d.err = fmt.Errorf("spirv: %s has %d words too many", in.name, len(d.rest))
	}
	d.b.WriteString(target)
	d.b.WriteString(text)
	d.b.WriteByte('\n')
	return d.err
}

// next takes a word.
func (d *disassembler) next() uint32 {
	if len(d.rest) == 0 {
		d.err = errCut
		return 0
	}
	w := d.rest[0]
	d.rest = d.rest[1:]
	return w
}

// take takes an id.
func (d *disassembler) take() string { return "%" + strconv.FormatUint(uint64(d.next()), 10) }

// operand gives the text of an operand of a kind, and the kinds of those that it brings along.
func (d *disassembler) operand(kind string) (text string, more []string) {
	switch kind {
	case "IdResultType":
		if len(d.rest) > 0 {
			d.result = d.rest[0]
		}
		return d.take(), nil
	case "IdRef", "IdScope", "IdMemorySemantics":
		return d.take(), nil
	case "LiteralString":
		return d.quoted(), nil
	case "LiteralContextDependentNumber":
		return d.number(d.result), nil
	case "LiteralExtInstInteger":
		n := d.next()
		if name, ok := glslNames[n]; ok {
			return name, []string{"IdRef*"}
		}
		return strconv.Itoa(int(n)), []string{"IdRef*"}
	case "LiteralSpecConstantOpInteger":
		in := instructions[opcode(d.next())]
		return strings.TrimPrefix(in.name, "Op"), strings.Fields(in.operands)[min(2, len(strings.Fields(in.operands))):]
	case "PairIdRefIdRef":
		return d.take() + " " + d.take(), nil
	case "PairIdRefLiteralInteger":
		return d.take() + " " + strconv.Itoa(int(d.next())), nil
	case "PairLiteralIntegerIdRef":
		return strconv.Itoa(int(d.next())) + " " + d.take(), nil
	}
	return d.enumerant(kind)
}

// enumerant is a value by its name, or a set of bits by theirs; without a name it is a number.
func (d *disassembler) enumerant(kind string) (text string, more []string) {
	v := d.next()
	names := enumerants[kind]
	if !masks[kind] || names[v].name != "" {
		if e, ok := names[v]; ok {
			return e.name, strings.Fields(e.operands)
		}
		return strconv.FormatUint(uint64(v), 10), nil
	}
	var list []string
	for bit := range 32 {
		if e, ok := names[1<<bit]; ok && v>>bit&1 != 0 {
			list, more = append(list, e.name), append(more, strings.Fields(e.operands)...)
		}
	}
	return strings.Join(list, "|"), more
}

func (d *disassembler) quoted() string {
	var b strings.Builder
	b.WriteByte('"')
	for d.err == nil {
		w := d.next()
		for i := range 4 {
			switch c := byte(w >> (8 * i)); c {
			case 0:
				b.WriteByte('"')
				return b.String()
			case '"', '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			default:
				b.WriteByte(c)
			}
		}
	}
	return ""
}

// number is a constant of a number type.
func (d *disassembler) number(t uint32) string {
	form := d.types[t]
	if len(form) < 2 {
		d.err = fmt.Errorf("spirv: a number of type %%%d, which is none", t)
		return ""
	}
	bits := uint64(d.next())
	width := form[1]
	if width > 32 {
		bits |= uint64(d.next()) << 32
	}
	switch {
	case opcode(form[0]) == opTypeFloat && width == 32:
		return floatText(bits, 23, 8, 9, float64(math.Float32frombits(uint32(bits))))
	case opcode(form[0]) == opTypeFloat && width == 64:
		return floatText(bits, 52, 11, 17, math.Float64frombits(bits))
	case len(form) > 2 && form[2] == 1 && width <= 32:
		return strconv.FormatInt(int64(int32(bits)), 10)
	case len(form) > 2 && form[2] == 1:
		return strconv.FormatInt(int64(bits), 10)
	}
	return strconv.FormatUint(bits, 10)
}

// floatText is a float as C++ streams write it with so many digits; what is subnormal, infinite or NaN is written by its bits.
func floatText(bits uint64, mantissa, exponent, digits int, x float64) string {
	bias := 1<<(exponent-1) - 1
	field := int(bits>>mantissa) & (1<<exponent - 1)
	fraction := bits & (1<<mantissa - 1)
	if field == 0 && fraction == 0 || field != 0 && field != 1<<exponent-1 {
		return general(x, digits)
	}
	e := field - bias
	if field == 0 {
		for e = 1 - bias; fraction>>mantissa == 0; e-- {
			fraction <<= 1
		}
		fraction &= 1<<mantissa - 1
	}
	sign := ""
	if bits>>(mantissa+exponent)&1 != 0 {
		sign = "-"
	}
	nibbles := (mantissa + 3) / 4
	hex := strings.TrimRight(fmt.Sprintf("%0*x", nibbles, fraction<<(4*nibbles-mantissa)), "0")
	if hex != "" {
		hex = "." + hex
	}
	return fmt.Sprintf("%s0x1%sp%+d", sign, hex, e)
}

// general is C's %.*g.
func general(x float64, digits int) string {
	s := strconv.FormatFloat(x, 'e', digits-1, 64)
	mant, exp, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exp) // of Go's own making
	if e >= -4 && e < digits {
		s = strconv.FormatFloat(x, 'f', digits-1-e, 64)
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s
	}
	if strings.Contains(mant, ".") {
		mant = strings.TrimRight(strings.TrimRight(mant, "0"), ".")
	}
	return mant + "e" + exp
}
