"""The user's configuration: one TOML file with theme, layout, defaults of options and keys (docs/config.md).

Read here, changed by people only. What is unknown or wrong is an error that names the line, and what is
nearest or allowed: a setting that does nothing would be looked for elsewhere. What keys are called is known
to the app, which checks `[keys]` when it opens.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.settings import LARGEST, config_path

THEMES = ("dark", "light", "terminal", "high-contrast", "colour-blind")

TEMPLATE = """\
# mcp-inspect: what is not set here is as it comes. `mcp-inspect config show` prints what holds.

# theme = "dark"            # dark, light, terminal, high-contrast, colour-blind
# tour = true               # say at the first start where the tour is

# [layout]                  # without it the panes come back as they were left
# left = 30                 # columns of the capabilities
# upper = 0.6               # part of the height of the upper panes, 0.15 to 0.85
# list = 0.6                # part of the width of the messages, 0.15 to 0.85
# hidden = [4]              # panes that come only while they are worked in

# [defaults]                # of options that the command line does not give
# timeout = 60              # seconds
# reset-on-progress = false
# protocol = "auto"         # or a version, such as "2025-11-25"
# record = true             # whether the app records by itself
# transport = "auto"        # auto, http, sse
# cacert = "/path/to/certificates.pem"
# no-browser = false
# answers = "/path/to/answers.json"
# root = ["/path/to/project"]

# [redact]                  # what is never recorded, beside the usual secrets
# names = ["password"]      # of members, headers, options; in every message, both ways
# paths = ["$.params.arguments.pin"]
# patterns = ["sk-[A-Za-z0-9]{20,}"]

# [recordings]              # in the user's own directory the oldest go when there are more
# keep-days = 90            # without it they may be of any age
# keep-count = 500
# keep-bytes = 2000000000   # 0 for no limit, of each

# [keys.main]               # names: `mcp-inspect keys --json`, or docs/keys.md
# run = ["f5", "r"]
# [keys.log]
# follow = "f"              # one key; [] for none
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One that there is.

    Attributes:
        allowed: What it may be, in words.
        fits: Whether a value is that.
        usual: What holds without it.
    """

    allowed: str
    fits: Callable[[Any], bool]
    usual: Any = None


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int | float) and not _is_flag(value) and low <= value <= high


def _is_one_of(*values: str) -> Setting:
    return Setting(f"one of {', '.join(values)}", lambda value: value in values, values[0])


def _is_list(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 60


def _are_panes(value: Any) -> bool:
    return _is_list(lambda pane: type(pane) is int and 1 <= pane <= 4)(value) and len(set(value)) < 4


def _settings() -> Mapping[str, Mapping[str, Setting]]:
    from inspector.journal.limits import LIMITS
    from inspector.journal.redaction import KEYS
    from inspector.wire.versions import ALL

    flag = Setting("true or false", _is_flag, False)
    part = Setting("a number from 0.15 to 0.85", _is_number(0.15, 0.85), 0.6)
    return {
        "": {"theme": _is_one_of(*THEMES), "tour": Setting("true or false", _is_flag, True)},
        "layout": {
            "left": Setting("a number of columns, 16 to 500", _is_number(16, 500)),
            "upper": part,
            "list": Setting(part.allowed, part.fits),
            "hidden": Setting("a list of panes, 1 to 4, not all", _are_panes),
        },
        "defaults": {
            "timeout": Setting("a number of seconds above 0", _is_number(0.001, 1e9), 60),
            "reset-on-progress": flag,
            "protocol": _is_one_of("auto", *ALL),
            "record": Setting("true or false", _is_flag, True),
            "transport": _is_one_of("auto", "http", "sse"),
            "cacert": Setting("a path", _is_text),
            "no-browser": flag,
            "answers": Setting("a path", _is_text),
            "root": Setting("a list of paths or URIs", _is_list(_is_text)),
        },
        "redact": {name: Setting("a list of texts", _is_list(_is_text)) for name in KEYS},
        "recordings": {
            name: Setting("a whole number, 0 for no limit", _is_count, usual)
            for name, usual in LIMITS.items()
        },
    }


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says.

    Attributes:
        path: The file, whether it is there or not.
        there: Whether it is.
        theme: The theme; empty where it does not say.
        tour: Whether to say where the tour is.
        layout: How the room is divided; `None` where it does not say.
        defaults: Options by their names without dashes.
        redact: What is not recorded, beside the usual secrets.
        recordings: How many of them are kept.
        keys: Places, and in each names with the keys as they are written.
        text: The file's, to find the line of something.
    """

    path: Path
    there: bool = False
    theme: str = ""
    tour: bool = True
    layout: Mapping[str, Any] | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    redact: Mapping[str, Any] = field(default_factory=dict)
    recordings: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    text: str = ""

    def wrong(self, where: Sequence[str], says: str, next: str = "") -> UsageError:
        """The error about what stands at `where`, with its line."""
        line = line_of(self.text, where)
        return UsageError(f"{self.path}{f', line {line}' if line else ''}: {says}", next=next)

    def document(self) -> dict[str, Any]:
        """Every setting as it holds, those of the file over those that come; `null` for what depends."""
        known = _settings()
        given: dict[str, Mapping[str, Any]] = {
            "layout": self.layout or {},
            "defaults": self.defaults,
            "redact": self.redact,
            "recordings": self.recordings,
        }
        made: dict[str, Any] = {
            "theme": self.theme or known[""]["theme"].usual,
            "tour": self.tour,
        }
        for table, own in given.items():
            made[table] = {name: own.get(name, one.usual) for name, one in known[table].items()}
        made["keys"] = {place: {n: list(k) for n, k in names.items()} for place, names in self.keys.items()}
        return made


