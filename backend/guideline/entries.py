"""A cursor over parsed YAML that knows where it stands, so that every complaint about a file names file and line."""

import re
from collections.abc import Callable, Iterator
from datetime import date, time

import yaml


class RulebookError(ValueError):
    """A file of the rulebook or the calendar is wrong: ``file``, ``line`` (from 1) and what is wrong with it."""

    def __init__(self, file: str, line: int, what: str) -> None:
        super().__init__(f"{file}:{line}: {what}")
        self.file = file
        self.line = line
        self.what = what


def parse(text: str, file: str) -> "Entry":
    """The document in ``text``. Raises RulebookError for broken YAML, an empty file, a key that stands twice."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RulebookError(file, mark.line + 1 if mark else 1, f"not YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        raise RulebookError(file, text.count("\n", 0, error.position) + 1, f"not YAML: {error.reason}") from error
    if node is None:
        raise RulebookError(file, 1, "the file is empty")
    return Entry(node, file)


class Entry:
    """One node. Getters return the value asked for or raise RulebookError at the line where it should stand."""

    def __init__(self, node: yaml.Node, file: str) -> None:
        self.node = node
        self.file = file
        self.line = node.start_mark.line + 1
        self._children: dict[str, Entry] = {}
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value in self._children:
                    raise RulebookError(file, key.start_mark.line + 1, f"key {key.value!r} stands twice")
                self._children[key.value] = Entry(value, file)

    def wrong(self, what: str) -> RulebookError:
        """The error to raise about this node."""
        return RulebookError(self.file, self.line, what)

    def only(self, *keys: str) -> None:
        """Nothing but these keys may stand here."""
        for key, child in self._children.items():
            if key not in keys:
                raise child.wrong(f"unknown key {key!r}; known here: {', '.join(keys)}")

    def __contains__(self, key: str) -> bool:
        return key in self._children

    def child(self, key: str) -> "Entry":
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong(f"a mapping with {key!r} is expected")
        if key not in self._children:
            raise self.wrong(f"{key!r} is missing")
        return self._children[key]

    def items(self) -> Iterator[tuple[str, "Entry"]]:
        """The pairs of a mapping, in file order."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("a mapping is expected")
        return iter(self._children.items())

    def entries(self, key: str, *, optional: bool = False) -> list["Entry"]:
        """The items of the list under ``key``; empty when it is optional and not there."""
        if optional and key not in self:
            return []
        child = self.child(key)
        if not isinstance(child.node, yaml.SequenceNode):
            raise child.wrong(f"{key!r} must be a list")
        return [Entry(node, self.file) for node in child.node.value]

    def is_scalar(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode)

    def scalar(self, *tags: str) -> str:
        """This node as written, when it resolves to one of the YAML types ``tags`` (str, int, bool, …)."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag.rpartition(":")[2] not in tags:
            raise self.wrong(f"{' or '.join(tags)} expected")
        return str(self.node.value)

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and key not in self:
            return default
        return self.child(key).words()

    def words(self) -> str:
        value = self.scalar("str").strip()
        if not value:
            raise self.wrong("it is empty")
        return value

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        return tuple(entry.words() for entry in self.entries(key, optional=optional))

    def flag(self, key: str, default: bool | None = None) -> bool:
        if default is not None and key not in self:
            return default
        return self.child(key).scalar("bool").lower() in ("true", "yes", "on")

    def integer(self, key: str) -> int:
        return int(self.child(key).scalar("int"))

    def number(self, key: str) -> float:
        return float(self.child(key).scalar("int", "float"))

    def day(self, key: str) -> date:
        return self.child(key).as_day()

    def as_day(self) -> date:
        try:
            return date.fromisoformat(self.scalar("timestamp"))
        except ValueError as error:
            raise error if isinstance(error, RulebookError) else self.wrong("a day YYYY-MM-DD is expected") from error

    def period(self) -> tuple[time, time]:
        """Two times of day as strings, ["08:30", "17:30"]."""
        what = 'two times such as ["08:30", "17:30"] are expected'
        if not isinstance(self.node, yaml.SequenceNode) or len(self.node.value) != 2:
            raise self.wrong(what)
        start, end = (Entry(node, self.file).checked(time.fromisoformat, what) for node in self.node.value)
        return start, end

    def pattern(self) -> str:
        """A regular expression that compiles."""
        self.checked(re.compile, "not a regular expression")
        return self.words()

    def checked[T](self, read: Callable[[str], T], what: str) -> T:
        value = self.words()
        try:
            return read(value)
        except (ValueError, re.error) as error:
            raise self.wrong(f"{what}: {error}") from error

    def patterns(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        return tuple(entry.pattern() for entry in self.entries(key, optional=optional))
