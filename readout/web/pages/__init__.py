"""What people look at: one module a page, and what pages show in parts. It must not answer programs."""
