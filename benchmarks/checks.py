"""How often the checks cry wolf, how much they see, and how fast they are.

    python benchmarks/checks.py [--half tuning|held-out|all] [--locale TAG…] [--samples N] [--alarms]

False alarms are counted in published human translations (a folder of bilingual pages, OPPI18N_CORPUS): which share of
the units has a finding. Recall is counted on slips made on purpose (`_mutations.py`), in those pages and in our own
catalogs. Pages are split in two by their path; whoever tunes a check looks at one half, and the other half is judged.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2s
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from _mutations import MUTATIONS, Mutation
from _paired import Row, at_least, by_turns, child_cpu, child_environment, spread

from oppi18n import checks, packs
from oppi18n.checks.background import Background, labels_of, language
from oppi18n.checks.finding import ERROR, INFO, Finding
from oppi18n.docs.scanner import scan
from oppi18n.docs.units import units_of
from oppi18n.i18n import glossary, locales, po_writer
from oppi18n.i18n.entries import Catalog
from oppi18n.units.catalogs import units_of as catalog_units
from oppi18n.units.unit import Unit
from oppi18n.upkeep.update import read

CORPUS: Final = Path(os.environ.get("OPPI18N_CORPUS", Path(__file__).resolve().parents[2] / "shared" / "corpus"))
TUNING: Final = "01234567"
SAMPLES: Final = 30
MESSAGES: Final = 30_000
SEED: Final = 20261121

Pages = dict[str, tuple[Unit, ...]]
"""The units of each page, in all its locales."""


@dataclass
class Tally:
    """Slips made and slips seen: by any check, and by one of the row that is for them."""

    made: int = 0
    seen: int = 0
    by_family: int = 0

    @property
    def recall(self) -> float:
        """The share of slips that was seen."""
        return self.seen / self.made if self.made else 1.0


class Alarms(NamedTuple):
    """Units of one locale: how many there are, how many have a warning or an error, how many an error."""

    units: int
    warned: int
    wrong: int


# ---- what is looked at ----


def half_of(path: str) -> str:
    """The half that a page belongs to."""
    return "tuning" if blake2s(path.encode()).hexdigest()[0] in TUNING else "held-out"


def pages(half: str, tags: Sequence[str]) -> Pages:
    """The published pages of that half."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for folder in sorted(each for each in (CORPUS / "sxs").iterdir() if not tags or language(each.name) in tags):
        for path in sorted(folder.rglob("*.md")):
            key = path.relative_to(folder).as_posix()
            english = CORPUS / "source" / key
            if half in ("all", half_of(key)):
                source = scan(english.read_bytes(), str(english)) if english.exists() else None
                found[key] += units_of(scan(path.read_bytes(), str(path)), source, path=f"{folder.name}/{key}")
    return {key: tuple(units) for key, units in found.items()}


def catalogs(tags: Sequence[str]) -> Pages:
    """Our own catalogs, each as a page."""
    pack = packs.shipped()
    wanted = (tag for tag in locales.PRODUCT if tag != locales.SOURCE and (not tags or tag in tags))
    return {tag: tuple(catalog_units(read(pack, tag))) for tag in wanted}


@cache
def background() -> Background:
    """What the checks know besides."""
    pack = packs.shipped()
    read_in = tuple(read(pack, tag) for tag in locales.PRODUCT if tag != locales.SOURCE)
    return Background(glossary.of_packs([pack]), labels_of(read_in), {each.path: each for each in read_in})


# ---- false alarms ----


def loud(findings: Iterable[Finding]) -> list[Finding]:
    """Those that ask for something."""
    return [each for each in findings if each.severity != INFO]


def alarms(found: Sequence[Finding], units: Sequence[Unit]) -> dict[str, Alarms]:
    """By locale."""
    total = Counter(language(unit.locale) for unit in units)
    warned = Counter(locale for locale, _, _ in {(language(each.unit.locale), *each.unit.key) for each in found})
    wrong = Counter(
        locale
        for locale, _, _ in {(language(each.unit.locale), *each.unit.key) for each in found if each.severity == ERROR}
    )
    return {locale: Alarms(total[locale], warned[locale], wrong[locale]) for locale in total}


