#!/usr/bin/env python3
"""Texts that other tools make of the pages of a development set, for `evaluate --texts`.

    pip install trafilatura==2.3.1 readability-lxml resiliparse==2.0.1
    python3 extract.py TOOL SET.jsonl.gz > TOOL.jsonl
    cargo run --release --example evaluate -- --texts TOOL.jsonl SET.jsonl.gz

TOOL is one of trafilatura, readability, resiliparse. For rs-trafilatura see the folder beside this file. Every
tool gets the page as text, and its address where it takes one; the settings are those its
documentation gives for main text. The time of the user's CPU goes to the error stream.
"""
import gzip
import json
import resource
import sys


def trafilatura(html, url):
    import trafilatura as tool

    return tool.extract(html, url=url, include_comments=False, include_tables=True) or ""


def trafilatura_recall(html, url):
    import trafilatura as tool

    return tool.extract(html, url=url, favor_recall=True) or ""


def readability(html, url):
    import lxml.html
    from readability import Document

    summary = Document(html).summary()
    root = lxml.html.fromstring(summary)
    blocks = {"p", "div", "li", "h1", "h2", "h3", "h4", "br", "tr", "blockquote", "pre"}
    for element in root.iter():
        if element.tag in blocks:
            element.tail = "\n" + (element.tail or "")
    return root.text_content()


def resiliparse(html, url):
    from resiliparse.extract.html2text import extract_plain_text

    return extract_plain_text(html, main_content=True)


def main():
    tool = {
        "trafilatura": trafilatura,
        "trafilatura-recall": trafilatura_recall,
        "readability": readability,
        "resiliparse": resiliparse,
    }[sys.argv[1]]
    with gzip.open(sys.argv[2], "rt", encoding="utf-8") as pages:
        for line in pages:
            page = json.loads(line)
            try:
                text = tool(page["html"], page.get("url"))
            except Exception as error:  # one page that fails is an empty text, and said
                print(f"{page['id']}: {error!r}", file=sys.stderr)
                text = ""
            print(json.dumps({"id": page["id"], "text": text}, ensure_ascii=False))
    print(f"CPU {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
