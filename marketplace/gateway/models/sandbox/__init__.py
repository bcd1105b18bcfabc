"""The books of the sandbox: a provider's own tables, which nobody reads but the sandbox.

They stand in our database and are another system's all the same: no foreign key leads in or out, and its
transactions are never ours. Amounts are minor units. Of a card the last four digits, the brand and the date
are kept.
"""

from marketplace.gateway.models.sandbox.accounts import ACCOUNT_MOVES as ACCOUNT_MOVES
from marketplace.gateway.models.sandbox.accounts import AccountPhase as AccountPhase
from marketplace.gateway.models.sandbox.accounts import LinkPurpose as LinkPurpose
from marketplace.gateway.models.sandbox.accounts import SandboxAccount as SandboxAccount
from marketplace.gateway.models.sandbox.accounts import SandboxLink as SandboxLink
from marketplace.gateway.models.sandbox.disputes import DISPUTE_MOVES as DISPUTE_MOVES
from marketplace.gateway.models.sandbox.disputes import DisputeState as DisputeState
from marketplace.gateway.models.sandbox.disputes import SandboxDispute as SandboxDispute
from marketplace.gateway.models.sandbox.events import SandboxEvent as SandboxEvent
from marketplace.gateway.models.sandbox.events import SandboxKey as SandboxKey
from marketplace.gateway.models.sandbox.events import SandboxNetwork as SandboxNetwork
from marketplace.gateway.models.sandbox.fraud import FraudType as FraudType
from marketplace.gateway.models.sandbox.fraud import SandboxFraudWarning as SandboxFraudWarning
from marketplace.gateway.models.sandbox.money import PAYOUT_MOVES as PAYOUT_MOVES
from marketplace.gateway.models.sandbox.money import Movement as Movement
from marketplace.gateway.models.sandbox.money import PayoutState as PayoutState
from marketplace.gateway.models.sandbox.money import SandboxBalanceTransaction as SandboxBalanceTransaction
from marketplace.gateway.models.sandbox.money import SandboxPayout as SandboxPayout
from marketplace.gateway.models.sandbox.money import SandboxReversal as SandboxReversal
from marketplace.gateway.models.sandbox.money import SandboxTransfer as SandboxTransfer
from marketplace.gateway.models.sandbox.objects import SandboxObject as SandboxObject
from marketplace.gateway.models.sandbox.payments import INTENT_MOVES as INTENT_MOVES
from marketplace.gateway.models.sandbox.payments import REFUND_MOVES as REFUND_MOVES
from marketplace.gateway.models.sandbox.payments import ChargeState as ChargeState
from marketplace.gateway.models.sandbox.payments import IntentState as IntentState
from marketplace.gateway.models.sandbox.payments import RefundState as RefundState
from marketplace.gateway.models.sandbox.payments import SandboxCharge as SandboxCharge
from marketplace.gateway.models.sandbox.payments import SandboxIntent as SandboxIntent
from marketplace.gateway.models.sandbox.payments import SandboxRefund as SandboxRefund
from marketplace.gateway.models.sandbox.platform import EventShape as EventShape
from marketplace.gateway.models.sandbox.platform import SandboxEndpoint as SandboxEndpoint
from marketplace.gateway.models.sandbox.platform import SandboxPlatform as SandboxPlatform
from marketplace.gateway.models.sandbox.wallets import SETUP_MOVES as SETUP_MOVES
from marketplace.gateway.models.sandbox.wallets import SandboxCard as SandboxCard
from marketplace.gateway.models.sandbox.wallets import SandboxCustomer as SandboxCustomer
from marketplace.gateway.models.sandbox.wallets import SandboxSetup as SandboxSetup
from marketplace.gateway.models.sandbox.wallets import SetupState as SetupState
