"""Puts `mcp-inspect record` in front of one server in a host's configuration, and takes it out again.

Only what has to be different becomes different: the text is changed where command and arguments of that entry
stand, and every other character stays where it is. Nothing is started here.

    spans.py       where things stand in a text
    json_text.py   finds them in JSON, with comments and commas where hosts take them
    toml_text.py   finds them in TOML
    change.py      the new text, and the proof that it means what it should
    file.py        how it takes the place of the old one
    shown.py       what a person is shown of it
"""
