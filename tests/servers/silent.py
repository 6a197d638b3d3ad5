"""Reads, and answers nothing at all."""

from _stdio import requests

for _ in requests():
    pass
