"""Meeting → who must hear of it. It must not know how anybody is told, nor read a database or a clock."""
