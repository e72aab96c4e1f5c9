"""What programs follow: feeds, calendars, rows, Prometheus' numbers, whether all is well. It must not show pages."""
