"""Random configurations with one entry to change, spelt in every way that JSON with comments and TOML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from inspector.hosts.server import Server

WORDS = st.text(st.sampled_from("npx-y@/ \"\\'#,[]{}=:é\u2028🙂$~\t"), max_size=8)
COMMANDS = WORDS.filter(str.strip)
KEYS = st.sampled_from(["a", "command", "args", "env", "mcpServers", "é x", 'q"', "\\", "1"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 999) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
FRONT = ("/a b/python", "-P", "-m", "inspector", "record", "--")


def server(file: str, *at: str) -> Server:
    """The entry that stands there."""
    return Server(at[-1], "cursor", Path(file), Path(), at=at)


@st.composite
def json_documents(draw: st.DrawFn) -> tuple[bytes, tuple[str, ...], str, list[Any] | None]:
    """The bytes of a file, the keys to an entry, and its command and arguments."""
    name, command = draw(KEYS), draw(COMMANDS)
    args = draw(st.none() | st.lists(WORDS | st.integers(0, 9), max_size=3))
    own: dict[str, Any] = {"command": command} | ({} if args is None else {"args": args})
    entry = draw(st.dictionaries(KEYS.filter(lambda key: key not in ("command", "args")), VALUES, max_size=2))
    at = draw(st.sampled_from([("mcpServers", name), ("projects", "/p", "mcpServers", name)]))
    if draw(st.booleans()):
        own = {"command": {"path": command} | ({} if args is None else {"args": args})}
    found: Any = _mixed(draw, entry, own)
    for key in reversed(at):
        beside = draw(st.dictionaries(KEYS, VALUES, max_size=2))
        beside.pop(key, None)
        found = _mixed(draw, beside, {key: found})
    text = _spelt(draw, found)
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    bom = draw(st.sampled_from(["", "\ufeff"]))
    return (bom + text.replace("\n", newline)).encode(), at, command, args


def _mixed(draw: st.DrawFn, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return dict(draw(st.permutations([*one.items(), *other.items()])))


def _spelt(draw: st.DrawFn, value: Any) -> str:
    def gap() -> str:
        return draw(st.sampled_from(["", "", " ", "\n  ", "\n\n\t", "// [\" it's\n", "/* }\n, */"]))

    def word(text: str) -> str:
        return json.dumps(text, ensure_ascii=draw(st.booleans()))

    def spell(value: Any) -> str:
        if isinstance(value, dict):
            parts = [f"{gap()}{word(key)}{gap()}:{gap()}{spell(each)}{gap()}" for key, each in value.items()]
            return "{" + _joined(draw, parts, gap()) + "}"
        if isinstance(value, list):
            return "[" + _joined(draw, [f"{gap()}{spell(each)}{gap()}" for each in value], gap()) + "]"
        return word(value) if isinstance(value, str) else json.dumps(value)

    return gap() + spell(value) + gap()


def _joined(draw: st.DrawFn, parts: list[str], end: str) -> str:
    last = draw(st.sampled_from(["", ","])) if parts else ""
    return ",".join(parts) + last + end


@st.composite
def toml_documents(draw: st.DrawFn) -> tuple[bytes, tuple[str, ...], str, list[Any] | None]:
    """The same in TOML."""
    name, command = draw(KEYS), draw(COMMANDS)
    args = draw(st.none() | st.lists(WORDS, max_size=3))
    key = _key(draw, name)
    members = [f"command{_equals(draw)}{_toml(draw, command)}"]
    if args is not None:
        members.append(f"args{_equals(draw)}{_array(draw, args)}")
    other = f"env_vars{_equals(draw)}{_array(draw, draw(st.lists(WORDS, max_size=2)))}"
    members = draw(st.permutations([*members, other][: len(members) + draw(st.integers(0, 1))]))
    end = draw(st.sampled_from(["\n", ' # ] "\n', "\n\n\t"]))
    match draw(st.integers(0, 4)):
        case 0:
            own = f"[mcp_servers.{key}]{end}" + "".join(f"{each}{end}" for each in members)
        case 1:
            own = f"[ mcp_servers ]{end}" + "".join(f"{key} . {each}{end}" for each in members)
        case 2:
            own = f"[mcp_servers]{end}{key} = {{ {' , '.join(members)} }}{end}"
        case 3:
            own = f"[ 'mcp_servers' ]\nother.x = 1.5\n{key} = {{{','.join(members)}}}{end}"
        case _:
            own = f"[mcp_servers.\"other\"]\nurl = '''\n\"x''''\n[mcp_servers.{key}]{end}"
            own += "".join(f"  {each}{end}" for each in members)
    before = "".join(draw(st.lists(st.sampled_from(_BEFORE), max_size=3, unique=True)))
    after = "".join(draw(st.lists(st.sampled_from(_AFTER), max_size=2, unique=True)))
    text = before + own + after
    return (
        text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode(),
        ("mcp_servers", name),
        command,
        args,
    )


_BEFORE = [
    "model = 'x'\n",
    "when = 1979-05-27 07:32:00Z # then\n",
    'floats = [nan, inf, 1e3,\n  # "]\n]\n',
    'text = """\n[mcp_servers.a]\ncommand = "no"\\"""" \n',
    "# command = 'no'\n\n",
]
_AFTER = ["[[profiles]]\ncommand = 'no'\n[[profiles]]\n", "[tui]\nx.y = { command = [{}] }\n", "# end\n"]


def _equals(draw: st.DrawFn) -> str:
    return draw(st.sampled_from([" = ", "=", "\t= "]))


def _key(draw: st.DrawFn, name: str) -> str:
    bare = name.isascii() and name.isalnum()
    return name if bare and draw(st.booleans()) else json.dumps(name, ensure_ascii=False)


def _toml(draw: st.DrawFn, word: str) -> str:
    basic = json.dumps(word, ensure_ascii=False)
    spelt = [basic, f'"""{basic[1:-1]}"""', f'"""\n{basic[1:-1]}"""']
    if "'" not in word:
        spelt += [f"'{word}'", f"'''{word}'''"]
    return draw(st.sampled_from(spelt))


def _array(draw: st.DrawFn, words: list[str]) -> str:
    gap = draw(st.sampled_from(["", " ", "\n\t", " # \"]'\n  "]))
    parts = [f"{gap}{_toml(draw, each)}{gap}" for each in words]
    return f"[{_joined(draw, parts, gap)}]"
