"""Named tuples that are declared in a tenth of the time: the command line would spend more on its types than on its answer."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

__all__ = ["Named"]

if TYPE_CHECKING:
    from typing import NamedTuple as Named
else:
    try:
        from _collections import _tuplegetter  # as the standard library does, with the same way out
    except ImportError:

        def _tuplegetter(index: int, doc: str) -> Any:
            return property(itemgetter(index), doc=doc)

    class _Declared(type):
        """Turns the annotations of a class into getters."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            getters = {field: _tuplegetter(place, field) for place, field in enumerate(fields)}
            known = {"__slots__": (), "__match_args__": fields, "_fields": fields, "_field_defaults": defaults}
            return super().__new__(cls, name, bases, {**body, **getters, **known})

    class Named(tuple, metaclass=_Declared):
        """`typing.NamedTuple`, whose methods it has.

        >>> class Place(Named):
        ...     line: int
        ...     column: int = 1
        >>> Place(3), Place(column=2, line=4).line, Place(3) == (3, 1), Place(3)._replace(line=5)
        (Place(line=3, column=1), 4, True, Place(line=5, column=1))
        """

        def __new__(cls, *values: Any, **named: Any) -> Any:
            if named or len(values) != len(cls._fields):
                values = cls._completed(values, named)
            return tuple.__new__(cls, values)

        @classmethod
        def _completed(cls, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
            given = {**cls._field_defaults, **dict(zip(cls._fields, values, strict=False)), **named}
            twice = named.keys() & set(cls._fields[: len(values)])
            if twice or len(values) > len(cls._fields) or given.keys() != set(cls._fields):
                raise TypeError(f"{cls.__name__}() takes {', '.join(cls._fields)}")
            return tuple(given[field] for field in cls._fields)

        @classmethod
        def _make(cls, values: Any) -> Any:
            return cls(*values)

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changes: Any) -> Any:
            return type(self)(**{**self._asdict(), **changes})

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def __repr__(self) -> str:
            return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"
