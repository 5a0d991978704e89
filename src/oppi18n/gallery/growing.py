"""Languages with more plural forms than English need larger records to be heard in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from oppi18n.analysis.analyse import decided
from oppi18n.analysis.judges import Form
from oppi18n.analysis.results import Example
from oppi18n.analysis.subject import Subject
from oppi18n.engine.decision import Violation
from oppi18n.gallery.samples import Sample

MOST: Final = 110
"""Records, or characters, that are added at most: Arabic has a form that begins with a hundred."""


def further(
    subject: Subject, samples: list[Sample], category: Callable[[int], str], wanted: tuple[str, ...]
) -> Iterator[Sample]:
    """A sample for each wanted plural form that none of a rule's samples has, as far as a larger record brings one.

    >>> from oppi18n.gallery.samples import sampled
    >>> [found] = sampled((), ("close-quotes",))
    >>> drafts = [each for each in found.samples if each.rule == "drafts-not-closable"]
    >>> more = further(found.subject, drafts, lambda count: "few" if count == 4 else "other", ("few", "other"))
    >>> [(each.form, len(each.record["opportunity"]["quotes"])) for each in more]
    [(Form(category='few', partial=False), 4), (Form(category='few', partial=True), 4)]
    """
    for partial in (False, True):
        heard = [each for each in samples if each.form.partial is partial and count_of(each.violation) is not None]
        known = {category(count_of(each.violation) or 0) for each in heard}
        for form in wanted if heard else ():
            if form not in known:
                yield from _grown(subject, heard[-1], Form(form, partial), category)


def _grown(subject: Subject, sample: Sample, form: Form, category: Callable[[int], str]) -> Iterator[Sample]:
    """The sample with as many records, or as long a text, as it takes to be said in a form; none if nothing helps."""
    assert sample.example is not None
    count = count_of(sample.violation) or 0
    added = next((n for n in range(1, MOST + 1) if category(count + n) == form.category), None)
    for example in _larger(subject, sample.example, added) if added is not None else ():
        found = next((each for each in decided(subject, example).violations if each.rule == sample.rule), None)
        # What has grown need not be what is counted.
        if added is not None and count_of(found) == count + added:
            yield replace(sample, form=form, example=example, violation=found)
            return


def count_of(violation: Violation | None) -> int | None:
    """The number that a message is chosen by; None if it has one form, or says nothing."""
    found = violation.params.get(violation.info.message.plural) if violation is not None else None
    return found if isinstance(found, int) else None


def _larger(subject: Subject, example: Example, added: int) -> Iterator[Example]:
    """The example with so many more records in one of its lists, or characters in one text of its request."""
    root = subject.model.root
    for name, value in example.facts[root].items():
        if isinstance(value, list) and value:
            record = {**example.facts[root], name: _longer(value, added)}
            yield replace(example, facts={**example.facts, root: record})
    fields = subject.model.records[subject.model.request].fields
    for name, value in (example.request or {}).items():
        if isinstance(value, str) and fields[name].type == "string":
            yield replace(example, request={**(example.request or {}), name: value + value[-1:] * added})


def _longer(records: list[Any], added: int) -> list[Any]:
    last: Mapping[str, Any] = records[-1]
    more = ({**last, "id": f"{last.get('id', '')}-{number}"} for number in range(1, added + 1))
    return type(records)([*records, *more])
