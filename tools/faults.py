#!/usr/bin/env python3
"""What `twicetold` does when it is killed, interrupted, refused by the system, or handed damaged files.

    tools/faults.py target/release/twicetold              all rounds: 200 kills, 100 Ctrl-C, 200 refused
                                                          calls, 500 flips each of scratch, index, results
    tools/faults.py target/release/twicetold --share 0.1  a tenth of them
    tools/faults.py ... --only kill,results               some parts

Needs Linux, Python 3.8 and `strace`; a full disk is made with `unshare` and `mount`, where the system lets it.
Prints what goes wrong as it happens, and a table at the end. The exit code is 0 where nothing went wrong.

A round is wrong where a run ends with exit code 0 or 3 and its results are not those of an undisturbed run; where
a run ends otherwise than by an exit code and a sentence (a panic, a signal nobody sent); where `summary.json`
stands beside files that are not its own; where what a run left cannot be gone on with; where `ledger verify` or
`index verify` does not find a flipped bit. Calls that the start of every program makes are let through: what a
system does to the loader says nothing about this program.
"""

import argparse
import collections
import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

DONE = (0, 3)
TIMEOUT = 120
RUN = dict(stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)


def words(draw, count):
    """A sentence of words that nobody says."""
    made = ["".join(draw.choice("ka ro ten mi sul dor vea lin gra po ster ba".split())
                    for _ in range(1 + draw.randrange(3))) + str(draw.randrange(40)) for _ in range(count)]
    return " ".join(made).capitalize() + "."


def article(draw):
    return "\n\n".join(" ".join(words(draw, 14) for _ in range(3)) for _ in range(2 + draw.randrange(3)))


def records(draw, count):
    """Records of a dozen sites: menus, copies, edited copies, a shared paragraph, fields that ride along."""
    wire, old, made = article(draw), [], []
    for number in range(count):
        site = f"site{draw.randrange(12)}"
        text = article(draw)
        if old and draw.random() < 0.25:
            text = draw.choice(old)
            if draw.random() < 0.5:
                text += "\n\n" + words(draw, 12)
        elif draw.random() < 0.1:
            text += "\n\n" + wire
        elif draw.random() < 0.1:
            text += "\n\n" + text
        old.append(text)
        record = {"id": f"p{number}", "source": site, "url": f"https://{site}.example/{number}",
                  "tags": [f"t{draw.randrange(9)}"], "n": draw.random(),
                  "text": f"{site} home\nWeather and tides\n\n{text}\n\nPost a comment\nAll rights reserved {site}\n"}
        if draw.random() < 0.1:
            record["date"] = "2024-05-01"
        if draw.random() < 0.05:
            record["html"] = "<p>" + record.pop("text").replace("\n\n", "</p>\n<p>") + "</p>"
        made.append(record)
    return made


def write_lines(path, made):
    with open(path, "w") as file:
        for number, record in enumerate(made):
            file.write(json.dumps(record) + "\n")
            if number % 100 == 99:
                file.write('{"id": 3, \n')


def write_folder(path, made):
    """The same as files of text and HTML."""
    for number, record in enumerate(made):
        folder = os.path.join(path, record["source"])
        os.makedirs(folder, exist_ok=True)
        text, html = record.get("text"), record.get("html")
        name = os.path.join(folder, f"{number}." + ("txt" if text else "html"))
        with open(name, "w") as file:
            file.write(text or f"<html><body>{html}</body></html>")


def write_archive(path, made):
    """The same as responses of a WARC file."""
    with gzip.open(path, "wb") as file:
        for number, record in enumerate(made):
            body = record.get("html") or "<p>" + record["text"].replace("\n\n", "</p>\n<p>") + "</p>"
            body = f"<html><body>{body}</body></html>".encode()
            body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            head = (f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:{number}>\r\n"
                    f"WARC-Target-URI: {record['url']}\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
                    f"Content-Type: application/http\r\nContent-Length: {len(body)}\r\n\r\n")
            file.write(head.encode() + body + b"\r\n\r\n")


