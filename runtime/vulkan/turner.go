//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"math"
	"time"
)

// turner cuts a run into submits, of which two are under way at a time: while the device is at work on one, the host brings what the next one
// reads, and records it.
type turner struct {
	lane    *lane
	limit   float64
	c       int           // which submit is being recorded
	sum     [2]float64    // the nanoseconds that each was thought to take
	who     [2][]*Program // whose workgroups they hold
	brought [2]int        // bytes that the host has brought for each
	room    int           // the most of them
	wait    bool          // what is recorded next waits for what came before
	ended   time.Time     // when the one before last ended
}

// worth is the bytes that take the host longer to bring than a submit takes.
const worth = 1 << 20

// turns runs the steps in submits of about so many nanoseconds, and of a load of bytes at most that are brought through memory for uploads.
func (l *lane) turns(ctx context.Context, r *recording, limit float64) error {
	t := turner{lane: l, limit: limit, room: load, ended: time.Now()}
	if l.arena.bytes() != nil {
		t.room = math.MaxInt
	}
	if err := t.open(); err != nil {
		return err
	}
	if l.timed() { // kernels, not what they wait for
		for i := range l.steps {
			if err := t.bring(ctx, &l.steps[i]); err != nil {
				return err
			}
		}
	}
	l.start(t.commands())
	for i := range l.steps {
		s := &l.steps[i]
		if err := t.bring(ctx, s); err != nil {
			return err
		}
		t.wait = t.wait || s.barrier
		l.wear(t.commands(), s, r.set[i])
		for k := range s.program.code.module.Passes {
			if err := t.pass(ctx, s, r.set[i], k); err != nil {
				return err
			}
		}
		l.stamp(t.commands(), i+1)
	}
	l.downloads(t.commands())
	return t.last(ctx)
}

func (t *turner) open() error {
	t.sum[t.c], t.who[t.c], t.brought[t.c], t.wait = 0, t.who[t.c][:0], 0, true
	return t.lane.open(t.commands())
}

// commands is the command buffer that is being recorded.
func (t *turner) commands() handle { return t.lane.commands[t.c] }

// bring copies what a step reaches to where the device sees it, or can copy it from, unless a step before has reached it. So no command needs to be
// waited for, and the device is given what there is to do meanwhile.
func (t *turner) bring(ctx context.Context, s *step) error {
	l := t.lane
	for _, k := range l.params[s.params : s.params+len(s.program.params)] {
		if k < 0 || l.access[k].host == nil {
			continue
		}
		for r := &l.regions[l.access[k].region]; r.carries() && r.up < len(r.host); {
			if t.brought[t.c] == t.room || t.sum[t.c] > 0 && len(r.host)-r.up >= worth {
				if err := t.next(ctx); err != nil {
					return err
				}
			}
			t.carry(r)
			if l.cancellable && ctx.Err() != nil {
				return t.drop(ctx.Err())
			}
		}
	}
	return nil
}

// drop ends a cancelled run, whose last commands are not submitted.
func (t *turner) drop(why error) error {
	if err := t.lane.shut(t.commands()); err != nil { // commands that are being recorded cannot be begun again
		return err
	}
	return t.lane.cancel(why)
}

// carry brings as much of a region as the submit has room for, a load at most.
func (t *turner) carry(r *region) {
	l := t.lane
	n := min(len(r.host)-r.up, t.room-t.brought[t.c], load)
	from := r.host[r.up : r.up+n]
	if to := l.arena.bytes(); to != nil {
		copy(to[r.at+r.up:], from)
	} else {
		half := l.up.sub(t.c*l.half()+t.brought[t.c], n)
		copy(half.bytes(), from)
		l.copy(t.commands(), half, l.arena.sub(r.at+r.up, n))
		t.wait = true
	}
	l.device.traffic.add(n, true)
	r.up += n
	t.brought[t.c] += n
}

// pass records a pass in as many submits as it needs: cut along the dimension that has the most workgroups.
func (t *turner) pass(ctx context.Context, s *step, set handle, k int) error {
	p := s.program
	groups := p.code.module.Passes[k].Groups
	along := 0
	for d := range groups {
		if groups[d] > groups[along] {
			along = d
		}
	}
	if groups[along] == 0 {
		return nil
	}
	each := float64(workgroups(&p.code.module.Passes[k])) / float64(groups[along])
	for done := uint32(0); done < groups[along]; {
		pace := p.perGroup() * each
		n := uint32(min(max((t.limit-t.sum[t.c])/pace, 0), float64(groups[along]-done)))
		if n == 0 && t.sum[t.c] == 0 {
			n = 1
		}
		if n > 0 {
			from, count := [3]uint32{}, groups
			from[along], count[along] = done, n
			if t.wait {
				t.lane.barrier(t.commands())
				t.wait = false
			}
			t.lane.dispatch(t.commands(), s, k, from, count)
			t.sum[t.c] += pace * float64(n)
			t.who[t.c] = withProgram(t.who[t.c], p)
			done += n
		}
		if done < groups[along] {
			if err := t.next(ctx); err != nil {
				return err
			}
			t.lane.wear(t.commands(), s, set)
		}
	}
	return nil
}

// next submits what is recorded and begins another submit, once the one before last has ended.
func (t *turner) next(ctx context.Context) error {
	if err := t.lane.shut(t.commands()); err != nil {
		return err
	}
	if err := t.lane.submit(t.c, t.commands()); err != nil {
		return err
	}
	t.c ^= 1
	if err := t.end(ctx, t.c); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return t.lane.cancel(err)
	}
	return t.open()
}

// end waits for a submit that is under way and learns from the time it took.
func (t *turner) end(ctx context.Context, c int) error {
	if !t.lane.flight[c] {
		return nil
	}
	if err := t.lane.finish(ctx, c); err != nil {
		return err
	}
	now := time.Now()
	ratio := (float64(now.Sub(t.ended)) - latency) / t.sum[c]
	t.ended = now
	if t.brought[c] > 0 {
		return nil // its time was that of copies too
	}
	for _, p := range t.who[c] {
		p.correct(ratio)
	}
	return nil
}

// last submits what is left and waits for all.
func (t *turner) last(ctx context.Context) error {
	if err := t.lane.shut(t.commands()); err != nil {
		return err
	}
	if err := t.lane.submit(t.c, t.commands()); err != nil {
		return err
	}
	if err := t.end(ctx, t.c^1); err != nil {
		return err
	}
	return t.end(ctx, t.c)
}
