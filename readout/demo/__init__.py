"""A miniature web to try Readout on: invented sites as data, a real server for them, a mail sink, and the guided run.

It must not be needed by anything but the demonstration and the tests.
"""
