package runtime

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	"github.com/einloom/einloom/internal/cachefile"
)

// keptOrders keeps orders of contraction as files in the user's cache folder, one each. It is a planner.Orders.
type keptOrders struct {
	folder *cachefile.Folder
	event  func(Event)
}

// What the files of orders are: their kind with the version of its format (order.Version, which says what is in them, is of their keys),
// and the most bytes that they take together.
const (
	ordersKind = "order 1"
	ordersRoom = 16 << 20
)

// keepOrders makes the session's plans take orders from files, and keep them there; where there is no place for files a note says so.
func (s *Session) keepOrders() {
	path, err := cachefile.Path("orders")
	if err != nil {
		s.notes = append(s.notes, fmt.Sprintf("orders of contraction are not kept: %v", err))
		return
	}
	s.kept = &keptOrders{&cachefile.Folder{Path: path, Kind: ordersKind, Most: ordersRoom}, s.event}
}

// file names the file of a key.
func (k *keptOrders) file(key []byte) string { return fmt.Sprintf("%x", sha256.Sum256(key)) }

// Load hands what is kept for a key to use, and says whether use took it.
func (k *keptOrders) Load(key []byte, use func(data []byte) error) bool {
	name := k.file(key)
	data, err := k.folder.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err == nil {
		if err = use(data); err != nil {
			err = fmt.Errorf("%s is ignored: %w", name, err)
		}
	}
	if err != nil {
		k.ignored(err)
	}
	return err == nil
}

// Save keeps data for a key. Where that is not possible it is not kept.
func (k *keptOrders) Save(key, data []byte) {
	if err := k.folder.Write(k.file(key), data); err != nil {
		k.ignored(fmt.Errorf("an order is not kept: %w", err))
	}
}

func (k *keptOrders) ignored(err error) {
	k.event(Event{What: "cache", Name: "orders", Why: err.Error()})
}
