"""The rules of the house (design, "Rules of the house"), as far as a reader of source files can check them.

Each test says in its docstring why the rule is there, and names every place that breaks it. What only a running system
can show (triggers that refuse an update, chains that verify) is tested where the thing lives.
"""

import ast
import re
from pathlib import PurePath
from typing import Any

import pytest
import yaml

from backend.guideline import rulebook, wording
from tests.house import calls, files, imports, literals, none, sources, text, tree

LONGEST_LINE = 120  # code points
LONGEST_FILE = 350  # lines; the aim is 300
LONGEST_FUNCTION = 80  # lines; the aim is a screen

TOP_LEVEL = frozenset(
    "README.md CHANGELOG.md config.yml pyproject.toml Makefile compose.yaml requirements nlu_data bot actions backend "
    "tests .ci .gitignore .dockerignore .editorconfig .python-version".split()
)
WRITTEN_BY_PEOPLE = (".py", ".md", ".toml", ".yml", ".yaml", ".html", ".css", ".js", ".sh", ".txt", ".json", "")


# --- the nine rules ---------------------------------------------------------------------------------------------------


def test_1_what_the_guideline_decides_is_written_in_the_rulebook_only() -> None:
    """A compliance officer changes a label, a unit or a phrase in one place, with its clause and its date. A second
    copy in the code would go on judging by the old rule, and nobody would see it."""
    book = rulebook.load()
    labels = {entry.label for group in (book.categories, book.units, book.triggers) for entry in group.values()}
    labels -= {"其他"}  # the name of a category, but also a word of everyday language
    outside = sources("backend/", "actions/") + sources("backend/", ends=".html") + sources("backend/", ends=".js")
    for path in outside:
        said = literals(path) if path.suffix == ".py" else [(text(path), 0)]
        none(f"{path}:{line} says {label}" for words, line in said for label in labels if label in words)


def test_1_no_number_of_days_stands_in_the_code() -> None:
    """Twenty working days are a rule with a clause and a date of entry into force, not a number in a program."""
    rooms = sources("backend/ledger/", "backend/intake/", "backend/channels/", "backend/desk/", "backend/jobs.py")
    none(
        f"{path}:{call.lineno} timedelta(days={word.value.value})"
        for path in rooms
        for call in calls(path, "timedelta")
        for word in call.keywords
        if word.arg in ("days", "weeks") and isinstance(word.value, ast.Constant) and word.value.value != 1
    )


def test_2_only_edges_commit() -> None:
    """A verb that commits cannot be combined with another into one act; then half of what was asked can be lost."""
    edges = re.compile(
        r"backend/(app|jobs|player|demo)\.py|backend/commands/.*|.*/routes\.py|.*/guards\.py|backend/desk/pages/.*"
        r"|backend/channels/conversation\.py|backend/db/.*"
    )
    inside = [path for path in sources("backend/") if not edges.fullmatch(str(path))]
    for name in ("write", "commit"):
        none(
            f"{path}:{call.lineno} .{name}()"
            for path in inside
            for call in calls(path, name)
            if isinstance(call.func, ast.Attribute) and not call.args and not call.keywords
        )


def test_2_no_transaction_is_open_while_waiting() -> None:
    """The bot calls back into us during a turn: a transaction held open meanwhile would make it wait for itself."""
    none(
        f"{path}:{inner.lineno} awaits inside a transaction"
        for path in sources("backend/")
        for block in ast.walk(tree(path))
        if isinstance(block, ast.With)
        and any(ast.unparse(item.context_expr).endswith((".write()", ".read()")) for item in block.items)
        for inner in ast.walk(block)
        if isinstance(inner, ast.Await)
    )


def test_3_a_complaint_changes_only_in_its_own_room() -> None:
    """One way in is one place that checks the stage, the person and the version, and writes the trail."""
    none(
        f"{path}:{line} imports {module}"
        for path in sources("backend/")
        if not str(path).startswith(("backend/ledger/", "backend/db/migrations/"))
        for module, name, line in imports(path)
        if module == "backend.ledger.models" or (module, name) == ("backend.ledger", "models")
    )


def test_3_trail_and_transcript_are_never_altered() -> None:
    """What was said and done is evidence. The databases refuse it too (triggers); here it is not even attempted."""
    evidence = {"Entry", "TranscriptLine"}
    none(
        f"{path}:{call.lineno} {name} of {ast.unparse(call.args[0])}"
        for path in sources("backend/")
        for name in ("update", "delete")
        for call in calls(path, name)
        if call.args and ast.unparse(call.args[0]).rpartition(".")[2] in evidence
    )
    migrations = "".join(text(path) for path in sources("backend/db/migrations/versions/"))
    for table in ("trail", "transcript_lines"):
        assert f'append_only(op, "{table}"' in migrations, f"no trigger protects {table}"


