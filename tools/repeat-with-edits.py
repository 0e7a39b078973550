#!/usr/bin/env python3
"""Repeats the records of a JSONL file with edits: python3 tools/repeat-with-edits.py in.jsonl[.gz] 300 > out.jsonl

Rounds are written until the output has so many megabytes. The first one is the input as it is; in the
others each word is replaced with a probability of 0.5 to 30 % by one that no other text has. Ids are
numbers. The same input gives the same output."""
import gzip
import json
import random
import sys

path, megabytes = sys.argv[1], float(sys.argv[2])
opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
texts = [json.loads(line)["text"] for line in opened if line.strip()]
shares = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3]
written = number = round = 0
while written < megabytes * 1e6:
    for text in texts:
        chance = random.Random(number)
        share = shares[round % len(shares)]
        lines = []
        for line in text.split("\n"):
            words = line.split(" ")
            for at, word in enumerate(words):
                if word and chance.random() < share:
                    words[at] = f"w{chance.getrandbits(32):x}"
            lines.append(" ".join(words))
        row = json.dumps({"id": number, "text": "\n".join(lines)}, ensure_ascii=False) + "\n"
        sys.stdout.write(row)
        written += len(row.encode())
        number += 1
        if written >= megabytes * 1e6:
            break
    round += 1
