// line-protocol-filter decodes each line with influxdata/line-protocol, adds the tags that the table has for one tag's
// value, and encodes it again.
//
//	line-protocol-filter TAG TABLE < lines
package main

import (
	"bufio"
	"fmt"
	"os"
	"time"

	"crosslayer.example/bench/table"

	"github.com/influxdata/line-protocol/v2/lineprotocol"
)

const blockSize = 64 << 10

type filter struct {
	tag   []byte
	table map[string][]table.Tag
	enc   lineprotocol.Encoder
	// ends in the encoder's bytes: of what was written, and of the last whole line
	written, whole int
}

// Read hands out the lines that are done before it waits for more: nothing is held back while the input pauses.
func (f *filter) Read(p []byte) (int, error) {
	if err := f.write(); err != nil {
		return 0, err
	}
	return os.Stdin.Read(p)
}

func (f *filter) write() error {
	if f.written == f.whole {
		return nil
	}
	_, err := os.Stdout.Write(f.enc.Bytes()[f.written:f.whole])
	f.written = f.whole
	return err
}

// empty writes the whole lines and forgets all, also a line that was begun: only between lines, or after an error.
func (f *filter) empty() error {
	err := f.write()
	f.enc.Reset()
	f.written, f.whole = 0, 0
	return err
}

func (f *filter) line(dec *lineprotocol.Decoder) error {
	measurement, err := dec.Measurement()
	if err != nil {
		return err
	}
	f.enc.StartLineRaw(measurement)
	var added []table.Tag
	for {
		key, value, err := dec.NextTag()
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		if string(key) == string(f.tag) {
			added = f.table[string(value)]
		}
		f.enc.AddTagRaw(key, value)
	}
	for _, tag := range added {
		f.enc.AddTag(tag.Key, tag.Value)
	}
	for {
		key, value, err := dec.NextField()
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		f.enc.AddFieldRaw(key, value)
	}
	at, err := dec.Time(lineprotocol.Nanosecond, time.Time{})
	if err != nil {
		return err
	}
	f.enc.EndLine(at)
	return f.enc.Err()
}

func (f *filter) run() (bad int, err error) {
	dec := lineprotocol.NewDecoder(bufio.NewReaderSize(f, blockSize))
	for err == nil && dec.Next() {
		if f.line(dec) != nil {
			bad++
			f.enc.ClearErr()
			err = f.empty()
		} else if f.whole = len(f.enc.Bytes()); f.whole >= blockSize {
			err = f.empty()
		}
	}
	if err == nil {
		err = f.empty()
	}
	return bad, err
}

func main() {
	tags, err := table.Read(os.Args[2])
	if err == nil {
		f := &filter{tag: []byte(os.Args[1]), table: tags}
		f.enc.SetLax(true) // the added tags go behind the others, out of order
		var bad int
		if bad, err = f.run(); bad > 0 {
			fmt.Fprintln(os.Stderr, "lines that could not be decoded:", bad)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