def by_check(found: Sequence[Finding], units: Sequence[Unit]) -> Iterator[str]:
    """A line per check that spoke: its share of units in each locale."""
    total = Counter(language(unit.locale) for unit in units)
    where: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for each in found:
        where[each.check].add((language(each.unit.locale), *each.unit.key))
    yield f"| {'check':28} | {' | '.join(f'{locale:>7}' for locale in total)} |"
    yield f"|{'-' * 30}|{'|'.join('-' * 8 + ':' for _ in total)}|"
    for name, places in sorted(where.items()):
        counts = Counter(locale for locale, _, _ in places)
        yield f"| {name:28} | {' | '.join(f'{counts[each] / total[each]:7.2%}' for each in total)} |"


# ---- recall ----


class Bench:
    """Pages with what the checks say of them as they are."""

    def __init__(self, groups: Pages) -> None:
        self.groups = groups
        self.alone = [each.name for each in checks.checks() if hasattr(each.module, "check")]
        self.together = [each.name for each in checks.checks() if not hasattr(each.module, "check")]
        self.before: dict[tuple[str, tuple[str, str]], Counter[tuple[str, str]]] = {}
        for key, units in groups.items():
            for each in loud(checks.run(units, background())):
                self.before.setdefault((key, each.unit.key), Counter())[each.check, each.code] += 1

    def new(self, key: str, unit: Unit) -> set[str]:
        """The checks that say more once this unit stands in the place of its original."""
        known = self.before.get((key, unit.key), Counter())
        units = tuple(unit if each.key == unit.key else each for each in self.groups[key])
        found = [
            *checks.run([unit], background(), only=self.alone),
            *checks.run(units, background(), only=self.together),
        ]
        now = Counter((each.check, each.code) for each in loud(found) if each.unit.key == unit.key)
        return {check for check, _ in now - known}


def recall(bench: Bench, mutation: Mutation, samples: int) -> dict[str, Tally]:
    """By locale: slips made in units that were drawn, and how many of them were seen."""
    families = {each.name: each.family for each in checks.checks()}
    found: dict[str, Tally] = defaultdict(Tally)
    random = Random(f"{SEED} {mutation.name}")
    drawn = [(key, unit) for key, units in bench.groups.items() for unit in units if unit.is_translated and unit.source]
    random.shuffle(drawn)
    for key, unit in drawn:
        tally = found[language(unit.locale)]
        changed = mutation.of(unit, random) if tally.made < samples else None
        if changed is None:
            continue
        seen = bench.new(key, changed)
        tally.made += 1
        tally.seen += bool(seen)
        tally.by_family += mutation.family in {families[each] for each in seen}
    return {locale: tally for locale, tally in found.items() if tally.made}


def recalls(bench: Bench, samples: int, names: Sequence[str] = ()) -> dict[str, dict[str, Tally]]:
    """Every slip, by name and locale."""
    chosen = [each for each in MUTATIONS.values() if not names or each.name in names]
    return {each.name: recall(bench, each, samples) for each in chosen}


def joined(tables: Iterable[dict[str, dict[str, Tally]]]) -> dict[str, dict[str, Tally]]:
    """The tallies of several benches as one."""
    sums: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for table in tables:
        for name, tallies in table.items():
            for locale, tally in tallies.items():
                whole = sums[name][locale]
                whole.made += tally.made
                whole.seen += tally.seen
                whole.by_family += tally.by_family
    return sums


def recall_table(found: dict[str, dict[str, Tally]], tags: Sequence[str]) -> Iterator[str]:
    """A line per slip, and the sum."""
    yield f"| {'family':12} | {'slip':32} | {' | '.join(f'{tag:>5}' for tag in tags)} | {'made':>5} | {'own row':>7} |"
    yield f"|{'-' * 14}|{'-' * 34}|{'|'.join('-' * 6 + ':' for _ in tags)}|{'-' * 6}:|{'-' * 8}:|"
    for name, tallies in found.items():
        made = sum(each.made for each in tallies.values())
        own = sum(each.by_family for each in tallies.values())
        shares = [f"{tallies[tag].recall:5.0%}" if tag in tallies else "     " for tag in tags]
        share = f"{own / made:7.0%}" if made else " " * 7
        yield f"| {MUTATIONS[name].family:12} | {name:32} | {' | '.join(shares)} | {made:5} | {share} |"
    cells = []
    for tag in tags:
        made = sum(each[tag].made for each in found.values() if tag in each)
        seen = sum(each[tag].seen for each in found.values() if tag in each)
        cells.append(f"{seen / made:5.1%}" if made else "     ")
    yield f"| {'':12} | {'all':32} | {' | '.join(cells)} | {'':5} | {'':7} |"


