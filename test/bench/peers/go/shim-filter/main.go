// shim-filter is a processor on Telegraf's own shim for external plugins, as its documentation shows how to write one.
//
//	shim-filter TAG TABLE < lines
package main

import (
	"fmt"
	"os"

	"crosslayer.example/bench/table"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/plugins/common/shim"
)

type processor struct {
	tag   string
	table map[string][]table.Tag
}

func (*processor) SampleConfig() string { return "" }

func (p *processor) Apply(metrics ...telegraf.Metric) []telegraf.Metric {
	for _, metric := range metrics {
		value, ok := metric.GetTag(p.tag)
		if !ok {
			continue
		}
		for _, tag := range p.table[value] {
			metric.AddTag(tag.Key, tag.Value)
		}
	}
	return metrics
}

func run() error {
	tags, err := table.Read(os.Args[2])
	if err != nil {
		return err
	}
	s := shim.New()
	if err := s.AddProcessor(&processor{os.Args[1], tags}); err != nil {
		return err
	}
	return s.Run(shim.PollIntervalDisabled)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
