"""Whatever theme: text can be read on its ground, by WCAG's ratio of contrast."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from textual.color import Color

from inspector.app.themes import THEMES
from inspector.kept import config

WANTED = {"dark": 4.5, "light": 4.5, "high-contrast": 7.0, "colour-blind": 4.5}
LEAST = 4.5
"""For what is out of use, the keys of the footer, and the line under the cursor."""
ROLES = ("foreground", "text-primary", "text-accent", "text-warning", "text-error", "text-success")
MUTED = ("foreground-muted", "text-muted")
DISABLED = ("foreground-disabled", "text-disabled")
GROUNDS = ("background", "surface")


def ratio(text: Color, ground: Color) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""

    def light(colour: Color) -> float:
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(text), light(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def seen(variables: Mapping[str, str], name: str, ground: Color) -> Color:
    """A role of colours as it is drawn on a ground."""
    said = variables[name]
    if said.startswith("auto"):
        return ground + ground.get_contrast_text(float(said.removeprefix("auto").strip(" %")) / 100)
    return ground + Color.parse(said)


@pytest.mark.parametrize("name", WANTED)
def test_contrast(name: str) -> None:
    variables = THEMES[name].to_color_system().generate() | THEMES[name].variables
    low: dict[str, float] = {}
    for where in GROUNDS:
        ground = Color.parse(variables[where])
        for roles, wanted in ((ROLES + MUTED, WANTED[name]), (DISABLED, LEAST)):
            for role in roles:
                if (found := ratio(seen(variables, role, ground), ground)) < wanted:
                    low[f"{role} on {where}"] = round(found, 2)
    footer = Color.parse(variables["footer-background"])
    cursor = Color.parse(variables["block-cursor-background"])
    for role, ground, wanted in (
        ("footer-key-foreground", footer, LEAST),
        ("footer-description-foreground", footer, LEAST),
        ("block-cursor-foreground", cursor, LEAST),
    ):
        if (found := ratio(seen(variables, role, ground), ground)) < wanted:
            low[role] = round(found, 2)
    assert not low


def test_error_and_success_differ_by_more_than_red_and_green() -> None:
    """For eyes without one of the two: what is left of the colours still differs in blue or in light."""
    theme = THEMES["colour-blind"].variables
    bad, good = Color.parse(theme["text-error"]), Color.parse(theme["text-success"])
    assert abs(bad.b - good.b) > 100


def test_the_terminals_own_colours_name_no_other() -> None:
    variables = THEMES["terminal"].to_color_system().generate() | THEMES["terminal"].variables
    for role in (*ROLES, *MUTED, *DISABLED, *GROUNDS, "surface-lighten-2"):
        assert variables[role].startswith(("ansi_", "transparent")), role
    assert variables["block-cursor-text-style"] == "reverse"


def test_the_configuration_knows_them() -> None:
    assert tuple(THEMES) == config.THEMES
