// Package table reads the peers' table: "key TAB k=v,k=v" on each line, both as they stand in line protocol.
package table

import (
	"os"
	"strings"
)

// Tag is unescaped.
type Tag struct{ Key, Value string }

// Read returns the tags to add by the unescaped value that selects them. No value to add holds an escape.
func Read(path string) (map[string][]Tag, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	unescape := strings.NewReplacer(`\,`, ",", `\=`, "=", `\ `, " ")
	rows := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	tags := make(map[string][]Tag, len(rows))
	for _, row := range rows {
		key, list, _ := strings.Cut(row, "\t")
		var added []Tag
		for _, pair := range strings.Split(list, ",") {
			name, value, _ := strings.Cut(pair, "=")
			added = append(added, Tag{name, value})
		}
		tags[unescape.Replace(key)] = added
	}
	return tags, nil
}
