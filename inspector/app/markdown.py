"""Markdown as lines to read: pure, inert, bounded. No widget here, no link that opens, no picture fetched.

A server's Markdown is hostile: HTML in it is text, links and pictures show where they lead as words, every
character passes `inspector.wire.visible`, and only `LONGEST` characters are parsed: what is longer is read
as text. What is quoted deeper than the parser goes (20 levels) is missing here; the text has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from inspector.app.widgets.sheet_lines import Piece
from inspector.wire.visible import cells, clip, visible

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST: Final = 100_000
"""Characters that are parsed. The worst of as many take the parser about two seconds."""
MOST_LINES: Final = 20_000
_WIDEST = 40  # cells of a table's column
_ROLES = {"strong": "strong", "em": "emphasis", "s": "muted"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, to be wrapped. Safe for a terminal.

    Attributes:
        pieces: Texts and their roles: those of a sheet, `emphasis` and `code`.
        lead: What stands before its first row.
        hang: What stands before the rows after that, as wide as `lead`.
        wraps: Whether it goes on in another row where it is too long.
    """

    pieces: tuple[Piece, ...] = ()
    lead: str = ""
    hang: str = ""
    wraps: bool = True


def lines_of(text: str) -> list[Line] | None:
    """The lines of a Markdown text; `None` where it is too long to be parsed. Takes a while: use a thread."""
    if len(text) > LONGEST:
        return None
    # Textual brings it; imported here because few results are read as Markdown.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return _Reader().read(parser.parse(text))[:MOST_LINES]


@dataclass
class _Reader:
    """Walks over the parser's tokens with a stack of what stands before each line."""

    lines: list[Line] = field(default_factory=list)
    leads: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    heading: str = ""
    cell: bool = False

    def read(self, tokens: Sequence[Token]) -> list[Line]:
        for token in tokens:
            if len(self.lines) > MOST_LINES:
                break
            self._block(token)
        while self.lines and not self.lines[-1].pieces:
            self.lines.pop()
        return self.lines

    def _block(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self.heading = token.markup if token.markup.startswith("#") else "#" * int(token.tag[1:])
            case "heading_close":
                self.heading = ""
                self._gap()
            case "inline":
                self._inline(token)
            case "paragraph_close" if not token.hidden:
                self._gap()
            case "fence" | "code_block":
                self._code(token)
            case "hr":
                self._put([("─" * 12, "muted")])
                self._gap()
            case "html_block":
                self._put([(visible(token.content, newline=" "), "muted")])
            case _:
                self._container(token)

    def _container(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                start = token.attrGet("start")
                ordered = token.type == "ordered_list_open"
                self.numbers.append((start if isinstance(start, int) else 1) if ordered else None)
            case "bullet_list_close" | "ordered_list_close":
                self.numbers.pop()
                if not self.numbers:
                    self._gap()
            case "list_item_open":
                number = self.numbers[-1]
                lead = "• " if number is None else f"{number}. "[:12]
                self.numbers[-1] = None if number is None else number + 1
                self.leads.append((lead, " " * len(lead)))
            case "blockquote_open":
                self.leads.append(("│ ", "│ "))
            case "list_item_close" | "blockquote_close":
                self.leads.pop()
            case "tr_open":
                self.rows.append([])
            case "th_open" | "td_open":
                self.cell = True
            case "th_close" | "td_close":
                self.cell = False
            case "table_close":
                self._table()

    def _put(self, pieces: Sequence[Piece], *, wraps: bool = True) -> None:
        lead = "".join(first for first, _ in self.leads)
        hang = "".join(after for _, after in self.leads)
        self.lines.append(Line(tuple(pieces), lead, hang, wraps))
        self.leads = [(after, after) for _, after in self.leads]  # a bullet stands once

    def _gap(self) -> None:
        if self.lines and (self.lines[-1].pieces or self.lines[-1].lead.strip()):
            self.lines.append(Line(lead="".join(after for _, after in self.leads).rstrip()))

    def _inline(self, token: Token) -> None:
        children = token.children or []
        if self.cell:
            self.rows[-1].append("".join(text for line in _spans(children, "text") for text, _ in line))
            return
        usual = "heading" if self.heading else "text"
        for number, line in enumerate(_spans(children, usual)):
            head = [(f"{self.heading} ", "muted")] if self.heading and not number else []
            self._put([*head, *line])

    def _code(self, token: Token) -> None:
        if info := token.info.strip():
            self._put([(clip(visible(info), _WIDEST), "muted")])
        for row in token.content.rstrip("\n").expandtabs(4).split("\n"):
            self._put([(f"  {visible(row)}", "code")], wraps=False)
        self._gap()

    def _table(self) -> None:
        most = max(map(len, self.rows), default=0)
        widths = [
            max((cells(row[at]) for row in self.rows if at < len(row)), default=0) for at in range(most)
        ]
        for number, row in enumerate(self.rows):
            shown = []
            for at, text in enumerate(row):
                cut = clip(text, _WIDEST)
                shown.append(cut + " " * (min(widths[at], _WIDEST) - cells(cut)))
            self._put([(" │ ".join(shown).rstrip() or " ", "text" if number else "strong")], wraps=False)
        self.rows = []
        self._gap()


def _spans(children: Sequence[Token], usual: str) -> Iterator[list[Piece]]:
    """The lines of an inline text: broken where it demands a break, a link followed by where it leads."""
    line: list[Piece] = []
    roles, links = [usual], list[str]()
    for token in children:
        match token.type:
            case "text":
                role = "accent" if links and roles[-1] == usual else roles[-1]
                line.append((visible(token.content, newline=" "), role))
            case "code_inline":
                line.append((visible(f"`{token.content}`", newline=" "), "code"))
            case "softbreak":
                line.append((" ", usual))
            case "hardbreak":
                yield line
                line = []
            case "image":
                line.append((visible(f"[picture: {token.content}]", newline=" "), "muted"))
                line.append((visible(f" ({token.attrGet('src')})"), "muted"))
            case "link_open":
                links.append(str(token.attrGet("href") or ""))
            case "link_close":
                line.append((visible(f" ({links.pop()})"), "muted"))
            case "strong_open" | "em_open" | "s_open":
                roles.append(_ROLES[token.type.removesuffix("_open")])
            case "strong_close" | "em_close" | "s_close":
                roles.pop()
            case _:
                line.append((visible(token.content, newline=" "), roles[-1]))
    yield line
