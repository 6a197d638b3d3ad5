"""A message of the journal said in another language: JSON, a shell's command, curl, Python, a test.

Pure: it reads a journal and gives text. What was sent and received is data in that text, never more: quoted
so that nothing of it is run or obeyed, wherever the text is pasted. It starts nothing and copies nowhere.
"""
