"""Prints the colour of points of a PNG (8 bits a channel, not interlaced): pixel.py FILE X,Y…"""
import struct
import sys
import zlib


def rows(data):
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", chunk)
            assert depth == 8 and colours in (2, 6) and not interlaced
        if kind == b"IDAT":
            packed += chunk
        at += 12 + length
    size = 3 if colours == 2 else 4
    raw, line, before = zlib.decompress(packed), width * size, bytearray(width * size)
    for y in range(height):
        form, row = raw[y * (line + 1)], bytearray(raw[y * (line + 1) + 1:(y + 1) * (line + 1)])
        for i in range(line):
            left = row[i - size] if i >= size else 0
            up, corner = before[i], before[i - size] if i >= size else 0
            if form == 4:
                nearest = left + up - corner
                by = [abs(nearest - left), abs(nearest - up), abs(nearest - corner)]
                guess = (left, up, corner)[by.index(min(by))]
            else:
                guess = (0, left, up, (left + up) // 2)[form]
            row[i] = (row[i] + guess) & 255
        yield [tuple(row[i:i + 3]) for i in range(0, line, size)]
        before = row


with open(sys.argv[1], "rb") as file:
    picture = list(rows(file.read()))
for point in sys.argv[2:]:
    x, y = map(int, point.split(","))
    print("#%02x%02x%02x" % picture[y][x])
