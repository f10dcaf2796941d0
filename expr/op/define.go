package op

// definition is a text that formulas share: a function of values, which may return several.
type definition struct {
	params []string
	text   string
}

var definitions = map[string]definition{
	"expParts":      {[]string{"x"}, expParts},
	"halves":        {[]string{"t"}, halves},
	"fastTwoSum":    {[]string{"a", "b"}, fastTwoSum},
	"logParts":      {[]string{"x", "of"}, logParts},
	"logSplit":      {[]string{"x"}, logSplit},
	"logTail32":     {[]string{"f"}, logTail32},
	"logTail64":     {[]string{"f"}, logTail64},
	"logOfBase":     {[]string{"f"}, logOfBase},
	"logSpecial":    {[]string{"x", "y"}, logSpecial},
	"twoSum":        {[]string{"a", "b"}, twoSum},
	"turnsSingle":   {[]string{"a"}, turnsSingle},
	"modulo4":       {[]string{"x"}, modulo4},
	"turnedSingle":  {[]string{"r", "k"}, turnedSingle},
	"turns":         {[]string{"a"}, turns},
	"twoProduct":    {[]string{"a", "b"}, twoProduct},
	"turned":        {[]string{"high", "low", "k"}, turned},
	"circle":        {[]string{"u", "v"}, circle},
	"circleOfTurns": {[]string{"high", "low"}, circleOfTurns},
	"quarters":      {[]string{"x"}, quarters},
	"sinFar32":      {[]string{"x"}, sinFarSingle},
	"sinFar64":      {[]string{"x"}, sinFarDouble},
	"cosFar32":      {[]string{"x"}, cosFarSingle},
	"cosFar64":      {[]string{"x"}, cosFarDouble},
	"tanFar32":      {[]string{"x"}, tanFarSingle},
	"tanFar64":      {[]string{"x"}, tanFarDouble},
	"tanNearSingle": {[]string{"x"}, tanNearSingle},
	"tanSigned":     {[]string{"r", "k"}, tanSigned},
	"logOfTwo":      {[]string{"u", "c"}, logOfTwo},
	"flattest":      {[]string{"less", "large", "steep", "back"}, flattest},
	"angleMoved":    {[]string{"v", "w"}, angleMoved},
	"erfcNear":      {[]string{"x"}, erfcNear},
	"rsqrtFar":      {[]string{"x"}, rsqrtFar},
	"sqrtOfTwo":     {[]string{"w", "c"}, sqrtOfTwo},
	"residue32":     {[]string{"x", "y"}, residue32},
	"residue64":     {[]string{"x", "y"}, residue64},
	"integral":      {[]string{"a"}, integral},
	"productModulo": {[]string{"a", "c", "b", "each"}, productModulo},
	"powUint":       {[]string{"x", "y"}, powUint},
	"powSigned":     {[]string{"x", "y", "r"}, powSigned},
}
