"""A result as one HTML page that needs nothing else: figures, what they rest on, and what was left out.

In: the dictionary of `evaluate`. Out: HTML text. Every word that came from a file is escaped; nothing is loaded
from anywhere.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1b1b1b; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top; }
th { border-bottom: 1px solid #888; font-weight: 600; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
tr:nth-child(even) td { background: #f5f5f2; } small, .quiet { color: #666; } code { font-size: .85em; }
.wide { overflow-x: auto; }
@media (prefers-color-scheme: dark) {
  body { background: #181818; color: #ddd; }
  tr:nth-child(even) td { background: #222; }
}
"""
_SHOWN_ITEMS = 1000  # a page of twelve thousand rows helps nobody; the JSON has them all


def report_html(result: Mapping[str, Any]) -> str:
    """The page."""
    whole = result["metrics"]["all"]
    parts = [
        f"<h1>{escape(result['source'])}</h1>",
        f"<p>{result['num_scored']} sounds scored, {result['num_skipped']} skipped"
        + (f", {result['num_references']} references" if result["num_references"] else "")
        + f".<br><small>sounds {_code(whole['sounds_sha256'])}</small></p>",
        "<h2>Figures</h2>",
        _table(("group", "n", *(title_of(figure) for figure in whole["figures"].values())), _group_rows(result)),
        "<p class=quiet>* not measured as in the paper: another model, or a metric it does not report.</p>",
        "<h2>What they rest on</h2>",
        _table(("metric", "value", "of", "interval, bias", "extractor"), _provenance_rows(whole["figures"])),
    ]
    if result["left_out"]:
        parts += ["<h2>Not measured</h2>", _table(("metric", "why"), _text_rows(result["left_out"].items()))]
    if result["faults"]:
        rows = _text_rows((fault["id"], fault["reason"]) for fault in result["faults"])
        parts += ["<h2>Skipped</h2>", _table(("item", "why"), rows)]
    parts += _items(result["items"])
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    parts.append(f"<p class=quiet>{escape(versions)}</p>")
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(result['source'])}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def title_of(figure: Mapping[str, Any]) -> str:
    """A metric's heading, with a star where it is not the paper's."""
    unit = f" ({figure['unit']})" if figure["unit"] else ""
    return f"{figure['title']}{unit}{'' if figure['as_in_paper'] else ' *'}"


def value_of(figure: Mapping[str, Any]) -> str:
    """A figure as a table shows it."""
    return "-" if figure["value"] is None else f"{figure['value']:.2f}"


def _group_rows(result: Mapping[str, Any]) -> Iterable[list[str]]:
    for group, told in result["metrics"].items():
        yield [_cell(group), _number(str(told["n"])), *(_number(value_of(item)) for item in told["figures"].values())]


def _provenance_rows(figures: Mapping[str, Mapping[str, Any]]) -> Iterable[list[str]]:
    for figure in figures.values():
        of = [f"{figure['n']} sounds"]
        if "n_reference" in figure:
            of.append(f"{figure['n_reference']} references")
        of += [f"{name.removeprefix('num_').replace('_', ' ')} {figure[name]}" for name in figure if name in _COUNTS]
        notes = []
        if "interval_95" in figure:
            notes.append("95 % " + " to ".join(f"{end:.2f}" for end in figure["interval_95"]))
        notes += [f"{name.replace('_', ' ')}: {figure[name]}" for name in _NOTES if figure.get(name) is not None]
        made = [
            f"{name.replace('_', ' ')} {value}" for name, value in figure["extractor"].items() if name != "extractor"
        ]
        yield [
            _cell(title_of(figure)),
            _number(value_of(figure)),
            _cell(", ".join(of)),
            _cell("; ".join(notes)),
            _cell(f"{figure['extractor']['extractor']}: {', '.join(made)}"),
        ]


_COUNTS = ("num_skipped", "num_words", "num_empty_heard", "num_silent", "num_clipped", "num_vectors")
_NOTES = ("reason", "bias", "between_reference_halves", "mean_of_utterances", "normaliser", "form", "text", "seed")


_COLUMNS = ("category", "wer", "dnsmos", "utmos", "lufs", "heard", "tags")


def _items(items: list[Mapping[str, Any]]) -> list[str]:
    names = [
        name
        for name in ("category", "wer", "dnsmos", "utmos", "lufs", "heard", "tags")
        if any(name in i for i in items)
    ]
    rows = [[_cell(item["id"]), *(_value(item.get(name)) for name in names)] for item in items[:_SHOWN_ITEMS]]
    told = f"<h2>Sounds</h2>{_table(('id', *names), rows)}"
    left = len(items) - len(rows)
    return [told, f"<p class=quiet>{left} more are in the JSON result.</p>" if left else ""]


def _value(value: Any) -> str:
    return _number(f"{value:.2f}") if isinstance(value, float) else _cell("" if value is None else str(value))


def _text_rows(pairs: Iterable[tuple[str, str]]) -> Iterable[list[str]]:
    return ([_cell(first), _cell(second)] for first, second in pairs)


def _table(heads: Iterable[str], rows: Iterable[list[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<div class=wide><table><tr>{head}</tr>\n{body}</table></div>"


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _number(text: str) -> str:
    return f"<td class=n>{escape(text)}</td>"


def _code(text: str) -> str:
    return f"<code>{escape(text[:16])}</code>"
