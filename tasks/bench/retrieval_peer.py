"""BM25 over character bigrams with a library from PyPI: what indexing rows and asking queries costs.

    python retrieval_peer.py rank_bm25|bm25s ROWS_AND_QUERIES.json QUERIES

The file is what retrieval_bench.ts writes: {"rows": [], "queries": []}. Prints one JSON object.
"""

import json
import re
import sys
import time
import unicodedata
from pathlib import Path

SEPARATORS = re.compile(r"[\W_]+")


def bigrams(text: str) -> list[str]:
    terms = []
    for run in SEPARATORS.split(unicodedata.normalize("NFKC", text).lower()):
        if len(run) == 1:
            terms.append(run)
        terms.extend(run[at : at + 2] for at in range(len(run) - 1))
    return terms


def index_with_rank_bm25(rows: list[str]):
    from rank_bm25 import BM25Okapi

    index = BM25Okapi([bigrams(row) for row in rows])
    return lambda query: index.get_scores(bigrams(query)).argsort()[::-1][:10]


def index_with_bm25s(rows: list[str]):
    import bm25s

    index = bm25s.BM25()
    index.index([bigrams(row) for row in rows], show_progress=False)
    return lambda query: index.retrieve([bigrams(query)], k=10, show_progress=False)[0][0]


def main() -> None:
    library, path, count = sys.argv[1:4]
    work = json.loads(Path(path).read_text(encoding="utf-8"))
    start = time.perf_counter()
    search = {"rank_bm25": index_with_rank_bm25, "bm25s": index_with_bm25s}[library](work["rows"])
    build_seconds = time.perf_counter() - start
    search(work["queries"][0])
    times = []
    cpu = time.process_time()
    for query in work["queries"][: int(count)]:
        start = time.perf_counter()
        search(query)
        times.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / len(times)
    times.sort()
    print(
        json.dumps(
            {
                "buildSeconds": build_seconds,
                "p50Ms": times[len(times) // 2],
                "p95Ms": times[int(len(times) * 0.95)],
                "cpuMs": cpu,
            }
        )
    )


main()
