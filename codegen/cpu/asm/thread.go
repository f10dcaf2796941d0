package asm

// threads gives, for each label, the label where a jump to it ends up: a jump to a JMP is a jump to where that one goes. Go's assembler
// does the same to the text, so that it has to be done here for the bytes to agree.
func threads(list []Ins, labels int) []Label {
	to := make([]Label, labels)
	for i := range to {
		to[i] = Label(i)
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Op != nil {
			continue
		}
		next := i + 1
		for next < len(list) && list[next].Op == nil {
			next++
		}
		if next < len(list) && list[next].Op.jump == jump {
			to[list[i].Label] = Label(list[next].args[0].Val)
		}
	}
	for i := range to {
		for steps := 0; to[i] != to[to[i]] && steps < labels; steps++ {
			to[i] = to[to[i]]
		}
	}
	return to
}

// thread makes jumps go where they end up. A move that came to nothing between a label and a JMP is kept as an instruction: without it
// Go's assembler would see a jump to a JMP where the allocation does not.
func thread(list []Ins, labels int) {
	for i := range list {
		if list[i].Op != nil {
			continue
		}
		next := i
		for next < len(list) && (list[next].Op == nil || list[next].elided) {
			next++
		}
		if next < len(list) && list[next].Op.jump == jump {
			for k := i; k < next; k++ {
				list[k].elided = false
			}
		}
	}
	to := threads(list, labels)
	for i := range list {
		if in := &list[i]; in.Op != nil && in.Op.IsJump() {
			in.args[0].Val = int64(to[in.args[0].Val])
		}
	}
}
