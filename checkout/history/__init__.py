"""A sales history as files: read line by line, checked cell by cell. No database, no clock of its own."""
