"""Secrets become variables, named after what they are of."""

from __future__ import annotations

import pytest

from inspector.copying.variables import Variables, python_expression, shell_word

MARK = "sha256:0123abcd"


@pytest.mark.parametrize(
    ("text", "before", "word"),
    [
        (MARK, "--api-key", '"${API_KEY:?}"'),
        (f"--api-key={MARK}", "", '--api-key="${API_KEY:?}"'),
        (f"PATH={MARK}", "-e", 'PATH="${SECRET_PATH:?}"'),
        (f"Bearer {MARK}", "Authorization", "'Bearer '\"${TOKEN:?}\""),
        (f"https://me:{MARK}@x/", "", 'https://me:"${PASSWORD:?}"@x/'),
        (f"https://x/?a=1&token={MARK}", "", "'https://x/?a=1&token='\"${TOKEN:?}\""),
        (f"$(x) {MARK}", "$(x)", "'$(x) '\"${SECRET:?}\""),
        (f"{MARK}ef", "", f"{MARK}ef"),
        ("", "", "''"),
    ],
)
def test_a_word_of_a_shell(text: str, before: str, word: str) -> None:
    assert shell_word(Variables().parts(text, before, "command")) == word


def test_one_secret_has_one_name_and_two_have_two() -> None:
    variables = Variables()
    parts = [variables.parts(f"token={mark}") for mark in (MARK, "sha256:00000000", MARK)]
    assert list(map(shell_word, parts)) == [
        'token="${TOKEN:?}"',
        'token="${TOKEN_2:?}"',
        'token="${TOKEN:?}"',
    ]
    assert [each.name for each in variables.all] == ["TOKEN", "TOKEN_2"]
    assert [note.split(":")[0] for note in variables.notes()] == ["Set TOKEN first", "Set TOKEN_2 first"]


def test_an_expression_of_python() -> None:
    parts = Variables().parts(f"Bearer {MARK}", "Authorization")
    assert python_expression(parts) == '"Bearer " + os.environ["TOKEN"]'
    assert python_expression(("",)) == '""'
