"""How far the system scales: measured on this machine, and modelled beyond it.

Invariant: what is measured and what is modelled never stand in one number.
"""