def test_4_the_trail_holds_no_personal_text() -> None:
    """Erasing a person's data must not break the chain, so there must be nothing of theirs in it."""
    personal = frozenset("name phone account demand narrative text address email id_card bank_card fields".split())
    none(
        f"{path}:{call.lineno} {key.value!r} goes into the trail"
        for path in sources("backend/")
        for call in calls(path, "record")
        for word in call.keywords
        if word.arg == "data" and isinstance(word.value, ast.Dict)
        for key in word.value.keys
        if isinstance(key, ast.Constant) and key.value in personal
    )


def test_5_the_ledger_never_calls_upwards() -> None:
    """A notice that cannot be sent must not undo the complaint it is about."""
    above = tuple(f"backend.{room}" for room in ("intake", "channels", "desk", "reports", "notifications"))
    none(
        f"{path}:{line} imports {module}"
        for path in sources("backend/ledger/")
        for module, name, line in imports(path)
        if f"{module}.{name}".startswith(above)
    )


def test_6_sentences_pass_the_wording_at_the_three_doors_and_nowhere_else() -> None:
    """Checked everywhere is checked nowhere: one would rely on the other. The command line shows the check, too."""
    doors = {"channels/outgoing.py", "notifications/dispatcher.py", "ledger/service.py", "commands/law.py"}
    none(
        f"{path}:{line} imports the wording"
        for path in sources("backend/")
        if str(path.relative_to("backend")) not in doors and not str(path).startswith("backend/guideline/")
        for module, name, line in imports(path)
        if f"{module}.{name}".startswith("backend.guideline.wording")
    )


@pytest.mark.parametrize("path", sources("bot/domain/", ends=".yml"), ids=lambda path: path.name)
def test_6_the_bots_own_sentences_keep_to_article_17(path: PurePath) -> None:
    """What the bot says is written beforehand: there is no reason to find out at a customer that it may not say it."""
    book = rulebook.load()
    responses: dict[str, list[dict[str, Any]]] = yaml.safe_load(text(path)).get("responses", {})
    none(
        f"{path}: {name}: {hit.phrase} ({hit.clause})"
        for name, variants in responses.items()
        for variant in variants
        for said in (variant.get("text", ""), *(button["title"] for button in variant.get("buttons", [])))
        for hit in wording.check(said, book, speaker="bot")
    )


SESSION = ("sqlalchemy.orm", "Session")
BELONGS = {
    "fastapi": r"backend/app\.py|backend/desk/pages/.*|.*/(routes|pages|guards)\.py",
    "sqlalchemy": r"backend/db/.*|.*/(models|store)\.py",
    "spacy": r"backend/reading/.*",
    "jieba": r"backend/reading/.*|bot/components/.*",
    "jionlp": r"backend/reading/.*",
    "sklearn": r"backend/reading/.*",
    "httpx": r"backend/channels/bot\.py|backend/player\.py",
    "requests": r"actions/backend_client\.py",
    "aiohttp": r"actions/backend_client\.py",
    "celery": r"backend/jobs\.py",
}


@pytest.mark.parametrize("library", sorted(BELONGS))
def test_7_a_library_is_used_in_its_place_only(library: str) -> None:
    """A rule that knows no web and no database can be read, tested and trusted alone, and a library can be replaced
    where it stands. ``Session`` may be named everywhere as a type."""
    place = re.compile(BELONGS[library])
    none(
        f"{path}:{line} imports {module} {name}"
        for path in sources("backend/", "actions/", "bot/")
        if not place.fullmatch(str(path))
        for module, name, line in imports(path)
        if module.partition(".")[0] == library and (module, name) != SESSION
    )


def test_7_the_guideline_is_pure() -> None:
    """Whoever reads a rule sees all it depends on: values, and a time that was given. Only its loader opens files."""
    allowed = frozenset(
        "abc bisect collections contextlib dataclasses datetime decimal enum fractions functools itertools math "
        "operator pathlib re string types typing unicodedata zoneinfo yaml".split()
    )
    for path in sources("backend/guideline/"):
        for module, _name, line in imports(path):
            top = module.partition(".")[0]
            assert top in allowed or module.startswith("backend.guideline"), f"{path}:{line} imports {module}"


