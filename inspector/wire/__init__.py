"""What a message is. Standard library only, no I/O."""
