"""What the system costs, beside what others would: counted where it can be, timed side by side.

Invariant: every benchmark can be run alone, takes a seed, and says what it leaves out.
"""
