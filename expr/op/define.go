package op

// definition is a text that formulas share: a function of values, which may return several.
type definition struct {
	params []string
	text   string
}

var definitions = map[string]definition{
	"expParts":   {[]string{"x"}, expParts},
	"halves":     {[]string{"t"}, halves},
	"fastTwoSum": {[]string{"a", "b"}, fastTwoSum},
	"logParts":   {[]string{"x", "of"}, logParts},
	"logSplit":   {[]string{"x"}, logSplit},
	"logTail32":  {[]string{"f"}, logTail32},
	"logTail64":  {[]string{"f"}, logTail64},
	"logOfBase":  {[]string{"f"}, logOfBase},
	"logSpecial": {[]string{"x", "y"}, logSpecial},
	"twoSum":     {[]string{"a", "b"}, twoSum},
	"exp2Normal": {[]string{"x"}, exp2Normal},
}
