package codegen

// Rates is what a device's kernels reach: measured on it, or assumed. Where all are 0 the planner assumes them from the Target.
type Rates struct {
	Products32 float64 `json:"products32"` // FLOP/s of one worker in packed contractions of float32
	Products64 float64 `json:"products64"` // the same of float64
	Maps       float64 `json:"maps"`       // core operations/s of one worker on float32 that lie in its cache
	Cached     float64 `json:"cached"`     // bytes/s of one worker to and from its second cache
	Shared     float64 `json:"shared"`     // bytes/s of one worker to and from the last cache
	Alone      float64 `json:"alone"`      // bytes/s of one worker to and from memory
	Memory     float64 `json:"memory"`     // bytes/s of all workers to and from memory
	Gathers    float64 `json:"gathers"`    // elements/s that one worker finds at places scattered over memory
	Across     float64 `json:"across"`     // bytes/s of one worker that transposes
	Launch     float64 `json:"launch"`     // seconds a kernel costs besides its work
}
