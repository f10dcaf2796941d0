package order

import "context"

// meter counts work against a budget. A unit is about a nanosecond of a common processor; it is counted, never timed, so that a budget
// buys the same everywhere.
type meter struct {
	ctx    context.Context
	spent  int64
	budget int64
	check  int64 // when to look next whether the caller has given up
	done   bool
}

// checkEvery is how much work is done between looks at the context.
const checkEvery = 1 << 20

// spend counts work, and says whether any is left to be done.
func (m *meter) spend(work int64) bool {
	m.spent += work
	if m.spent >= m.check {
		m.check = m.spent + checkEvery
		m.done = m.done || m.ctx.Err() != nil
	}
	return !m.done && m.spent < m.budget
}

// left says whether any work is left to be done.
func (m *meter) left() bool { return !m.done && m.spent < m.budget }

// within runs f under a smaller budget.
func (m *meter) within(work int64, f func()) {
	whole := m.budget
	m.budget = min(whole, m.spent+work)
	f()
	m.budget = whole
}
