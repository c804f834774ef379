"""Whether a workspace is whole: seals, sums, the check of everything against everything, backup and restore."""
