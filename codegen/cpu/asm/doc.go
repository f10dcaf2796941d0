// Package asm is amd64 machine code as the CPU generator writes it.
package asm