def test_7_only_the_clock_knows_the_time() -> None:
    """A deadline that asks for the time itself cannot be tested on a holiday, nor explained a year later."""
    asks = re.compile(r"\b(datetime|date)\.(now|utcnow|today)\(|\btime\.time\(")
    none(
        f"{path}:{number} {line.strip()}"
        for path in sources("backend/")
        if str(path) != "backend/clock.py"
        for number, line in enumerate(text(path).splitlines(), 1)
        if asks.search(line)
    )


def test_7_only_the_settings_read_the_environment() -> None:
    """An operator finds every setting, with its default, in one list. Children get our environment unread; on the
    bot's side, which has no settings of ours, the one file that speaks HTTP reads its two."""
    readers = {"backend/settings.py", "actions/backend_client.py"}
    for path in sources("backend/", "actions/", "bot/"):
        handed_on = len(re.findall(r"\{\*\*os\.environ, ", text(path)))
        reads = len(re.findall(r"\bos\.(environ|getenv)\b", text(path)))
        assert str(path) in readers or reads == handed_on, f"{path} reads the environment"


def test_8_nobody_asks_for_a_role_outside_the_duties() -> None:
    """Hiding a button is no rule: who may do what is decided from values in one table, enforced in the ledger."""
    none(
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path in sources("backend/")
        if not str(path).startswith("backend/guideline/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        and any(
            isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, *node.comparators)
        )
        and any(isinstance(side, ast.Attribute) and side.attr == "roles" for side in node.comparators)
    )


def test_9_files_and_functions_stay_readable() -> None:
    """Who must scroll to understand, guesses. Split by meaning; ``utils`` means nothing."""
    code = sources("backend/", "actions/", "bot/components/", "tests/", ".ci/")
    none(f"{path}: {len(text(path).splitlines())} lines" for path in code if text(path).count("\n") > LONGEST_FILE)
    none(str(path) for path in files() if path.stem in ("utils", "util", "helpers", "misc", "common"))
    none(
        f"{path}:{node.lineno} {node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for path in code
        if not str(path).startswith("backend/db/migrations/versions/")  # a list of columns is no function
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    )


def test_9_imports_stand_at_the_top() -> None:
    """What a file depends on is seen in one look, and a missing package shows at the start, not to a customer."""
    none(
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path in sources("backend/", "actions/", "bot/", "tests/")
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


# --- the house itself -------------------------------------------------------------------------------------------------


def test_the_top_level_is_fixed() -> None:
    """Who comes back after a year finds everything where it was."""
    none({path.parts[0] for path in files()} - TOP_LEVEL)


def test_every_module_says_what_it_promises() -> None:
    """The first lines of a file tell whether one has to read the others."""
    modules = sources("backend/", "actions/", "bot/", "tests/")
    none(str(path) for path in modules if text(path).strip() and not ast.get_docstring(tree(path)))


def test_lines_fit_on_a_screen() -> None:
    """120 characters, counted as characters: a Chinese one is one."""
    none(
        f"{path}:{number}: {len(line)}"
        for path in sources("backend/", "actions/", "bot/", "tests/")
        for number, line in enumerate(text(path).splitlines(), 1)
        if len(line) > LONGEST_LINE
    )


MACHINE = re.compile(
    "|".join(
        (
            r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+|private/tmp)/",
            r"[A-Z]:\\Users\\",
            r"pypi\." + r"org",
            r"python" + r"hosted",
            r"npm" + r"js\.(?:org|com)",
            r"registry\." + r"(?:npm|yarn|docker|hub)",
            r"--(?:extra-)?index" + r"-url",
        )
    )
)


def test_no_file_knows_a_machine_or_a_registry() -> None:
    """The repository builds wherever packages come from; a path or a host of one machine breaks it on the next."""
    none(
        f"{path}:{number} {line.strip()[:100]}"
        for path in files()
        if path.suffix in WRITTEN_BY_PEOPLE
        for number, line in enumerate(text(path).splitlines(), 1)
        if MACHINE.search(line)
    )


def test_every_dependency_is_locked_with_a_hash() -> None:
    """What is installed tomorrow is, byte for byte, what was tested today."""
    for path in sources("requirements/", ends=".txt"):
        for requirement in re.split(r"\n(?=\S)", text(path)):
            if re.match(r"[a-z0-9]", requirement):
                assert "==" in requirement, f"{path}: {requirement}"
                assert "--hash=sha256:" in requirement, f"{path}: {requirement}"
