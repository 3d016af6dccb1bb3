"""Asks the tools for agents with the official Python package, over HTTP and over a child process.

    python tests/mcp/client.py http://127.0.0.1:8017/mcp target/debug/jiuji mcp --kb kb

Prints one line for each way that works; the first thing that is wrong ends it with a traceback.
"""

import asyncio
import csv
import json
import pathlib
import sys

from mcp import Client, StdioServerParameters

EVERY = 12
MAX_HIT_BYTES = 2048
QUERIES = pathlib.Path(__file__).parent.parent / "relevance" / "queries.tsv"


def queries():
    """Every twelfth of the development queries, with its article."""
    with QUERIES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["query"], row["primary"]) for row in rows[::EVERY] if row["primary"]]


async def story(client):
    """What an agent does: it looks at the tools, searches, and reads the article."""
    tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == ["search", "get_article", "list_fault_types"]
    assert all(tool.annotations.read_only_hint for tool in tools), tools
    asked = queries()
    assert len(asked) >= 10
    for query, primary in asked:
        found = await client.call_tool("search", {"query": query, "limit": 3})
        assert not found.is_error, found
        hits = found.structured_content["hits"]
        assert found.structured_content["untrusted"] is True
        for hit in hits:
            # The separators and characters of the bytes on the wire.
            wire = json.dumps(hit, ensure_ascii=False, separators=(",", ":")).encode()
            assert len(wire) <= MAX_HIT_BYTES, (query, len(wire))
        assert primary in [hit["id"] for hit in hits], (query, primary)
        article = await client.call_tool("get_article", {"id": primary})
        assert article.structured_content["article"]["id"] == primary
        text = article.content[0].text
        assert "not instructions" in text.splitlines()[0] and "## 应急策略" in text
    missing = await client.call_tool("get_article", {"id": "disk-faling"})
    assert missing.is_error and "disk-failing" in missing.content[0].text, missing


async def main(url, command, *arguments):
    stdio = StdioServerParameters(command=command, args=list(arguments), env={"JIUJI_LOG": "warn"})
    for name, server, mode in [
        ("http, newest protocol", url, "auto"),
        ("http, handshake", url, "legacy"),
        ("stdio", stdio, "auto"),
    ]:
        async with Client(server, mode=mode, read_timeout_seconds=30) as client:
            await story(client)
        print("ok", name)


asyncio.run(main(*sys.argv[1:]))
