"""Invented articles, the same in every run."""

import random

SYLLABLES = "ba do fe gi ka lo mu ne pi ra so tu va wo ze lin mar ton ver sal".split()


def article(seed, sentences=14):
    """Sentences of words that nobody has written before."""
    chance = random.Random(seed)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 3))) for _ in range(120)]
    lines = []
    for _ in range(sentences):
        line = " ".join(chance.choices(words, k=chance.randint(9, 16)))
        lines.append(line.capitalize() + ".")
    return "\n\n".join(" ".join(lines[at : at + 3]) for at in range(0, len(lines), 3))


def texts():
    """Six pages: the third is a copy of the first, the fourth says all twice."""
    pages = [article(seed) for seed in range(6)]
    pages[2] = pages[0]
    pages[3] = pages[3] + "\n\n" + pages[3]
    return pages
