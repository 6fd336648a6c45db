"""The work on videos: the table of it, who has claimed what, the worker, and what runs beside it."""
