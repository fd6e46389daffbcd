// line-protocol-decode decodes every value of a file with influxdata/line-protocol, from memory, and prints the CPU
// nanoseconds a line.
//
//	line-protocol-decode FILE
package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"
)

func decode(data []byte) (lines int, err error) {
	dec := lineprotocol.NewDecoderWithBytes(data)
	for ; dec.Next(); lines++ {
		if _, err = dec.Measurement(); err != nil {
			return
		}
		for key := []byte{0}; key != nil; {
			if key, _, err = dec.NextTag(); err != nil {
				return
			}
		}
		for key := []byte{0}; key != nil; {
			if key, _, err = dec.NextField(); err != nil {
				return
			}
		}
		if _, err = dec.Time(lineprotocol.Nanosecond, time.Time{}); err != nil {
			return
		}
	}
	return
}

func cpu() int64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	before := cpu()
	var lines int
	if err == nil {
		lines, err = decode(data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(float64(cpu()-before) / float64(lines))
}
