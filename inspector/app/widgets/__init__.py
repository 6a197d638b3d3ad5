"""Widgets that know no session and no file: they are given a view and post messages."""
