"""The bank's side of Day2053: an HTTP API over one database. What a phone shows or stores lives in app_client."""
