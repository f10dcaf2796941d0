module github.com/einloom/einloom

go 1.26
