"""What the gateway keeps: the events it received, and the books of the sandbox."""

from marketplace.gateway.models.inbox import WebhookEvent as WebhookEvent
from marketplace.gateway.models.inbox import WebhookOutcome as WebhookOutcome
from marketplace.gateway.models.sandbox import SandboxAccount as SandboxAccount
from marketplace.gateway.models.sandbox import SandboxBalanceTransaction as SandboxBalanceTransaction
from marketplace.gateway.models.sandbox import SandboxCard as SandboxCard
from marketplace.gateway.models.sandbox import SandboxCharge as SandboxCharge
from marketplace.gateway.models.sandbox import SandboxCustomer as SandboxCustomer
from marketplace.gateway.models.sandbox import SandboxDispute as SandboxDispute
from marketplace.gateway.models.sandbox import SandboxEndpoint as SandboxEndpoint
from marketplace.gateway.models.sandbox import SandboxEvent as SandboxEvent
from marketplace.gateway.models.sandbox import SandboxFraudWarning as SandboxFraudWarning
from marketplace.gateway.models.sandbox import SandboxIntent as SandboxIntent
from marketplace.gateway.models.sandbox import SandboxKey as SandboxKey
from marketplace.gateway.models.sandbox import SandboxLink as SandboxLink
from marketplace.gateway.models.sandbox import SandboxNetwork as SandboxNetwork
from marketplace.gateway.models.sandbox import SandboxPayout as SandboxPayout
from marketplace.gateway.models.sandbox import SandboxPlatform as SandboxPlatform
from marketplace.gateway.models.sandbox import SandboxRefund as SandboxRefund
from marketplace.gateway.models.sandbox import SandboxReversal as SandboxReversal
from marketplace.gateway.models.sandbox import SandboxSetup as SandboxSetup
from marketplace.gateway.models.sandbox import SandboxTransfer as SandboxTransfer
