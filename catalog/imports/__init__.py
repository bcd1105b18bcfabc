"""Files of listings and of stock as values: bytes to rows, rows to what they say. No database here."""
