"""Score a refiner on the 60 ideas of ideas.yaml: is the caption valid, well ruled, and what was asked for?

In: the name of a refiner (`embedded`, or an LLM's as `assembly` knows them). Out: a table on stdout, and with
`--json FILE` every caption. Method: each idea is refined once with its pins and the given seed; a refusal counts
as a failure everywhere. Seconds are CPU seconds of this process, so an LLM server's own work is not in them.

    python benchmarks/refiner.py                     # the embedded refiner
    python benchmarks/refiner.py openai --model NAME # a server, from OPENAI_BASE_URL and OPENAI_API_KEY
    python benchmarks/refiner.py local --model FILE  # a folder or .gguf in this process
"""

import argparse
import json
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from audiogen_cli.caption import Caption
from audiogen_cli.caption.rules import check_rules
from audiogen_cli.caption.schema import find_faults
from audiogen_cli.errors import AudiogenError
from audiogen_cli.refiner.base import Refiner, RefineRequest

HOUSE_LENGTHS = {"caption": (8, 21), "speech": (2, 7), "asr": (6, 18), "sfx": (2, 7), "music": (3, 9), "env": (2, 6)}
"""Words in each view of the 130 official prompts."""

SLACK = 4  # words above the house's longest that still count: ordered events and long ideas need them


@dataclass
class Score:
    """One idea's verdicts, each true or false, and what it cost."""

    text: str
    caption: Caption | None
    valid: bool = False
    ruled: bool = False
    category: bool = False
    pinned: bool = False
    length: bool = False
    nouns: bool = False
    attempts: int = 0
    seconds: float = 0.0
    tokens: int = 0
    faults: list[str] = field(default_factory=list)


def score_idea(refiner: Refiner, idea: dict[str, Any], *, seed: int) -> Score:
    """Refine one idea and judge the caption."""
    started = time.process_time()
    pins = idea.get("pins", {})
    try:
        answer = refiner.refine(RefineRequest(text=idea["text"], pins=pins, seed=seed))
    except AudiogenError as fault:
        return Score(idea["text"], None, seconds=time.process_time() - started, faults=[str(fault)])
    caption = answer.caption
    score = Score(idea["text"], caption, seconds=time.process_time() - started)
    attempts = answer.details.get("attempts", 1)
    score.attempts = len(attempts) if isinstance(attempts, list) else int(attempts)
    score.tokens = int(answer.details.get("tokens", 0) or 0)
    score.valid = not find_faults(caption.as_json())
    broken = [fault for fault in check_rules(caption, pins=pins, text=idea["text"]) if not fault.advice]
    score.ruled = not broken
    score.category = caption.category in idea["category"].split("|")
    score.pinned = all(getattr(caption, view) == text for view, text in pins.items())
    score.pinned &= idea.get("quoted", "") in (caption.asr or "")
    score.length, lengths = judge_lengths(caption, pins)
    written = " ".join(caption.views.values()).lower()
    missing = [noun for noun in idea["nouns"] if not re.search(rf"\b(?:{noun})", written)]
    score.nouns = not missing
    score.faults = [fault.message for fault in broken] + lengths
    score.faults += [] if score.category else [f"category {caption.category}, not {idea['category']}"]
    score.faults += [] if score.pinned else ["a pin or quoted words are lost"]
    score.faults += [f"lost: {noun}" for noun in missing]
    return score


def judge_lengths(caption: Caption, pins: dict[str, Any]) -> tuple[bool, list[str]]:
    """Whether every view that the refiner wrote has the house's length, and where not."""
    faults = []
    for view, text in caption.views.items():
        words, (fewest, most) = len(text.split()), HOUSE_LENGTHS[view]
        fewest = 2 if view == "asr" else fewest  # quoted words are as long as they are
        if view not in pins and not fewest <= words <= most + SLACK:
            faults.append(f"{view} has {words} words")
    return not faults, faults


def build_refiner(name: str, model: str | None, timeout_s: float) -> Refiner:
    """The refiner of a name; an LLM's through the library's own wiring."""
    if name == "embedded":
        from audiogen_cli.refiner.embedded import EmbeddedRefiner

        return EmbeddedRefiner()
    from audiogen_cli import assembly
    from audiogen_cli.settings import read_settings

    settings = read_settings(refiner=name, llm_model=model, llm_timeout=timeout_s, keep_replies=False).settings
    refiner: Refiner = assembly.build_refiner(settings).part
    return refiner


def print_table(name: str, scores: list[Score]) -> None:
    """One row of shares, as benchmarks/README.md holds them."""

    def share(verdict: str) -> str:
        return f"{100 * sum(getattr(score, verdict) for score in scores) / len(scores):.0f} %"

    columns = ["valid", "ruled", "category", "pinned", "length", "nouns"]
    attempts = sum(score.attempts for score in scores) / len(scores)
    seconds = sum(score.seconds for score in scores) / len(scores)
    tokens = sum(score.tokens for score in scores) / len(scores)
    print("| refiner | valid | rules kept | category | pins, quotes | length | key nouns | attempts | CPU s | tokens |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    cells = [name, *(share(column) for column in columns), f"{attempts:.2f}", f"{seconds:.3f}", f"{tokens:.0f}"]
    print("| " + " | ".join(cells) + " |")


def main() -> int:
    """Run the benchmark; exit code 1 when the caption of any idea is invalid."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("refiner", nargs="?", default="embedded", help="embedded, openai, local")
    parser.add_argument("--model", help="the language model, for a server")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds an LLM may take for one idea")
    parser.add_argument("--every", type=int, default=1, help="only every N-th idea, for slow models")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ideas", type=Path, default=Path(__file__).with_name("ideas.yaml"))
    parser.add_argument("--json", type=Path, help="write every caption and verdict there")
    parser.add_argument("--show-faults", action="store_true", help="name what each idea lost, on stderr")
    options = parser.parse_args()
    ideas = yaml.safe_load(options.ideas.read_text("utf-8"))[:: options.every]
    refiner = build_refiner(options.refiner, options.model, options.timeout)
    scores = [score_idea(refiner, idea, seed=options.seed) for idea in ideas]
    if options.show_faults:
        for score in scores:
            if score.faults:
                print(f"{score.text[:60]}: {'; '.join(score.faults)}", file=sys.stderr)
    if options.json:
        rows = [{**vars(score), "caption": score.caption.as_json() if score.caption else None} for score in scores]
        options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), "utf-8")
    print_table(options.refiner, scores)
    return 0 if all(score.valid for score in scores) else 1


if __name__ == "__main__":
    sys.exit(main())
