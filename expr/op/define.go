package op

// definition is a text that formulas share: a function of values, which may return several.
type definition struct {
	params []string
	text   string
}

var definitions = map[string]definition{
	"expParts": {[]string{"x"}, expParts},
	"halves":   {[]string{"t"}, halves},
}
