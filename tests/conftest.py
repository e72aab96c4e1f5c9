"""What holds for all tests."""

from hypothesis import settings

# A slow machine is no fault of the code: no test asserts a time.
settings.register_profile("readout", deadline=None)
settings.load_profile("readout")
