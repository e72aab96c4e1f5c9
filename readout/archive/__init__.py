"""Raw pages as WARC files (ISO 28500:2017): writing the records, keeping the files, reading those of others."""
