package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// peers is a process of peers.py that waits for names of rows.
type peers struct {
	cmd   *exec.Cmd
	ask   io.WriteCloser
	reply *bufio.Scanner
}

// startPeers starts script in python, with so many threads for each library, and waits until these are loaded: that disturbs.
func startPeers(python, script string, threads int) (*peers, error) {
	p := &peers{cmd: exec.Command(python, script, "-serve", "-threads", strconv.Itoa(threads))}
	p.cmd.Stderr = os.Stderr
	ask, errAsk := p.cmd.StdinPipe()
	out, errOut := p.cmd.StdoutPipe()
	if err := errors.Join(errAsk, errOut); err != nil {
		return nil, err
	}
	p.ask, p.reply = ask, bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	_, err := p.measure("") // no row: the answer says that the libraries are loaded
	return p, err
}

// measure gives the median milliseconds of a row, by library; none where no library has it.
func (p *peers) measure(row string) (map[string]float64, error) {
	if _, err := fmt.Fprintln(p.ask, row); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	took := map[string]float64{}
	for p.reply.Scan() {
		if len(p.reply.Bytes()) == 0 {
			return took, nil
		}
		var r struct {
			Peer string
			Ms   float64
		}
		if err := json.Unmarshal(p.reply.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("peers: %s: %w", p.reply.Text(), err)
		}
		took[r.Peer] = r.Ms
	}
	return nil, fmt.Errorf("peers: ended at row %s: %v", row, p.reply.Err())
}

func (p *peers) close() error { return errors.Join(p.ask.Close(), p.cmd.Wait()) }
