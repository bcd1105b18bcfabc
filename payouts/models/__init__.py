"""What the platform keeps, who is owed what, and where vendors are paid."""

from payouts.models.accounts import PayoutAccount as PayoutAccount
from payouts.models.accounts import PayoutAccountState as PayoutAccountState
from payouts.models.accounts import VendorPayout as VendorPayout
from payouts.models.accounts import VendorPayoutStatus as VendorPayoutStatus
from payouts.models.disputes import ANSWERABLE as ANSWERABLE
from payouts.models.disputes import CONTESTED as CONTESTED
from payouts.models.disputes import DISPUTE_MOVES as DISPUTE_MOVES
from payouts.models.disputes import ENDS as ENDS
from payouts.models.disputes import Dispute as Dispute
from payouts.models.disputes import DisputeEvidence as DisputeEvidence
from payouts.models.disputes import DisputeShare as DisputeShare
from payouts.models.disputes import DisputeStatus as DisputeStatus
from payouts.models.ledger import AccountKind as AccountKind
from payouts.models.ledger import Commission as Commission
from payouts.models.ledger import CommissionReversal as CommissionReversal
from payouts.models.ledger import LedgerAccount as LedgerAccount
from payouts.models.ledger import LedgerEntry as LedgerEntry
from payouts.models.ledger import LedgerTransaction as LedgerTransaction
from payouts.models.ledger import TransactionKind as TransactionKind
from payouts.models.reconciliation import Discrepancy as Discrepancy
from payouts.models.reconciliation import DiscrepancyKind as DiscrepancyKind
from payouts.models.reconciliation import DiscrepancyStatus as DiscrepancyStatus
from payouts.models.reconciliation import Reconciliation as Reconciliation
from payouts.models.reconciliation import ReconciliationOutcome as ReconciliationOutcome
