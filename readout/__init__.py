"""Readout watches sites of governments and news agencies and tells of each meeting reported, once and with proof."""

__version__ = "0.1.0"
