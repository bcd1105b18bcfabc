"""What the gateway keeps: the events it received, and the books of the sandbox."""

from marketplace.gateway.models.inbox import WebhookEvent as WebhookEvent
from marketplace.gateway.models.inbox import WebhookOutcome as WebhookOutcome
from marketplace.gateway.models.sandbox import SandboxCard as SandboxCard
from marketplace.gateway.models.sandbox import SandboxCharge as SandboxCharge
from marketplace.gateway.models.sandbox import SandboxCustomer as SandboxCustomer
from marketplace.gateway.models.sandbox import SandboxEvent as SandboxEvent
from marketplace.gateway.models.sandbox import SandboxIntent as SandboxIntent
from marketplace.gateway.models.sandbox import SandboxKey as SandboxKey
from marketplace.gateway.models.sandbox import SandboxNetwork as SandboxNetwork
from marketplace.gateway.models.sandbox import SandboxRefund as SandboxRefund
from marketplace.gateway.models.sandbox import SandboxSetup as SandboxSetup
