"""`mcp-inspect shell`: many lines over one connection, typed by a person or written by a program.

`loop` runs lines; `verbs` and `own` say what a line may be, `lexer` how it is taken apart; `reader` and
`terminal` bring lines, `printer` writes what came of them, `offers` and `suggest` complete them.
"""
