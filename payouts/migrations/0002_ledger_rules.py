from django.db import migrations

from marketplace.kernel.append_only import append_only

# The whole transaction is looked at for each of its rows, at the end: whatever is added to it, and by whom.
CREATE_FUNCTION = """
CREATE FUNCTION refuse_unbalanced_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payouts_ledgerentry AS entry
        JOIN payouts_ledgeraccount AS account ON account.id = entry.account_id
        WHERE entry.transaction_id = NEW.transaction_id
        GROUP BY account.currency
        HAVING sum(entry.amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$
"""
CREATE_TRIGGER = """
CREATE CONSTRAINT TRIGGER ledger_transactions_sum_to_zero
AFTER INSERT ON payouts_ledgerentry DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_transaction()
"""
# An account's balance grows; what the account is, and that it is, stays.
KEEP_ACCOUNTS = """
CREATE TRIGGER ledger_accounts_stay_what_they_are
BEFORE DELETE OR UPDATE OF kind, vendor_id, currency ON payouts_ledgeraccount
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("payouts", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            [CREATE_FUNCTION, CREATE_TRIGGER],
            [
                "DROP TRIGGER ledger_transactions_sum_to_zero ON payouts_ledgerentry",
                "DROP FUNCTION refuse_unbalanced_transaction()",
            ],
        ),
        migrations.RunSQL(
            KEEP_ACCOUNTS, "DROP TRIGGER ledger_accounts_stay_what_they_are ON payouts_ledgeraccount"
        ),
        append_only("payouts_ledgertransaction"),
        append_only("payouts_ledgerentry"),
        append_only("payouts_commission"),
        append_only("payouts_commissionreversal"),
    ]
