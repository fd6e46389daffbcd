"""What one writes in Python: partition and a dict. Wrong on escapes and on newlines in strings.

    python3 python_filter.py TAG TABLE < lines

Flushes after each line, as a live feed needs it: else lines wait in a buffer of 8 KiB.
"""
import sys

tag, table_file = sys.argv[1:]
with open(table_file, "rb") as file:
    table = dict(line.rstrip(b"\n").split(b"\t", 1) for line in file)
before = b"," + tag.encode() + b"="
write, flush = sys.stdout.buffer.write, sys.stdout.buffer.flush

for line in sys.stdin.buffer:
    head, blank, rest = line.partition(b" ")
    tags = table.get(head.partition(before)[2].partition(b",")[0])
    if tags is None:
        write(line)
    else:
        write(b"%b,%b %b" % (head, tags, rest))
    flush()