# ---- speed ----


def rows(rounds: int) -> Iterator[Row]:
    """30,000 messages of one locale in a file, as a process, against Translate Toolkit's pofilter on the same file.

    It runs by the Python that OPPI18N_PEERS names, or by this one. Its checks know no terms, markup or meaning.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sv.po"
        path.write_text(po_writer.write(_large()), encoding="utf-8")
        environment = child_environment(f"{folder}/cache")
        ours = [sys.executable, "-m", "oppi18n", "catalog", "lint", str(path), "-q"]
        peer = [os.environ.get("OPPI18N_PEERS") or sys.executable, "-W", "ignore", "-m", "translate.filters.pofilter"]
        peer += ["--language=sv", "--progress=none", "-i", str(path), "-o", f"{folder}/found.po"]
        run = {"ours": lambda: child_cpu(ours, environment, statuses="0 1 3")}
        if subprocess.run(peer, env=environment, capture_output=True, check=False).returncode == 0:
            run["pofilter"] = lambda: child_cpu(["sh", "-c", '"$@" 2> /dev/null', "sh", *peer], environment)
        times = by_turns(run, rounds)
    seconds = spread([each / 1e9 for each in times.found["ours"]])
    yield Row(f"catalog lint, {MESSAGES:,} messages, processor time", "", seconds, unit="s")
    what = f"pofilter, {MESSAGES:,} messages"
    if "pofilter" in times.found:
        yield Row(what, "catalog lint", times.over("pofilter", "ours"), at_least(3))
    else:
        yield Row(what, "catalog lint", None, at_least(3), note="OPPI18N_PEERS has no Translate Toolkit")


def _large() -> Catalog:
    """Our Swedish messages over and over, each under a context of its own."""
    found = [entry for entry in read(packs.shipped(), "sv").entries if not entry.obsolete]
    entries = (replace(found[number % len(found)], context=f"bench/{number}") for number in range(MESSAGES))
    return Catalog(locale="sv", entries=tuple(entries))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["tuning", "held-out", "all"], default="held-out")
    parser.add_argument("--locale", action="append", default=[], help="product locales; all if none is named")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="slips of each kind and locale, at most")
    parser.add_argument("--slip", action="append", default=[], help="only these slips")
    parser.add_argument("--alarms", action="store_true", help="false alarms alone")
    parser.add_argument("--list", metavar="CHECK", help="print what that check says of the published pages")
    options = parser.parse_args()
    groups = pages(options.half, options.locale) if CORPUS.is_dir() else {}
    units = [unit for group in groups.values() for unit in group]
    found = [each for group in groups.values() for each in loud(checks.run(group, background()))]
    if options.list:
        for each in found:
            if each.check == options.list:
                print(each.unit.place, each.severity, each.code, repr(each.quote), each.suggestion, dict(each.params))
                print("   ", each.unit.source, "\n   ", each.unit.target)
        return
    print(f"{len(units):,} units of {len(groups)} published pages ({options.half})\n")
    for locale, (count, warned, wrong) in alarms(found, units).items():
        print(f"{locale:6} any warning {warned / count:6.2%} (goal 3 %)   any error {wrong / count:6.2%} (goal 0.3 %)")
    print("", *by_check(found, units), "", sep="\n")
    if not options.alarms:
        tags = [
            tag for tag in locales.PRODUCT if tag != locales.SOURCE and (not options.locale or tag in options.locale)
        ]
        tables = [recalls(Bench(each), options.samples, options.slip) for each in (groups, catalogs(options.locale))]
        print(*recall_table(joined(tables), tags), sep="\n")


if __name__ == "__main__":
    main()
