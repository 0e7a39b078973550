#!/usr/bin/env python3
"""Fails on circles between the source files of a package, and on imports against the declared order of stages.

    python3 tools/imports.py

An import is a path that begins with `crate::`, `super::` or the name of a child module, in code that is no test. It leads
to the file of the longest module in it; names that a module re-exports lead to the file that has them. A module and
its own children may know each other: they are one thing, in several files.
"""

import pathlib
import re
import sys

# Stages of the library, each of which may import those before it. A line is one step.
ORDER = [
    "parallel mix places span error markup",
    "word",
    "block",
    "shingle",
    "sketch",
    "lsh",
    "verify",
    "cluster",
    "finding html repeat boilerplate",
    "clean",
    "report",
    "index",
    "dedup",
]
PACKAGES = ["src", "corpus/src", "cli/src", "tools/evaluate/src"]

COMMENT = re.compile(r"//[^\n]*")
USE = re.compile(r"\b(pub(?:\([^)]*\))? )?use ([^;]+);")
PATH = re.compile(r"\b(?:crate|super|self)(?:::\w+)+")


def module(root, file):
    parts = list(file.relative_to(root).with_suffix("").parts)
    if parts[-1] in ("mod", "lib", "main"):
        parts.pop()
    return tuple(parts)


def expand(tree):
    """The paths of a `use` tree, as tuples of names."""
    tree = tree.strip()
    if "{" not in tree:
        return [tuple(part.strip() for part in tree.split(" as ")[0].split("::"))]
    head, rest = tree.split("{", 1)
    rest = rest.rsplit("}", 1)[0]
    head = tuple(part.strip() for part in head.split("::") if part.strip())
    parts, depth, last = [], 0, ""
    for letter in rest:
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            parts.append(last)
            last = ""
        else:
            last += letter
    parts.append(last)
    return [head + path for part in parts if part.strip() for path in expand(part)]


def without_tests(text):
    """A file up to its tests, which are its end."""
    at = re.search(r"^#\[cfg\((?:all\()?test[^\n]*\nmod \w+ \{", text, re.MULTILINE)
    return text[: at.start()] if at else text


def edges(root):
    files = {module(root, file): file for file in sorted(root.rglob("*.rs")) if file.name != "tests.rs"}
    texts = {name: COMMENT.sub("", without_tests(file.read_text())) for name, file in files.items()}

    def absolute(name, path):
        here = name
        if path[0] == "crate":
            return path[1:]
        if path[0] == "self":
            return here + path[1:]
        up = 0
        while path[up: up + 1] == ("super",):
            up += 1
        if up:
            return here[: len(here) - up] + path[up:]
        return here + path if here + path[:1] in files else None

    exports = {}
    for name, text in texts.items():
        for public, tree in USE.findall(text):
            for path in expand(tree) if public else []:
                to = absolute(name, path)
                if to:
                    exports[name + (path[-1],)] = to

    def file_of(path, seen=()):
        for end in range(len(path), -1, -1):
            if path[:end] in exports and path[:end] not in seen:
                return file_of(exports[path[:end]] + path[end:], seen + (path[:end],))
            if path[:end] in files:
                return path[:end]
        return ()

    found = {name: {} for name in files}
    for name, text in texts.items():
        paths = [path for public, tree in USE.findall(text) if not public for path in expand(tree)]
        body = USE.sub("", text)
        paths += [tuple(path.split("::")) for path in PATH.findall(body)]
        for path in paths:
            to = absolute(name, path)
            if to is None:
                continue
            to = file_of(to)
            # A module and its children are one thing.
            if to != name and name[: len(to)] != to and to[: len(name)] != name:
                found[name][to] = "::".join(path)
    return files, found


def circles(graph):
    """Strongly connected groups of more than one file (Tarjan)."""
    index, low, stack, groups = {}, {}, [], []

    def visit(at):
        index[at] = low[at] = len(index)
        stack.append(at)
        for to in graph[at]:
            if to not in index:
                visit(to)
            if to in stack:
                low[at] = min(low[at], low[to])
        if low[at] == index[at]:
            group = []
            while not group or group[-1] != at:
                group.append(stack.pop())
            if len(group) > 1:
                groups.append(sorted(group))

    for at in graph:
        if at not in index:
            visit(at)
    return groups


def main():
    sys.setrecursionlimit(10_000)
    repository = pathlib.Path(__file__).resolve().parent.parent
    step = {name: at for at, names in enumerate(ORDER) for name in names.split()}
    wrong = []
    for package in PACKAGES:
        root = repository / package
        files, found = edges(root)
        for group in circles(found):
            names = ", ".join(str(files[name].relative_to(repository)) for name in group)
            wrong.append(f"circle: {names}")
            for name in group:
                for to, path in found[name].items():
                    if to in group:
                        wrong.append(f"    {'::'.join(name)} uses {path}")
        if package == "src":
            for name, to_all in found.items():
                for to, path in to_all.items():
                    if name and to and step[to[0]] > step[name[0]]:
                        wrong.append(f"against the order: {files[name].relative_to(repository)} uses {path}")
    print("\n".join(wrong) or "no circles, and every import goes to an earlier stage")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
