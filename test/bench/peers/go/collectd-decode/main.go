// collectd-decode parses recorded datagrams with go-collectd, from memory, and prints the CPU nanoseconds a datagram and the
// values a datagram. It formats nothing.
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

func run(all [][]byte, passes int) (values int, err error) {
	for range passes {
		n, err := parse(all)
		if err != nil {
			return 0, err
		}
		values += n
	}
	return values, nil
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
	if err == nil {
		_, err = run(all, passes/10+1) // the heap finds its size
	}
	var values int
	before := cpu()
	if err == nil {
		values, err = run(all, passes)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	datagrams := float64(passes * len(all))
	fmt.Println(float64(cpu()-before)/datagrams, float64(values)/datagrams)
}
