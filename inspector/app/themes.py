"""The themes: dark, light, the terminal's own colours, high contrast, one for eyes that mix up red and green.

Widgets name roles of colours (`$text-error`), never colours. What a colour says, a shape or a word says too.
The contrast of every role on every ground is held by tests/app/test_themes.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="dark",
    primary="#0178D4",
    secondary="#004578",
    accent="#ffa62b",
    warning="#ffa62b",
    error="#ba3c5b",
    success="#4EBF71",
    foreground="#e0e0e0",
    variables={
        "foreground-disabled": "#8C8C8C",
        "text-disabled": "#8C8C8C",
        "block-cursor-background": "#0062B0",
        "block-cursor-foreground": "#FFFFFF",
    },
)

LIGHT = Theme(
    name="light",
    primary="#0059A8",
    secondary="#00457F",
    accent="#8A5200",
    warning="#8A5200",
    error="#A3223F",
    success="#1B6E35",
    foreground="#1A1A1A",
    background="#F7F7F7",
    surface="#EFEFEF",
    panel="#E1E7ED",
    dark=False,
    variables={
        "text-primary": "#004C8F",
        "text-accent": "#7A4700",
        "text-warning": "#7A4700",
        "text-error": "#98203A",
        "text-success": "#17602E",
        "foreground-muted": "#4A4A4A",
        "foreground-disabled": "#666666",
        "text-muted": "#4A4A4A",
        "text-disabled": "#666666",
        "surface-lighten-1": "#DADADA",
        "surface-lighten-2": "#B8B8B8",
        "block-cursor-background": "#0059A8",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-blurred-background": "#CBDDEE",
        "footer-key-foreground": "#00457F",
    },
)

HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#4DB8FF",
    secondary="#4DB8FF",
    accent="#FFD400",
    warning="#FFD400",
    error="#FF8080",
    success="#5CFF7A",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#000000",
    variables={
        "text-primary": "#7CCBFF",
        "text-accent": "#FFD400",
        "text-warning": "#FFD400",
        "text-error": "#FF9999",
        "text-success": "#5CFF7A",
        "foreground-muted": "#E6E6E6",
        "foreground-disabled": "#C4C4C4",
        "text-muted": "#E6E6E6",
        "text-disabled": "#C4C4C4",
        "surface-lighten-1": "#3A3A3A",
        "surface-lighten-2": "#FFFFFF",
        "block-cursor-background": "#FFFFFF",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#3A3A3A",
        "footer-background": "#000000",
        "footer-key-foreground": "#FFD400",
    },
)

COLOUR_BLIND = Theme(
    name="colour-blind",  # after Okabe and Ito: blue for what is well, orange for what is not
    primary="#0072B2",
    secondary="#0072B2",
    accent="#56B4E9",
    warning="#F0E442",
    error="#E69F00",
    success="#56B4E9",
    foreground="#E0E0E0",
    variables={
        "foreground-disabled": "#8C8C8C",
        "text-disabled": "#8C8C8C",
        "block-cursor-background": "#00609A",
        "block-cursor-foreground": "#FFFFFF",
        "text-primary": "#8CCBF0",
        "text-accent": "#8CCBF0",
        "text-warning": "#F0E442",
        "text-error": "#F5B335",
        "text-success": "#6FC3F2",
        "footer-key-foreground": "#8CCBF0",
    },
)

_PLAIN, _FAINT = "ansi_default", "ansi_bright_black"
TERMINAL = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground=_PLAIN,
    background=_PLAIN,
    surface=_PLAIN,
    panel=_PLAIN,
    boost=_PLAIN,
    variables={
        # Reverse is the one way to show a selection that no set of colours, and none at all, can hide.
        "block-cursor-background": _PLAIN,
        "block-cursor-foreground": _PLAIN,
        "block-cursor-text-style": "reverse",
        "block-cursor-blurred-background": _PLAIN,
        "block-cursor-blurred-text-style": "underline",
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "foreground-muted": _PLAIN,
        "foreground-disabled": _FAINT,
        "text-muted": _PLAIN,
        "text-disabled": _FAINT,
        "surface-lighten-1": _PLAIN,
        "surface-lighten-2": _FAINT,
        "border-blurred": _FAINT,
        "footer-key-foreground": "ansi_cyan",
        "input-cursor-background": _PLAIN,
        "input-cursor-foreground": _PLAIN,
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_blue",
        "input-selection-foreground": "ansi_white",
        "screen-selection-background": "ansi_blue",
        "screen-selection-foreground": "ansi_white",
        "button-focus-text-style": "bold reverse",
        "scrollbar": _FAINT,
        "scrollbar-background": _PLAIN,
    },
)

THEMES: Mapping[str, Theme] = {
    theme.name: theme for theme in (DARK, LIGHT, TERMINAL, HIGH_CONTRAST, COLOUR_BLIND)
}
"""By the names that the configuration has for them; the first is the usual one."""
