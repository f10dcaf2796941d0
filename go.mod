module github.com/einloom/einloom

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/twitchyliquid64/golang-asm v0.15.1
	github.com/vulkan-go/vulkan v0.0.0-20221209234627-c0a353ae26c8
	golang.org/x/sys v0.49.0
	gonum.org/v1/gonum v0.17.0
	pgregory.net/rapid v1.3.0
)
