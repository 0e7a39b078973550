#!/usr/bin/env python3
"""Parquet of the libraries that people have, through `twicetold dedup`, `ledger verify` and `restore`.

    python3 -m venv venv && venv/bin/pip install -r tools/formats/requirements.txt
    venv/bin/python tools/formats/parquet.py target/release/twicetold
    venv/bin/pip install -r tools/formats/requirements-spark.txt      # with Java 17
    venv/bin/python tools/formats/parquet.py target/release/twicetold --with spark

Writes files with every library, and reads what comes out with every one, column by column: kept rows must have the
types and values of the original (texts aside, which are cleaned), restored rows all of it, notes and index too. The
table has a cell for each pair of writer and reader:

    right       all columns of all files are equal
    as before   the reader refuses some of the originals, and the results too
    read now    the reader refuses some of the originals, and reads the results
    refused     the program refuses some of the files, in one sentence (printed below the table)
    WRONG       anything else (exit code 1)
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from parquet_readers import READERS
from parquet_writers import WRITERS

def seen(reader, path):
    """What a library sees in a file, or why it does not."""
    try:
        return READERS[reader](path), None
    except KeyboardInterrupt:
        raise
    # A panic of polars is no Exception.
    except BaseException as error:
        lines = str(error).strip().splitlines() or [""]
        return None, f"{type(error).__name__}: {lines[0].replace(path, 'FILE')[:160]}"


def differences(before, after, rows, leave_out=()):
    """How the columns of a file differ from those rows of another."""
    if list(before.types) != list(after.types):
        yield f"columns {list(before.types)} became {list(after.types)}"
        return
    for name, kind in before.types.items():
        if name not in before.blind and after.types[name] != kind:
            yield f"{name}: type {kind} became {after.types[name]}"
    for name, values in before.columns.items():
        if name in leave_out or name in before.blind:
            continue
        values = [values[row] for row in rows]
        if after.columns[name] != values:
            yield f"{name}: {values} became {after.columns[name]}"


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stderr.strip()


def compare(reader, original, kept, restored, rows):
    """The verdict of a reader on what became of a file, of which those rows were kept, and why."""
    (before, why), (after, after_why), (again, again_why) = (seen(reader, path) for path in (original, kept, restored))
    if before is None:
        # Other encodings and fewer rows are refused in other words.
        refused = [said for said in (after_why, again_why) if said]
        return "as before" if refused else "read now", why
    if after is None or again is None:
        return "WRONG", after_why or again_why
    # An index that is a range is a rule of the file, by which fewer rows are counted anew.
    leave_out = ("text", "the index") if before.has_range else ("text",)
    odd = list(differences(before, after, rows, leave_out))
    odd += [f"restored: {what}" for what in differences(before, again, range(6))]
    if before.notes != again.notes:
        odd.append(f"restored: notes {before.notes} became {again.notes}")
    return ("WRONG", "; ".join(odd)) if odd else ("right", "")


def through(program, path, work):
    """The tables that become of a file; an error where the program refuses it."""
    out, back = os.path.join(work, "out"), os.path.join(work, "back")
    for folder in (out, back):
        shutil.rmtree(folder, ignore_errors=True)
    code, said = run(program, "dedup", path, "--out", out)
    if code != 0:
        wrong = [line for line in said.splitlines() if path in line or "error" in line]
        return None, (wrong or [said])[0].replace(path, os.path.basename(path))
    for command in (["ledger", "verify", out], ["restore", out, "--out", back]):
        code, said = run(program, *command)
        if code != 0:
            return None, f"WRONG: {command[0]}: {said}"
    with open(os.path.join(out, "ledger.jsonl"), encoding="utf-8") as ledger:
        kept = [row for row, line in enumerate(ledger) if json.loads(line)["status"] == "kept"]
    # Of the six pages, the third is a copy of the first.
    if len(kept) != 5 or not {1, 3, 4, 5} <= set(kept):
        return None, f"WRONG: kept rows {kept}"
    return (os.path.join(out, "pages.parquet"), os.path.join(back, "records.parquet"), kept), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--with", dest="more", action="append", default=[], choices=["spark"])
    parser.add_argument("--only", action="append", help="of these writers alone")
    parser.add_argument("--keep", help="a folder for the files that are written")
    asked = parser.parse_args()
    optional = {"spark"} - set(asked.more)
    writers = [name for name in WRITERS if name not in optional and (not asked.only or name in asked.only)]
    readers = [name for name in READERS if name not in optional]
    cells, reasons = {}, {}
    with tempfile.TemporaryDirectory() as scratch:
        for writer in writers:
            folder = os.path.join(asked.keep or scratch, writer)
            os.makedirs(folder, exist_ok=True)
            for path in WRITERS[writer](folder):
                tables, error = through(asked.program, path, scratch)
                for reader in readers:
                    if tables is None:
                        verdict = ("WRONG" if error.startswith("WRONG") else "refused", error)
                    else:
                        verdict = compare(reader, path, *tables)
                    cells.setdefault((writer, reader), set()).add(verdict[0])
                    if verdict[1]:
                        reasons.setdefault((verdict[0], writer, os.path.basename(path), verdict[1]), []).append(reader)
    worst = ["WRONG", "refused", "as before", "read now", "right"]
    print("| written by | " + " | ".join(f"read by {reader}" for reader in readers) + " |")
    print("|---" * (len(readers) + 1) + "|")
    for writer in writers:
        row = [", ".join(sorted(cells[writer, reader], key=worst.index)) for reader in readers]
        print(f"| {writer} | " + " | ".join(row) + " |")
    print()
    for (verdict, writer, file, why), its in sorted(reasons.items()):
        print(f"{verdict}: {writer}, {file}, {', '.join(its)}: {why}")
    return 1 if any("WRONG" in its for its in cells.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
