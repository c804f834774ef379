"""Identity as the command and the demo run it."""
