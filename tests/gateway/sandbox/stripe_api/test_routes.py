"""Every operation is one of Stripe's, and takes no parameter that Stripe does not know."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from stripe import params

from marketplace.gateway.sandbox.stripe_api import routes
from marketplace.gateway.sandbox.stripe_api.asked import Operation
from marketplace.gateway.sandbox.stripe_api.faults import Fault

# What Stripe's library calls the parameters of an operation.
PARAMETERS: Final[Mapping[str, Any]] = {
    "POST payment_intents": params.PaymentIntentCreateParams,
    "GET payment_intents": params.PaymentIntentListParams,
    "GET payment_intents/*": params.PaymentIntentRetrieveParams,
    "POST payment_intents/*": params.PaymentIntentUpdateParams,
    "POST payment_intents/*/confirm": params.PaymentIntentConfirmParams,
    "POST payment_intents/*/cancel": params.PaymentIntentCancelParams,
    "GET charges": params.ChargeListParams,
    "GET charges/*": params.ChargeRetrieveParams,
    "POST customers": params.CustomerCreateParams,
    "GET customers/*": params.CustomerRetrieveParams,
    "POST customers/*": params.CustomerUpdateParams,
    "DELETE customers/*": params.CustomerDeleteParams,
    "GET customers/*/payment_methods": params.CustomerPaymentMethodListParams,
    "GET payment_methods/*": params.PaymentMethodRetrieveParams,
    "POST payment_methods/*/attach": params.PaymentMethodAttachParams,
    "POST payment_methods/*/detach": params.PaymentMethodDetachParams,
    "POST setup_intents": params.SetupIntentCreateParams,
    "GET setup_intents/*": params.SetupIntentRetrieveParams,
    "POST setup_intents/*/confirm": params.SetupIntentConfirmParams,
    "POST setup_intents/*/cancel": params.SetupIntentCancelParams,
    "POST refunds": params.RefundCreateParams,
    "GET refunds": params.RefundListParams,
    "GET refunds/*": params.RefundRetrieveParams,
    "GET disputes": params.DisputeListParams,
    "GET disputes/*": params.DisputeRetrieveParams,
    "GET radar/early_fraud_warnings": params.radar.EarlyFraudWarningListParams,
    "GET radar/early_fraud_warnings/*": params.radar.EarlyFraudWarningRetrieveParams,
    "POST disputes/*": params.DisputeUpdateParams,
    "POST disputes/*/close": params.DisputeCloseParams,
    "GET accounts": params.AccountListParams,
    "GET accounts/*": params.AccountRetrieveParams,
    "POST accounts": params.AccountCreateParams,
    "POST accounts/*": params.AccountUpdateParams,
    "POST accounts/*/login_links": params.AccountCreateLoginLinkParams,
    "POST accounts/*/reject": params.AccountRejectParams,
    "POST account_links": params.AccountLinkCreateParams,
    "GET transfers": params.TransferListParams,
    "GET transfers/*": params.TransferRetrieveParams,
    "POST transfers": params.TransferCreateParams,
    "GET transfers/*/reversals": params.TransferListReversalsParams,
    "POST transfers/*/reversals": params.TransferCreateReversalParams,
    "GET balance": params.BalanceRetrieveParams,
    "GET balance_transactions": params.BalanceTransactionListParams,
    "GET balance_transactions/*": params.BalanceTransactionRetrieveParams,
    "GET payouts": params.PayoutListParams,
    "GET payouts/*": params.PayoutRetrieveParams,
    "POST payouts": params.PayoutCreateParams,
    "GET events": params.EventListParams,
    "GET events/*": params.EventRetrieveParams,
}
# What Stripe's script sends from a browser, and the library of a server does not.
OF_BROWSERS: Final = frozenset({"client_secret"})


@pytest.mark.parametrize("operation", routes.OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
def test_every_parameter_is_one_of_stripes(operation: Operation) -> None:
    known = set(PARAMETERS[f"{operation.method} {operation.path}"].__annotations__)
    assert set(operation.fields) - known - (OF_BROWSERS if operation.is_for_browsers else set()) == set()
    assert set(operation.required) <= set(operation.fields)


def test_an_address_is_found_with_its_references_or_refused() -> None:
    operation, refs = routes.find("POST", "payment_intents/pi_1/cancel")
    assert (operation.path, refs, routes.thing_of(operation)) == (
        "payment_intents/*/cancel",
        ["pi_1"],
        "payment_intent",
    )
    for method, path in (
        ("DELETE", "payment_intents/pi_1"),
        ("GET", "payment_intents/"),
        ("GET", ""),
        ("GET", "prices"),
    ):
        with pytest.raises(Fault, match="Unrecognized request URL"):
            routes.find(method, path)
