"""What the first bytes of a program tell."""

from __future__ import annotations

import pytest

from inspector.doctor.program import machine, shebang


@pytest.mark.parametrize(
    ("head", "command"),
    [
        (b"#!/usr/bin/python3\n", "/usr/bin/python3"),
        (b"#! /bin/sh -e\n", "/bin/sh"),
        (b"#!/usr/bin/env node\n", "node"),
        (b"#!/usr/bin/env -S python3 -u\n", "python3"),
        (b"#!/usr/bin/env -i A=1 ruby\n", "ruby"),
        (b"#!/usr/bin/env\n", ""),
        (b"#!\n", ""),
        (b"#!/opt/my env/python 'x\n", "/opt/my"),
    ],
)
def test_the_first_line(head: bytes, command: str) -> None:
    found = shebang(head)
    assert found is not None
    assert found.command == command


@pytest.mark.parametrize("head", [b"", b"\x7fELF", b"print(1)", b" #!/bin/sh"])
def test_no_first_line(head: bytes) -> None:
    assert shebang(head) is None


@pytest.mark.parametrize(
    ("head", "built"),
    [
        (b"\x7fELF\x02\x01" + bytes(12) + b"\x3e\x00", ("Linux", "x86_64")),
        (b"\x7fELF\x02\x02" + bytes(12) + b"\x00\x16", ("Linux", "s390x")),
        (b"MZ\x90\x00", ("Windows", "")),
        (b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01", ("macOS", "aarch64")),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x02", ("macOS", "")),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x3d", None),  # a class of Java
        (b"#!/bin/sh", None),
        (b"", None),
    ],
)
def test_the_machine_that_a_program_is_for(head: bytes, built: tuple[str, str] | None) -> None:
    assert machine(head) == built
