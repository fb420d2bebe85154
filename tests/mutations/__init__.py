"""Takes protections out of a copy of the code, one at a time: each has a test that goes red.

`python -m tests.mutations` runs them; `table.py` says what is taken out.
"""
