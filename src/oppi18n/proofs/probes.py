"""A second, slower way to evaluate conditions, which notes how each question in them was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from oppi18n.engine.careful import Careful, applies
from oppi18n.engine.rules import Rules
from oppi18n.proofs.branches import Branch
from oppi18n.proofs.cases import Case
from oppi18n.rules import kleene
from oppi18n.rules.ast import Logical, Node, Setting
from oppi18n.rules.ruleset import Ruleset
from oppi18n.targets.python import Emitter

_ANSWERS: Final = {True: "true", False: "false"}


class Notes:
    """What was answered to each question; also what the settings are, for one case at a time."""

    def __init__(self, count: int) -> None:
        self.answers: tuple[set[str], ...] = tuple(set() for _ in range(count))
        self.settings: Mapping[str, Any] = {}

    def __call__(self, number: int, answer: Any) -> Any:
        """Note an answer, and give it back."""
        self.answers[number].add("unknown" if type(answer) is kleene.Unknown else _ANSWERS[answer is True])
        return answer

    def setting(self, name: str) -> Any:
        """The value of a setting."""
        found = self.settings[name]
        return kleene.Seq(list(found)) if isinstance(found, tuple) else found

    def both(self, *operands: Callable[[], Any]) -> Any:
        """`&&`: what comes after an operand that decides is not looked at."""
        return kleene.and_(*_until(operands, False))

    def either(self, *operands: Callable[[], Any]) -> Any:
        """`||`: what comes after an operand that decides is not looked at."""
        return kleene.or_(*_until(operands, True))


def _until(operands: Iterable[Callable[[], Any]], decisive: bool) -> Iterator[Any]:
    for each in operands:
        answer = each()
        yield answer
        if answer is decisive:
            return


class Probes:
    """The conditions of a ruleset with a probe at each branch."""

    def __init__(self, ruleset: Ruleset, branches: Iterable[Branch]) -> None:
        self.ruleset = ruleset
        found = list(branches)
        self.notes = Notes(len(found))
        emitter = _Emitter({id(branch.node): number for number, branch in enumerate(found)})
        self._careful: dict[str, Careful] = {}
        source = "\n    ".join(["def careful(S, root, DIGITS, T):", *_lines(ruleset, emitter)])
        self.code = compile(source + "\n", f"<{ruleset.id}, probed>", "exec")

    def watch(self, case: Case, rules: Rules, settings: Mapping[str, object]) -> dict[str, Any]:
        """Note what the conditions answer in a case; `rules` judge it, under these settings.

        Returned is what came of each rule that was asked: true if it passes, false if it fails, else `Unknown`.
        """
        careful = self._careful.setdefault(rules.digest, Careful(rules))
        record, request = careful.checked(case.facts, case.facts, case.request)
        self.notes.settings = settings
        parts = careful.bound(record, request, case.today, self.code, self.notes).parts
        return {
            info.id: _judged(*parts[info.id])
            for info in rules.infos
            if (request is not None or not info.reads_request) and applies(info, case.today, case.deployment)
        }


def _judged(when: Callable[[], Any] | None, condition: Callable[[], Any]) -> Any:
    """`!when || condition`; the condition of a rule that does not apply is not looked at."""
    answer = when() if when is not None else True
    return True if answer is False else kleene.or_(kleene.not_(answer), condition())


class _Emitter(Emitter):
    """Writes an expression with probes; the characters that belong to no branch are as in any other evaluation."""

    def __init__(self, numbers: Mapping[int, int]) -> None:
        super().__init__()
        self._numbers = numbers
        self._emits[Setting] = lambda node, _: f"T.setting({node.name!r})"

    def emit(self, node: Node, names: Mapping[str, str]) -> str:
        number = self._numbers.get(id(node))
        source = super().emit(node, names)
        return source if number is None else f"T({number}, {source})"

    def _logical(self, node: Logical, names: Mapping[str, str]) -> str:
        operands = ", ".join(f"lambda: {self.emit(each, names)}" for each in node.operands)
        return f"T.{'both' if node.operator == '&&' else 'either'}({operands})"


def _lines(ruleset: Ruleset, emitter: Emitter) -> Iterator[str]:
    names: dict[str, str] = {}
    yield "memo = {}"
    for name, let in ruleset.lets.items():
        yield f"def l_{name}():"
        yield f"    if {name!r} not in memo: memo[{name!r}] = {emitter.emit(let.tree, names)}"
        yield f"    return memo[{name!r}]"
    yield "rules = {}"
    for rule in ruleset.rules:
        when = f"lambda: {emitter.emit(rule.when.tree, names)}" if rule.when else "None"
        condition = emitter.emit(rule.condition.tree, names)
        holds = f"K.not_({condition})" if rule.negated else condition
        yield f"rules[{rule.id!r}] = ({when}, lambda: {holds})"
    yield "return rules, [], {}"
