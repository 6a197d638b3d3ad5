"""Breakpoints: what stands in the way of messages and holds, changes or drops those that rules mean.

It knows no transport and no process: whoever moves bytes asks it what goes on in the place of each message.
"""
