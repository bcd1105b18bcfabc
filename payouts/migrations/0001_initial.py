import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import marketplace.kernel.clock


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("checkout", "0001_initial"),
        ("vendors", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("buyer_clearing", "What buyers paid, held by the payment provider"), ("vendor_payable", "What the platform owes a vendor"), ("commission", "What the platform has earned by commission"), ("promotion_expense", "What the platform has paid for discounts"), ("tax_payable", "Tax that the platform is to remit"), ("vendor_reserve", "What is held of a vendor's while a buyer disputes it"), ("dispute_receivable", "What banks took for disputes that are open"), ("provider_fee", "What the payment provider keeps"), ("external_settlement", "What was settled elsewhere, before it came here")], max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("balance_minor", models.BigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("vendor", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="ledger_accounts", to="vendors.vendor")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "vendor", "currency"), name="an_account_is_one_kind_of_one_vendor_in_one_currency", nulls_distinct=False), models.CheckConstraint(condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="an_account_currency_is_a_code"), models.CheckConstraint(condition=models.Q(("kind__in", ["buyer_clearing", "vendor_payable", "commission", "promotion_expense", "tax_payable", "vendor_reserve", "dispute_receivable", "provider_fee", "external_settlement"])), name="an_account_kind_is_known"), models.CheckConstraint(condition=models.Q(models.Q(("balance_minor__isnull", False), ("kind__in", ("vendor_payable", "vendor_reserve")), ("vendor__isnull", False)), models.Q(("balance_minor__isnull", True), ("vendor__isnull", True), models.Q(("kind__in", ("vendor_payable", "vendor_reserve")), _negated=True)), _connector="OR"), name="only_a_vendors_account_has_a_vendor_and_a_balance")],
            },
        ),
        migrations.CreateModel(
            name="LedgerTransaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("sale", "An order was paid"), ("refund", "Money went back to a buyer"), ("refund_failed", "Money did not go back after all"), ("dispute_withdrawn", "A bank took back what a buyer disputes"), ("dispute_fee", "The provider took a fee for a dispute, or gave it back"), ("dispute_won", "A bank gave back what a buyer had disputed"), ("dispute_lost", "A bank keeps what a buyer disputed"), ("settlement", "What was imported had been settled elsewhere")], max_length=20)),
                ("reference", models.CharField(max_length=80, unique=True)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("order", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="ledger_transactions", to="checkout.order")),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(("kind__in", ["sale", "refund", "refund_failed", "dispute_withdrawn", "dispute_fee", "dispute_won", "dispute_lost", "settlement"])), name="a_transaction_kind_is_known")],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_minor", models.BigIntegerField()),
                ("account", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="payouts.ledgeraccount")),
                ("vendor_order", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="ledger_entries", to="checkout.vendororder")),
                ("transaction", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="payouts.ledgertransaction")),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["account", "id"], include=("amount_minor",), name="entry_by_account")],
                "constraints": [models.UniqueConstraint(fields=("transaction", "account"), name="a_transaction_moves_an_account_once"), models.CheckConstraint(condition=models.Q(("amount_minor", 0), _negated=True), name="an_entry_moves_something")],
            },
        ),
        migrations.CreateModel(
            name="Commission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("rate_bps", models.PositiveIntegerField()),
                ("base_minor", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("order_line", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="commission", to="checkout.orderline")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("rate_bps__lte", 10000)), name="a_commission_rate_is_at_most_the_whole"), models.CheckConstraint(condition=models.Q(("amount_minor__gte", 0), ("amount_minor__lte", models.F("base_minor"))), name="a_commission_is_a_part_of_its_base")],
            },
        ),
        migrations.CreateModel(
            name="CommissionReversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("rate_bps", models.PositiveIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("refund_line", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="commission_reversal", to="checkout.refundline")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("rate_bps__lte", 10000)), name="a_reversal_rate_is_at_most_the_whole"), models.CheckConstraint(condition=models.Q(("amount_minor__gte", 0)), name="a_reversal_gives_back")],
            },
        ),
        migrations.CreateModel(
            name="PayoutAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=16)),
                ("is_live", models.BooleanField()),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("ref", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(choices=[("pending", "The vendor has not told everything yet"), ("verifying", "The provider looks at what it was told"), ("active", "The vendor can be paid"), ("action_required", "Something is missing, and until then nothing is paid"), ("restricted", "The provider holds it"), ("rejected", "The provider does not serve the vendor"), ("disconnected", "The vendor has withdrawn the platform's access")], default="pending", max_length=16)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("missing", models.JSONField(default=list)),
                ("missing_by_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("bank_last4", models.CharField(blank=True, max_length=4)),
                ("synced_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("vendor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payout_accounts", to="vendors.vendor")),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("vendor", "provider", "is_live"), name="a_vendor_has_one_account_with_a_provider"), models.UniqueConstraint(condition=models.Q(("ref", ""), _negated=True), fields=("provider", "ref"), name="an_account_reference_is_one_payout_account"), models.CheckConstraint(condition=models.Q(("state__in", ["pending", "verifying", "active", "action_required", "restricted", "rejected", "disconnected"])), name="a_payout_account_state_is_known")],
            },
        ),
        migrations.CreateModel(
            name="VendorPayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=64)),
                ("status", models.CharField(choices=[("pending", "To be sent"), ("in_transit", "On its way"), ("paid", "With the bank"), ("failed", "Came back"), ("canceled", "Cancelled")], max_length=10)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("arrives_on", models.DateField()),
                ("failure_code", models.CharField(blank=True, max_length=64)),
                ("failure_message", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("synced_at", models.DateTimeField()),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payouts", to="payouts.payoutaccount")),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("account", "ref"), name="a_payout_of_an_account_is_kept_once"), models.CheckConstraint(condition=models.Q(("status__in", ["pending", "in_transit", "paid", "failed", "canceled"])), name="a_payout_status_is_known")],
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=16)),
                ("since_at", models.DateTimeField()),
                ("outcome", models.CharField(choices=[("running", "Under way, or cut off"), ("clean", "Nothing differs"), ("different", "Something differs"), ("silent", "The provider did not answer")], default="running", max_length=9)),
                ("healed", models.PositiveIntegerField(default=0)),
                ("open", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "default_permissions": ("view",),
                "constraints": [models.CheckConstraint(condition=models.Q(("outcome__in", ["running", "clean", "different", "silent"])), name="an_outcome_of_a_reconciliation_is_known"), models.CheckConstraint(condition=models.Q(models.Q(("ended_at__isnull", True), ("outcome", "running")), models.Q(models.Q(("outcome", "running"), _negated=True), ("ended_at__isnull", False)), _connector="OR"), name="a_reconciliation_that_has_an_outcome_has_ended")],
            },
        ),
        migrations.CreateModel(
            name="Discrepancy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=16)),
                ("kind", models.CharField(choices=[("payment_behind", "A payment has gone on there, and not here"), ("payment_unfounded", "A payment is made here, and not there"), ("payment_missing", "A payment is not known there"), ("payment_amount", "A payment is of another amount there"), ("payment_second", "An order was paid there a second time"), ("payment_orphan", "A payment of ours is not known here"), ("ledger", "The ledger holds another amount of an order"), ("refund_unknown", "A refund is not known here"), ("refund_missing", "A refund is not known there"), ("refund_state", "A refund stands elsewhere there"), ("refund_amount", "A refund is of another amount there"), ("event_unsettled", "An event was not acted on"), ("customer_unknown", "A customer is not known there"), ("account_unknown", "A vendor's account is not known there"), ("account_state", "A vendor's account stands elsewhere there"), ("dispute_unknown", "A dispute is not known here"), ("dispute_state", "A dispute stands elsewhere there"), ("transfer_unknown", "A transfer is not known here"), ("payout_state", "A payout is not known here, or stands elsewhere there")], max_length=20)),
                ("ref", models.CharField(db_comment="what it is about, as the provider calls it", max_length=255)),
                ("ours", models.CharField(max_length=100)),
                ("theirs", models.CharField(max_length=100)),
                ("status", models.CharField(choices=[("open", "Differs"), ("healed", "Was brought to what the provider says"), ("gone", "Differs no more")], default="open", max_length=6)),
                ("looked_back_to_at", models.DateTimeField()),
                ("first_seen_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("last_seen_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("order", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checkout.order")),
                ("reconciliation", models.ForeignKey(db_comment="the last that met it", on_delete=django.db.models.deletion.PROTECT, related_name="discrepancies", to="payouts.reconciliation")),
            ],
            options={
                "verbose_name_plural": "discrepancies",
                "ordering": ["-pk"],
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("provider", "kind", "ref"), name="a_discrepancy_is_kept_once"), models.CheckConstraint(condition=models.Q(("kind__in", ["payment_behind", "payment_unfounded", "payment_missing", "payment_amount", "payment_second", "payment_orphan", "ledger", "refund_unknown", "refund_missing", "refund_state", "refund_amount", "event_unsettled", "customer_unknown", "account_unknown", "account_state", "dispute_unknown", "dispute_state", "transfer_unknown", "payout_state"])), name="a_discrepancy_kind_is_known"), models.CheckConstraint(condition=models.Q(models.Q(("resolved_at__isnull", True), ("status", "open")), models.Q(("status__in", ["healed", "gone"]), ("resolved_at__isnull", False)), _connector="OR"), name="a_discrepancy_is_open_or_has_its_end")],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=16)),
                ("ref", models.CharField(max_length=64)),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("status", models.CharField(choices=[("warning", "The bank asks; no money has moved"), ("warning_closed", "The bank has asked, and nothing came of it"), ("needs_response", "Waits for an answer"), ("under_review", "The bank decides"), ("won", "Won: the buyer has paid"), ("lost", "Lost: the buyer has the money back"), ("prevented", "Settled before it became one")], max_length=16)),
                ("reason", models.CharField(blank=True, max_length=64)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("withdrawn_minor", models.BigIntegerField(default=0)),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("evidence_due_at", models.DateTimeField(blank=True, null=True)),
                ("evidence_sent_at", models.DateTimeField(blank=True, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("booked_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("payment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="checkout.payment")),
            ],
            options={
                "ordering": ["-pk"],
                "permissions": [("answer_dispute", "Can answer disputes")],
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("provider", "ref"), name="a_dispute_is_kept_once"), models.CheckConstraint(condition=models.Q(("status__in", ["warning", "warning_closed", "needs_response", "under_review", "won", "lost", "prevented"])), name="a_dispute_status_is_known"), models.CheckConstraint(condition=models.Q(("amount_minor__gte", 0), ("withdrawn_minor__gte", 0)), name="a_dispute_is_about_money")],
            },
        ),
        migrations.CreateModel(
            name="DisputeEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("said", models.JSONField(default=dict)),
                ("sent", models.JSONField(default=dict)),
                ("is_final", models.BooleanField(default=False)),
                ("has_ended_it", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("dispute", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="payouts.dispute")),
                ("vendor", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vendors.vendor")),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="DisputeShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_minor", models.BigIntegerField()),
                ("held_minor", models.BigIntegerField(default=0)),
                ("dispute", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="payouts.dispute")),
                ("vendor_order", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="dispute_shares", to="checkout.vendororder")),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("dispute", "vendor_order"), name="a_part_has_one_share_of_a_dispute"), models.CheckConstraint(condition=models.Q(("amount_minor__gte", 0)), name="a_share_of_a_dispute_is_money")],
            },
        ),
    ]