def read_config(path: Path | None = None) -> Config:
    """The configuration; without a file, all as it comes.

    Raises:
        UsageError: The file cannot be read, or says something unknown or wrong.
    """
    path = path or config_path()
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return Config(path)
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}") from None
    if len(raw) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST:,} bytes")
    import tomllib  # most runs have no file to read

    try:
        text = raw.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8", next="Convert it") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}", next="mcp-inspect config edit") from None
    return _checked(Config(path, there=True, text=text), document)


def line_of(text: str, where: Sequence[str]) -> int:
    """The line of a TOML text on which a key is set, counted from 1; 0 where it is not found so simply."""
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"\s*\[+([^\]]*)\]", line):
            table = _dotted(heading[1])
            if table == list(where):
                return number
        elif (found := re.match(r"""\s*((?:[\w.-]|\s*\.\s*|"[^"]*"|'[^']*')+?)\s*=""", line)) and (
            [*table, *_dotted(found[1])][: len(where)] == list(where)
        ):
            return number
    return 0


def _dotted(text: str) -> list[str]:
    return [part.strip().strip("\"'") for part in re.findall(r'"[^"]*"|\'[^\']*\'|[^.]+', text)]


def _checked(config: Config, document: Mapping[str, Any]) -> Config:
    known = _settings()
    tables = [name for name in known if name]
    found: dict[str, dict[str, Any]] = {}
    for name, value in document.items():
        if name in known[""]:
            found.setdefault("", {})[name] = _value(config, (name,), value, known[""][name])
        elif name not in (*tables, "keys"):
            raise _unknown(config, (name,), (*known[""], *tables, "keys"))
        elif not isinstance(value, dict):
            raise config.wrong((name,), f"{name} is a table", f"Write [{name}] above its settings")
        elif name != "keys":
            found[name] = {}
            for own, one in value.items():
                if own not in known[name]:
                    raise _unknown(config, (name, own), known[name])
                found[name][own] = _value(config, (name, own), one, known[name][own])
    return Config(
        config.path,
        True,
        layout=found.get("layout"),
        defaults=found.get("defaults", {}),
        redact=_rules(config, found.get("redact", {})),
        recordings=found.get("recordings", {}),
        keys=_keys(config, document.get("keys", {})),
        text=config.text,
        **found.get("", {}),
    )


def _rules(config: Config, table: Mapping[str, Any]) -> Mapping[str, Any]:
    from inspector.journal.redaction import redaction_of

    for name, value in table.items():
        try:
            redaction_of({name: value})
        except UsageError as wrong:
            raise config.wrong(("redact", name), wrong.message, wrong.next) from None
    return table


def _value(config: Config, where: Sequence[str], value: Any, setting: Setting) -> Any:
    try:
        fits = setting.fits(value)
    except TypeError:
        fits = False  # a table or a list where one of some words is wanted
    if not fits:
        raise config.wrong(where, f"{where[-1]} is {setting.allowed}, not {value!r}")
    return value


def _unknown(config: Config, where: Sequence[str], there: Sequence[str] | Mapping[str, Any]) -> UsageError:
    near = difflib.get_close_matches(where[-1], list(there), n=1)
    says = f"there is no setting {'.'.join(where)}"
    return config.wrong(where, says, f"Did you mean {near[0]}?" if near else f"There are {', '.join(there)}")


def _keys(config: Config, tables: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    made: dict[str, dict[str, tuple[str, ...]]] = {}
    for place, names in tables.items():
        if not isinstance(names, dict):
            says = f"keys.{place} is a table of names and keys"
            raise config.wrong(("keys", place), says, f'For example [keys.main] and under it {place} = "f5"')
        for name, keys in names.items():
            written = [keys] if isinstance(keys, str) else keys
            if not _is_list(_is_text)(written):
                says = f"keys.{place}.{name} is a key or a list of keys, not {keys!r}"
                raise config.wrong(("keys", place, name), says)
            made.setdefault(place, {})[name] = tuple(written)
    return made
