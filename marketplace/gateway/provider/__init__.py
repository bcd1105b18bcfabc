"""The port to whoever moves money: what we ask of a payment provider, in our own nouns.

Implementations stand under the setting PAYMENT_PROVIDERS (registry.py); no type of a provider leaves its
adapter. Every write takes a key: the same key and parameters have one effect, however often they are sent, so
a crash or a lost answer is followed by the same call again, and gets the answer the first one had. A provider
is another system: it is never called inside a transaction of ours, which could not take back what it did.
"""

from typing import Protocol

from marketplace.gateway.provider.accounts import AccountState as AccountState
from marketplace.gateway.provider.accounts import PayoutStatus as PayoutStatus
from marketplace.gateway.provider.accounts import ProviderAccount as ProviderAccount
from marketplace.gateway.provider.accounts import ProviderBalance as ProviderBalance
from marketplace.gateway.provider.accounts import ProviderPayout as ProviderPayout
from marketplace.gateway.provider.accounts import ProviderReversal as ProviderReversal
from marketplace.gateway.provider.accounts import ProviderTransfer as ProviderTransfer
from marketplace.gateway.provider.accounts import VendorAccounts as VendorAccounts
from marketplace.gateway.provider.disputes import Disputes as Disputes
from marketplace.gateway.provider.disputes import DisputeStatus as DisputeStatus
from marketplace.gateway.provider.disputes import Evidence as Evidence
from marketplace.gateway.provider.disputes import ProviderDispute as ProviderDispute
from marketplace.gateway.provider.events import Events as Events
from marketplace.gateway.provider.events import GatewayEvent as GatewayEvent
from marketplace.gateway.provider.faults import Misconfigured as Misconfigured
from marketplace.gateway.provider.faults import ProviderError as ProviderError
from marketplace.gateway.provider.faults import ProviderRefused as ProviderRefused
from marketplace.gateway.provider.faults import ProviderUnavailable as ProviderUnavailable
from marketplace.gateway.provider.faults import UntrustedEvent as UntrustedEvent
from marketplace.gateway.provider.fraud import FraudWarning as FraudWarning
from marketplace.gateway.provider.fraud import FraudWarnings as FraudWarnings
from marketplace.gateway.provider.payments import Intent as Intent
from marketplace.gateway.provider.payments import IntentStatus as IntentStatus
from marketplace.gateway.provider.payments import Payments as Payments
from marketplace.gateway.provider.payments import ProviderRefund as ProviderRefund
from marketplace.gateway.provider.payments import RefundStatus as RefundStatus
from marketplace.gateway.provider.wallets import Customer as Customer
from marketplace.gateway.provider.wallets import SavedCard as SavedCard
from marketplace.gateway.provider.wallets import Setup as Setup
from marketplace.gateway.provider.wallets import SetupStatus as SetupStatus
from marketplace.gateway.provider.wallets import Wallets as Wallets


class PaymentProvider(Payments, Wallets, VendorAccounts, Disputes, FraudWarnings, Events, Protocol):
    """What every provider does.

    Keys end in a version (`pi:{uuid}:v{n}`). Every call may raise ProviderUnavailable, Misconfigured, and
    RuntimeError in a transaction; a write raises ProviderRefused where it is not done, also for a key that
    came with other parameters, and a read for what does not exist.
    """

    name: str
    is_live: bool
    browser_key: str  # what the provider's script in the buyer's browser is started with; it may be empty
