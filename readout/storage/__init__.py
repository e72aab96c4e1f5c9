"""All SQL of Readout: tables, migrations and one module of functions per noun. It must not decide anything."""
