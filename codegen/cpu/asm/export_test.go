package asm

// Fits says whether the table has such an instruction.
func Fits(isa ISA, name string, args ...Arg) bool {
	name, suffix, ok := cutSuffix(name)
	op := ops().by[name]
	if !ok || op == nil || len(args) > maxArgs {
		return false
	}
	in := Ins{Op: op, Suffix: suffix, n: uint8(len(args))}
	var f Func
	for i, a := range args {
		in.args[i] = f.operand(a)
	}
	return in.match(isa)
}
