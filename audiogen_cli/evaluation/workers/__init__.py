"""Models whose packages exclude each other: each in an environment and a process of its own, asked line by line."""
