// collectd-decode parses recorded datagrams with go-collectd, from memory, and prints the CPU nanoseconds a value. It formats
// nothing.
//
//	collectd-decode FILE PASSES      FILE: JSON lines with the datagram in "b64"
//	collectd-decode FILE accepted    prints the numbers of the lines, from 0, whose datagram go-collectd accepts
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"collectd.org/network"
)

func datagrams(file string) (all [][]byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var record struct {
			B64 []byte `json:"b64"`
		}
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			return nil, err
		}
		all = append(all, record.B64)
	}
	return all, lines.Err()
}

// parse counts the values, so that no work can be left out.
func parse(all [][]byte) (values int, err error) {
	for _, datagram := range all {
		lists, err := network.Parse(datagram, network.ParseOpts{})
		if err != nil {
			return 0, err
		}
		for _, list := range lists {
			values += len(list.Values)
		}
	}
	return values, nil
}

func cost(all [][]byte, passes int) (float64, error) {
	for range passes/10 + 1 { // the heap finds its size
		if _, err := parse(all); err != nil {
			return 0, err
		}
	}
	values, before := 0, cpu()
	for range passes {
		n, err := parse(all)
		if err != nil {
			return 0, err
		}
		values += n
	}
	return float64(cpu()-before) / float64(values), nil
}

func cpu() int64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func main() {
	all, err := datagrams(os.Args[1])
	if err == nil && os.Args[2] == "accepted" {
		for i, datagram := range all {
			if _, err := network.Parse(datagram, network.ParseOpts{}); err == nil {
				fmt.Println(i)
			}
		}
		return
	}
	var passes int
	if err == nil {
		passes, err = strconv.Atoi(os.Args[2])
	}
	var ns float64
	if err == nil {
		ns, err = cost(all, passes)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(ns)
}