def results(folder):
    """Every file that a run shows, by its name; of the summary what no clock decides."""
    found = {}
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".twicetold"]
        for name in files:
            path = os.path.join(at, name)
            with open(path, "rb") as file:
                content = file.read()
            if name == "summary.json":
                summary = json.loads(content)
                for part in ("seconds", "times", "checksum"):
                    summary.pop(part, None)
                content = json.dumps(summary)
            found[os.path.relpath(path, folder)] = content
    return found


def copied(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def all_files(folder):
    return sorted(os.path.join(at, name) for at, _, files in os.walk(folder) for name in files)


def damaged(draw, content, cuts):
    """The bytes with one bit flipped, or cut short, or with some more."""
    kind = draw.random()
    if not content or cuts and kind > 0.9:
        return content + bytes([draw.randrange(256)]), "append"
    if cuts and kind > 0.75:
        return content[:draw.randrange(len(content))], "cut"
    flipped = bytearray(content)
    flipped[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return bytes(flipped), "flip"


class Faults:
    def __init__(self, options, at):
        self.binary = os.path.abspath(options.binary)
        self.share = options.share
        self.seed = options.seed
        self.at = at
        self.table = []
        self.wrong = 0
        self.env = dict(os.environ, RUST_BACKTRACE="0")
        draw = random.Random(7)
        made = records(draw, 400)
        write_lines(self.path("in.jsonl"), made)
        write_folder(self.path("folder"), made[:120])
        write_archive(self.path("in.warc.gz"), made[:120])

    def path(self, *names):
        return os.path.join(self.at, *names)

    def rounds(self, full):
        return max(1, round(full * self.share))

    def run(self, *arguments, under=()):
        return subprocess.run([*under, self.binary, *arguments], env=self.env, **RUN)

    def told(self, part, what):
        self.wrong += 1
        print(f"WRONG {part}: {what}", flush=True)

    def ended(self, part, counts):
        wrong = sum(count for name, count in counts.items() if name.isupper())
        rounds = sum(counts.values())
        said = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        self.table.append((part, rounds, wrong, said))
        print(f"{part}: {said}", flush=True)

    @staticmethod
    def how(run):
        """How a run ended that nobody killed: None where by an exit code and, unless it is done, a sentence."""
        said = run.stderr.decode("utf-8", "replace")
        if "panicked" in said or run.returncode == 101:
            return "PANIC"
        if run.returncode == -signal.SIGABRT and "memory allocation of" in said:
            return "out of memory"
        if run.returncode < 0:
            return "SIGNAL"
        if run.returncode not in (0, 1, 2, 3, 130) or run.returncode in (1, 2, 130) and "twicetold:" not in said \
                and not run.stdout:
            return "NO SENTENCE"
        return None

    def dedup(self, out, *more, inputs="in.jsonl", under=()):
        return self.run("dedup", self.path(inputs), "--out", out, "--threads", "2", *more, under=under)

    def undisturbed(self, name, *more, inputs="in.jsonl"):
        out = self.path(name)
        run = self.dedup(out, *more, inputs=inputs)
        if run.returncode not in DONE:
            sys.exit(f"an undisturbed run fails: {run.stderr.decode()}")
        return results(out)

    def is_set(self, out, sets):
        """Whether who waits for the summary finds one whole set, or none."""
        if not os.path.exists(os.path.join(out, "summary.json")):
            return True
        try:
            return results(out) in sets
        except ValueError:
            return False

    # -- stopped ------------------------------------------------------------------------------------------------

    def stopped(self, part, full, name):
        """Kills, or interrupts, at any time and at every kind of call; over nothing, and over an older set."""
        draw = random.Random(self.seed)
        expected = self.undisturbed("whole")
        older = self.undisturbed("older", "--across", "remove", "--pack", "gz")
        began = time.time()
        self.undisturbed("clock")
        whole = time.time() - began
        # What changes names is done a few times only, at the end: half of the stops aim there.
        calls = self.calls(lambda under: self.dedup(self.path("clock"), under=under))
        naming = [call for call in calls if re.match("rename|unlink|mkdir|fsync|fdatasync", call)]
        counts = collections.Counter()
        for number in range(self.rounds(full)):
            out, over = self.path("out"), draw.random() < 0.4
            shutil.rmtree(out, ignore_errors=True)
            if over:
                copied(self.path("older"), out)
            sets, how = [expected] + [older] * over, "stopped"
            for _ in range(1 + draw.randrange(3)):
                resume = ["--resume"] * (draw.random() < 0.8)
                if draw.random() < 0.5:
                    call = draw.choice(naming)
                    aim = f"inject={call}:signal={name}:when={1 + draw.randrange(calls[call])}"
                    run = self.dedup(out, *resume, under=self.strace(call, aim))
                    stopped = run.returncode not in DONE
                    code = run.returncode
                else:
                    arguments = [self.binary, "dedup", self.path("in.jsonl"), "--out", out, "--threads", "2", *resume]
                    run = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, env=self.env)
                    time.sleep(0.02 + draw.random() * whole)
                    run.send_signal(getattr(signal, "SIG" + name))
                    run.communicate(timeout=TIMEOUT)
                    code = run.returncode
                    stopped = code not in DONE
                if stopped and name != "KILL" and code != 130:
                    how = "BADLY ENDED"
                    self.told(part, f"round {number}: exit code {code}")
                if os.path.isdir(out) and not self.is_set(out, sets):
                    how = "PART OF A SET"
                    self.told(part, f"round {number}: {sorted(os.listdir(out))}")
            run = self.dedup(out, "--resume")
            if run.returncode not in DONE or results(out) != expected:
                how = "NOT THE SAME"
                self.told(part, f"round {number}, exit code {run.returncode}: {run.stderr.decode()[-300:]}")
            elif os.path.exists(os.path.join(out, ".twicetold")):
                how = "LEFT BEHIND"
                self.told(part, f"round {number}: {os.listdir(out)}")
            counts[how] += 1
        self.ended(part, counts)

    def kill(self):
        self.stopped("kill -9", 200, "KILL")

    def interrupt(self):
        self.stopped("Ctrl-C", 100, "INT")

    # -- refused calls ------------------------------------------------------------------------------------------

    def strace(self, call, inject):
        return ["strace", "-f", "-qq", "-o", self.path("trace"), "-e", f"trace={call}", "-e", inject]

    def calls(self, run, threads=True):
        """How often a run makes each call."""
        run(["strace", "-f", "-c", "-o", self.path("counts")])
        found = {}
        with open(self.path("counts")) as file:
            for line in file:
                parts = line.split()
                if len(parts) >= 5 and parts[3].isdigit() and parts[-1] != "total":
                    found[parts[-1]] = int(parts[3])
        return found

    def inject(self):
        """Calls that fail, one a round or all from one on, over all calls and several commands."""
        draw = random.Random(self.seed + 1)
        expected = self.undisturbed("whole")
        self.undisturbed("for-index", "--across", "remove")
        index, query = self.path("a.index"), self.path("for-index", "pages.jsonl")
        self.run("index", "build", index, query)
        late = self.snapshot(self.saves()[-2])
        verified = self.run("ledger", "verify", self.path("whole"), "--json").stdout
        restored = self.path("restored-whole")
        self.run("restore", self.path("whole"), "--out", restored)
        restored = results(restored)
        answers = self.run("index", "query", index, self.path("in.jsonl")).stdout
        built = self.path("b.index")

        def fresh(under):
            shutil.rmtree(self.path("out"), ignore_errors=True)
            return self.dedup(self.path("out"), under=under)

        def over(under):
            copied(self.path("for-index"), self.path("out"))
            return self.dedup(self.path("out"), under=under)

        def resumed(under):
            copied(late, self.path("out"))
            return self.dedup(self.path("out"), "--resume", under=under)

        def verify(under):
            return self.run("ledger", "verify", self.path("whole"), "--json", under=under)

        def restore(under):
            shutil.rmtree(self.path("restored"), ignore_errors=True)
            return self.run("restore", self.path("whole"), "--out", self.path("restored"), under=under)

        def asked(under):
            return self.run("index", "query", index, self.path("in.jsonl"), under=under)

        def build(under):
            if os.path.exists(built):
                os.remove(built)
            return self.run("index", "build", built, query, under=under)

        is_right = {
            fresh: lambda run: results(self.path("out")) == expected,
            over: lambda run: results(self.path("out")) == expected,
            resumed: lambda run: results(self.path("out")) == expected,
            verify: lambda run: run.stdout == verified,
            restore: lambda run: results(self.path("restored")) == restored,
            asked: lambda run: run.stdout == answers,
            build: lambda run: open(built, "rb").read() == open(index, "rb").read(),
        }
        start = self.calls(lambda under: self.run("--version", under=under))
        # They end the program or a thread, or wait: nothing is asked of the system that it could refuse. The next
        # three are the standard library's own: the kernel gives no error of `brk` and random numbers, and a thread
        # without a stack for its signals never begins.
        no = {"exit", "exit_group", "execve", "futex", "restart_syscall", "rt_sigreturn", "sched_yield",
              "brk", "getrandom", "sigaltstack"}
        made = {}
        for command in is_right:
            counted = self.calls(command)
            made[command] = {call: (start.get(call, 0), count) for call, count in counted.items()
                             if count > start.get(call, 0) and call not in no}
        every = sorted({call for counted in made.values() for call in counted})
        counts, fired_calls = collections.Counter(), collections.Counter()
        rounds, tries = 0, 0
        turns = [fresh, verify, fresh, over, restore, fresh, resumed, asked, build]
        while rounds < self.rounds(200) and tries < 10 * self.rounds(200):
            # Every call in turn, in a command that makes it.
            call = every[tries % len(every)]
            command = turns[tries // len(every) % len(turns)]
            tries += 1
            if call not in made[command]:
                command = next((other for other in turns if call in made[other]), fresh)
            before, count = made[command][call]
            when = before + 1 + draw.randrange(count - before)
            error = draw.choice(["EIO", "ENOSPC", "EACCES", "ENOMEM"])
            more = "+" if draw.random() < 0.3 and call in ("read", "write", "pread64", "fsync", "openat") else ""
            aim = f"inject={call}:error={error}:when={when}{more}"
            what = f"{command.__name__}, {call} {when}{more}: {error}"
            try:
                run = command(self.strace(call, aim))
            except subprocess.TimeoutExpired:
                self.told("refused calls", f"{what}: hangs")
                counts["HANGS"] += 1
                rounds += 1
                continue
            with open(self.path("trace"), errors="replace") as file:
                if "INJECTED" not in file.read():
                    continue
            rounds += 1
            fired_calls[call] += 1
            how = self.how(run)
            said = run.stderr.decode("utf-8", "replace")[-400:]
            if how is None and run.returncode in DONE:
                how = "done all the same"
                if not is_right[command](run):
                    # A file of the input that cannot be read is a rejected record, and its error stands in the ledger.
                    how = "rejected an input" if run.returncode == 3 and "os error" in said else "WRONG RESULT"
            elif how is None:
                how = "failed with a sentence"
                if command is verify and run.stdout and b"os error" not in run.stdout:
                    how = "FAULTS THAT ARE NONE"
                if command in (fresh, over, resumed) and not self.is_set(self.path("out"), [
                        expected, results(self.path("for-index"))]):
                    how = "PART OF A SET"
            if how.isupper():
                self.told("refused calls", f"{what}: {how}, exit code {run.returncode}: {said}")
            if command in (fresh, over, resumed) and run.returncode not in DONE:
                again = self.dedup(self.path("out"), "--resume")
                if again.returncode not in DONE or results(self.path("out")) != expected:
                    # What was damaged is said to be so; started over it is whole.
                    again_said = again.stderr.decode("utf-8", "replace")[-300:]
                    anew = self.dedup(self.path("out"))
                    if "start over" not in again_said or results(self.path("out")) != expected:
                        how = "NO WAY ON"
                        self.told("refused calls", f"{what}: {said} -> {again_said}, {anew.returncode}")
            counts[how] += 1
        print(f"  calls that were refused: {dict(fired_calls)}", flush=True)
        self.ended("refused calls, all of which fired", counts)

    # -- damaged files ------------------------------------------------------------------------------------------

    def saves(self):
        """The calls by which a run saves what is done: a name and which of its calls it is, each."""
        shutil.rmtree(self.path("out"), ignore_errors=True)
        self.dedup(self.path("out"), under=["strace", "-f", "-qq", "-o", self.path("trace"), "-e", "trace=/^rename"])
        # A thread's calls are counted by themselves; what a worker does at its first one the main thread does first.
        found, counts = [], collections.Counter()
        with open(self.path("trace"), errors="replace") as file:
            for line in file:
                call = re.match(r"(\d+) +(rename\w*)\(", line)
                if call:
                    counts[call.groups()] += 1
                    if "run.json" in line:
                        found.append((call[2], counts[call.groups()]))
        found = sorted(set(found))
        if len(found) < 4:
            sys.exit("a run saves nothing")
        return found

    def snapshot(self, save):
        """What a run leaves that is killed when it saves what is done."""
        call, when = save
        out = self.path(f"snapshot-{call}-{when}")
        shutil.rmtree(out, ignore_errors=True)
        run = self.dedup(out, under=self.strace(call, f"inject={call}:signal=KILL:when={when}"))
        if run.returncode in DONE:
            sys.exit("a run was not killed")
        return out

    def scratch(self):
        """Files of a stopped run, damaged: going on says so, or comes to the same results."""
        draw = random.Random(self.seed + 2)
        expected = self.undisturbed("whole")
        snapshots = [self.snapshot(save) for save in self.saves()[2:] + [("rename", 1), ("rename", 4)]]
        # What a run leaves that may take no memory is what it has read.
        early = self.path("snapshot-early")
        self.dedup(early, "--memory", "4KiB")
        snapshots.append(early)
        counts = collections.Counter()
        out = self.path("out")
        for number in range(self.rounds(500)):
            snapshot = snapshots[number % len(snapshots)]
            copied(snapshot, out)
            files = all_files(os.path.join(out, ".twicetold"))
            path = draw.choice(files)
            with open(path, "rb") as file:
                content = file.read()
            if number % 3 == 0:
                content, kind = damaged(draw, content, True)
            else:
                content, kind = damaged(draw, content, False)
            with open(path, "wb") as file:
                file.write(content)
            run = self.dedup(out, "--resume")
            how = self.how(run)
            if how is None:
                if run.returncode in DONE:
                    how = "same results" if results(out) == expected else "WRONG RESULT"
                else:
                    how = "told" if self.is_set(out, [expected]) else "PART OF A SET"
            if how.isupper():
                self.told("scratch", f"{how}: {kind} of {os.path.relpath(path, out)}, exit code {run.returncode}: "
                          f"{run.stderr.decode('utf-8', 'replace')[-300:]}")
            counts[how] += 1
        self.ended("flips of scratch", counts)

    def index(self):
        """An index, damaged: `index verify` finds it, and `index query` says so or answers as before."""
        draw = random.Random(self.seed + 3)
        self.undisturbed("for-index", "--across", "remove")
        whole, broken = self.path("a.index"), self.path("broken.index")
        self.run("index", "build", self.path("for-index", "pages.jsonl"), "--index", whole, "--replace")
        answers = self.run("index", "query", whole, self.path("in.jsonl")).stdout
        with open(whole, "rb") as file:
            content = file.read()
        counts = collections.Counter()
        for number in range(self.rounds(500)):
            if number % 4 == 0:
                head, kind = damaged(draw, content[:4096], False)
                other = head + content[4096:]
            else:
                other, kind = damaged(draw, content, number % 4 == 1)
            with open(broken, "wb") as file:
                file.write(other)
            verify = self.run("index", "verify", broken)
            query = self.run("index", "query", broken, self.path("in.jsonl"))
            how = self.how(verify) or self.how(query)
            if how is None:
                right = query.returncode not in DONE or query.stdout == answers
                how = "WRONG ANSWER" if not right else "found" if verify.returncode in (1, 2) else "MISSED"
            if how.isupper():
                self.told("index", f"{how}: {kind}: {verify.stderr[-200:]} {query.stderr[-200:]}")
            counts[how] += 1
        self.ended("flips of an index", counts)

    def results(self):
        """Results of every form, damaged: `ledger verify` finds it, and `restore` restores what was or says so."""
        draw = random.Random(self.seed + 4)
        folders = []
        for name, inputs, *more in [
            ("lines", "in.jsonl", "--across", "remove"), ("files", "folder"), ("archive", "in.warc.gz"),
            ("packed", "in.jsonl", "--pack", "zst"), ("rows", "in.jsonl", "--to", "parquet"),
            ("texts", "folder", "--to", "text"), ("wet", "in.warc.gz", "--to", "wet", "--pack", "gz"),
        ]:
            self.undisturbed(name, *more, inputs=inputs)
            verify = self.run("ledger", "verify", self.path(name))
            if verify.returncode != 0:
                self.told("results", f"{name}: {verify.stdout.decode()[-300:]}{verify.stderr.decode()[-300:]}")
            back = self.path(name + "-back")
            run = self.run("restore", self.path(name), "--out", back)
            folders.append((name, results(back) if run.returncode == 0 else None))
        counts = collections.Counter()
        missed = collections.Counter()
        for number in range(self.rounds(500)):
            # Every other flip in the commonest form.
            name, restored = folders[0 if number % 2 else number // 2 % len(folders)]
            files = all_files(self.path(name))
            sizes = [os.path.getsize(path) for path in files]
            path = draw.choice(files) if number % 4 < 2 else draw.choices(files, sizes)[0]
            with open(path, "rb") as file:
                content = file.read()
            other, kind = damaged(draw, content, number % 10 == 9)
            with open(path, "wb") as file:
                file.write(other)
            verify = self.run("ledger", "verify", self.path(name))
            how = self.how(verify)
            if how is None:
                how = "found" if verify.returncode == 1 else "MISSED"
            if number % 10 == 0 and restored is not None:
                back = self.path("back")
                shutil.rmtree(back, ignore_errors=True)
                run = self.run("restore", self.path(name), "--out", back)
                ended = self.how(run)
                if ended is None and run.returncode == 0 and results(back) != restored:
                    ended = "RESTORED WRONG"
                how = ended or how
            with open(path, "wb") as file:
                file.write(content)
            if how.isupper():
                missed[os.path.relpath(path, self.at)] += 1
                self.told("results", f"{how}: {kind} of {os.path.relpath(path, self.at)}, exit code "
                          f"{verify.returncode}: {verify.stderr.decode('utf-8', 'replace')[-200:]}")
            counts[how] += 1
        if missed:
            print(f"  by file: {dict(missed)}", flush=True)
        self.ended("flips of results", counts)

    # -- no room ------------------------------------------------------------------------------------------------

    def no_room(self, part, kinds, under):
        expected = self.undisturbed("whole")
        counts = collections.Counter()
        for size in kinds:
            out = self.path("out")
            shutil.rmtree(out, ignore_errors=True)
            run = self.dedup(out, "--no-space-check", under=under(size))
            how = self.how(run)
            if how is None and run.returncode in DONE:
                how = "room enough" if results(out) == expected else "WRONG RESULT"
            elif how is None:
                how = "failed with a sentence"
                if any(name != ".twicetold" for name in os.listdir(out)):
                    how = "PART OF A SET"
            again = self.dedup(out, "--resume")
            if again.returncode not in DONE or results(out) != expected:
                how = "NO WAY ON"
            if how.isupper():
                self.told(part, f"{size}: {how}, exit code {run.returncode}: {run.stderr.decode()[-300:]} "
                          f"{again.stderr.decode()[-300:]}")
            counts[how] += 1
        self.ended(part, counts)

    def limit(self):
        """No file grows beyond so many blocks: `ulimit -f`, whose signal nobody catches for the program."""
        blocks = [0, 1, 2, 4, 8, 16, 32, 64, 128, 200, 256, 300, 400, 512, 600, 700, 800, 1000, 1200, 5000]
        self.no_room("`ulimit -f`", blocks[:self.rounds(len(blocks))],
                     lambda size: ["sh", "-c", f'ulimit -f {size}; exec "$@"', "sh"])

    def disk(self):
        """A disk that is full, and then is not."""
        probe = ["unshare", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"]
        if subprocess.run(probe, capture_output=True).returncode != 0:
            print("full disk: SKIPPED, the system lets nobody mount one")
            return
        expected = self.undisturbed("whole")
        disk, copy = self.path("disk"), self.path("copy")
        os.makedirs(disk, exist_ok=True)
        counts = collections.Counter()
        sizes = [64, 200, 400, 700, 1000, 1300, 1600, 1900, 2200, 2500, 2800, 3200, 4000, 5000, 60000]
        for size in sizes[:self.rounds(len(sizes))]:
            shutil.rmtree(copy, ignore_errors=True)
            run = [self.binary, "dedup", self.path("in.jsonl"), "--out", disk + "/out", "--threads", "2", "-q"]
            script = (f'mount -t tmpfs -o size={size}k none {disk}; "$@" --no-space-check; echo $? >&2; '
                      f"ls {disk}/out >&2; mount -o remount,size=100m {disk}; "
                      f'"$@" --resume >&2; echo $? >&2; cp -r {disk}/out {copy}')
            run = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", *run],
                                 env=self.env, **RUN)
            lines = run.stderr.decode().split("\n")[:-1]
            how = "room enough"
            if len(lines) == 3 and lines[1:] == ["1", "3"] and "No space left" in lines[0]:
                how = "failed with a sentence"
            elif lines[0] != "3" or lines[-1] != "3":
                how = "BADLY ENDED"
            if results(copy) != expected:
                how = "WRONG RESULT"
            if how.isupper():
                self.told("full disk", f"{size} KiB: {how}: {lines}")
            counts[how] += 1
        self.ended("full disk", counts)


PARTS = ["kill", "interrupt", "inject", "scratch", "index", "results", "limit", "disk"]


def main():
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("binary", help="the program")
    about.add_argument("--share", type=float, default=1.0, help="of the full number of rounds (1)")
    about.add_argument("--only", default=",".join(PARTS), help="parts, of " + ",".join(PARTS))
    about.add_argument("--seed", type=int, default=5, help="another one gives other rounds")
    about.add_argument("--at", help="a folder to work in; what is left there can be looked at")
    options = about.parse_args()
    at = options.at or tempfile.mkdtemp(prefix="twicetold-faults-")
    shutil.rmtree(at, ignore_errors=True)
    os.makedirs(at)
    began = time.time()
    faults = Faults(options, at)
    for part in options.only.split(","):
        getattr(faults, part)()
    print(f"\n{'what':34} rounds  wrong  how they ended")
    for part, rounds, wrong, said in faults.table:
        print(f"{part:34} {rounds:6} {wrong:6}  {said}")
    print(f"{faults.wrong} wrong, in {time.time() - began:.0f} s")
    if not options.at:
        shutil.rmtree(at, ignore_errors=True)
    sys.exit(1 if faults.wrong else 0)


if __name__ == "__main__":
    main()
