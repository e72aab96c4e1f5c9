"""A page's bytes to all that Readout makes of them in one hop, in processes that may die of it.

It must not store, compare with what is stored, or decide what becomes of a reading.
"""
