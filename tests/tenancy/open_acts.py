"""The matrix's mutations that name nothing of anybody's."""

from collections.abc import Mapping
from typing import Final

# Mutations that take nothing of anybody's: why.
OPEN_ACTS: Final[Mapping[str, str]] = {
    "signUp": "makes an account",
    "verifyEmail": "by the key that was mailed",
    "logIn": "by a password",
    "logOut": "ends one's own session",
    "requestPasswordReset": "answers everybody alike",
    "resetPassword": "by the key that was mailed",
    "confirmSignIn": "by a password",
    "changePassword": "of one's own account",
    "changeEmail": "of one's own account",
    "startSecondFactor": "of one's own account",
    "addSecondFactor": "of one's own account",
    "startCard": "of one's own account; what it opens is tried above",
    "confirmSecondFactor": "of one's own account, while signing in",
    "removeSecondFactor": "after a recent sign-in; tests/accounts tries the factor of somebody else",
    "requestPasskeyChallenge": "of one's own account",
    "resetRecoveryCodes": "of one's own account",
    "requestDataExport": "of one's own account",
    "deleteAccount": "one's own, by its password",
    "acceptInvitation": "by the key that was mailed",
    "inviteVendor": "the platform makes a vendor; nothing is named",
    "savePlatformPromotion": "the platform's own; nothing of a vendor's is named",
    "applyCoupon": "on the cart of one's own session; tests/checkout tries the codes of others",
    "removeCoupon": "on the cart of one's own session",
    "savePlatformTerms": "the platform's own words; nothing is named",
    "recordTaxRemittance": "the platform's own; nothing of a vendor's is named",
    "applyAsVendor": "makes a vendor of one's own",
    "addToCart": "takes what is for sale, see test_reading for what is not",
    "setCheckoutContact": "on the cart of one's own session",
    "setCheckoutAddresses": "on the cart of one's own session; the entry of an address book is tried below",
    "placeOrder": "on the cart of one's own session",
    "saveMailPreferences": "of one's own account",
    "requestOrderLink": "answers everybody alike",
    "voteReview": "on what everybody reads; tests/api/reviews tries what is not shown",
    "reportReview": "on what everybody reads; tests/api/reviews tries what is not shown",
    "subscribeToProduct": "of one's own account, to what is for sale",
    "unsubscribe": "by the token of a mailed link",
}
