"""Tables whose rows never change: the database refuses, whoever asks and by whatever way."""

from typing import Final

from django.db import migrations

# A name of its own, so that the tests can empty tables between them (tests/support/postgres.py).
TRUNCATE_TRIGGER: Final = "append_only_truncate"
CHANGE_TRIGGER: Final = "append_only_change"

CREATE_FUNCTION: Final = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END;
$$
"""
REFUSE: Final = "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
DROP_FUNCTION: Final = "DROP FUNCTION refuse_change()"


def append_only(table: str) -> migrations.RunSQL:
    """A migration's operation: from here on UPDATE, DELETE and TRUNCATE of the table raise IntegrityError.

    Statements are refused, not rows, so one that would touch no row is refused too. The migration depends on
    kernel 0002, which makes the function.
    """
    return migrations.RunSQL(
        sql=[
            f"CREATE TRIGGER {CHANGE_TRIGGER} BEFORE UPDATE OR DELETE ON {table} {REFUSE}",
            f"CREATE TRIGGER {TRUNCATE_TRIGGER} BEFORE TRUNCATE ON {table} {REFUSE}",
        ],
        reverse_sql=[
            f"DROP TRIGGER {TRUNCATE_TRIGGER} ON {table}",
            f"DROP TRIGGER {CHANGE_TRIGGER} ON {table}",
        ],
    )
