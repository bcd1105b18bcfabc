"""What follows from what: the whole graph of reactions between apps, on one page.

`now` runs inside the transaction of the event and can undo it; `later` is queued with it and runs as a job.
An event without a line here cannot be published.
"""

from analytics.operations import record_history as record_sales_history
from analytics.operations import record_refund, record_refund_failed, record_sale
from catalog import events as catalog
from catalog import jobs as catalog_jobs
from catalog.operations.index import reindex_vendor
from catalog.operations.vendors import refuse_other_currency
from checkout import events as checkout
from checkout import jobs as checkout_jobs
from checkout.operations.vendors import refuse_open_orders
from marketplace.accounts import events as accounts
from marketplace.accounts import jobs as account_jobs
from marketplace.community import events as community
from marketplace.community.operations.alerts import notice_restock
from marketplace.gateway import events as gateway
from marketplace.gateway import jobs as gateway_jobs
from marketplace.kernel.events import Subscriptions, on
from marketplace.outreach import events as outreach
from marketplace.outreach.jobs import accounts as account_mail
from marketplace.outreach.jobs import listings as listing_mail
from marketplace.outreach.jobs import orders as order_mail
from marketplace.outreach.jobs import products as product_mail
from marketplace.outreach.jobs import reviews as review_mail
from marketplace.outreach.jobs import sending
from marketplace.outreach.jobs import vendors as vendor_mail
from marketplace.outreach.operations.preferences import record_alerts_wanted
from payouts import events as payouts
from payouts import jobs as payout_jobs
from payouts.operations.holds import hold_new_vendor
from payouts.operations.refunds import post_refund, post_refund_failed
from payouts.operations.sales import post_history, post_sale, refuse_open_balance
from recommend.operations import record_past_purchases, record_purchases
from vendors import events as vendors

SUBSCRIPTIONS = Subscriptions(
    on(gateway.SandboxEventRecorded, later=[gateway_jobs.deliver_event]),
    on(accounts.UserSignedUp, later=[account_mail.mail_verification]),
    on(accounts.SignUpRepeated, later=[account_mail.mail_known_address]),
    on(accounts.VerificationRequested, later=[account_mail.mail_verification]),
    on(accounts.EmailVerified, later=[account_jobs.make_customer]),
    on(accounts.PasswordResetRequested, later=[account_mail.mail_password_reset]),
    on(accounts.PasswordReset, later=[account_mail.mail_password_changed]),
    on(accounts.PasswordChanged, later=[account_mail.mail_password_changed]),
    on(
        accounts.EmailChangeRequested,
        later=[account_mail.mail_email_change, account_mail.mail_email_change_requested],
    ),
    on(accounts.EmailChanged, later=[account_mail.mail_email_changed]),
    on(accounts.SecondFactorAdded, later=[account_mail.mail_factor_added]),
    on(accounts.SecondFactorRemoved, later=[account_mail.mail_factor_removed]),
    on(accounts.RecoveryCodesReset, later=[account_mail.mail_recovery_codes_reset]),
    on(accounts.DataExportRequested, later=[account_mail.make_data_export]),
    on(accounts.AccountDeleted, later=[account_mail.mail_account_deleted, account_jobs.forget_cards]),
    on(vendors.VendorApplied),
    on(vendors.VendorSubmitted, later=[vendor_mail.mail_submitted]),
    on(vendors.VendorApproved, now=[hold_new_vendor], later=[vendor_mail.mail_approved]),
    on(vendors.VendorRejected, later=[vendor_mail.mail_rejected]),
    on(vendors.VendorSuspended, later=[vendor_mail.mail_suspended]),
    on(vendors.VendorReinstated, later=[vendor_mail.mail_reinstated, payout_jobs.send_waiting]),
    on(
        vendors.VendorClosed,
        now=[refuse_open_orders, refuse_open_balance],
        later=[vendor_mail.mail_closed],
    ),
    on(vendors.DecisionAppealed),
    on(vendors.AppealAnswered, later=[vendor_mail.mail_appeal_answer]),
    on(vendors.VendorRenamed, now=[reindex_vendor]),
    on(vendors.VendorCurrencyChanged, now=[refuse_other_currency]),
    on(vendors.MemberInvited, later=[vendor_mail.mail_invitation]),
    on(vendors.MemberAdded),
    on(vendors.MemberRoleChanged),
    on(vendors.MemberRemoved),
    on(vendors.ApiKeyMade, later=[vendor_mail.mail_api_key]),
    on(catalog.ProductSubmitted),
    on(catalog.ProductPublished, later=[listing_mail.mail_listing_published]),
    on(catalog.ProductScheduled, later=[listing_mail.mail_listing_scheduled]),
    on(catalog.ProductRejected, later=[listing_mail.mail_listing_rejected]),
    on(catalog.ProductChangeProposed),
    on(catalog.ProductChangeApproved, later=[listing_mail.mail_change_approved]),
    on(catalog.ProductChangeDeclined, later=[listing_mail.mail_change_declined]),
    on(catalog.ProductArchived),
    on(catalog.StockAdjusted, now=[notice_restock]),
    on(catalog.PriceChanged, later=[product_mail.mail_price_drop]),
    on(catalog.ListingImportStarted, later=[catalog_jobs.run_import]),
    on(catalog.ListingImportEnded),
    on(checkout.OrderPlaced),
    on(
        checkout.OrderPaid,
        now=[post_sale, record_sale, record_purchases],
        later=[checkout_jobs.review_order, order_mail.mail_order_paid, payout_jobs.follow_order],
    ),
    on(checkout.OrderReleased, later=[checkout_jobs.stop_payments, order_mail.mail_order_expired]),
    on(checkout.PaymentNeedsBuyer, later=[order_mail.mail_payment_needed]),
    on(checkout.OrderReviewOpened),
    on(checkout.OrderReviewDecided, later=[payout_jobs.follow_review, checkout_jobs.deliver_released]),
    on(checkout.HistoryImported, now=[post_history, record_sales_history, record_past_purchases]),
    on(
        checkout.RefundRequested,
        now=[post_refund, record_refund],
        later=[checkout_jobs.send_refund, order_mail.mail_payment_late],
    ),
    on(checkout.RefundSucceeded, later=[order_mail.mail_refund_made, payout_jobs.follow_refund]),
    on(
        checkout.RefundFailed,
        now=[post_refund_failed, record_refund_failed],
        later=[order_mail.mail_refund_failed, payout_jobs.follow_refund],
    ),
    on(checkout.DigitalDelivered, later=[order_mail.mail_digital_delivered]),
    on(checkout.FulfillmentShipped, later=[order_mail.mail_parcel_shipped]),
    on(checkout.FulfillmentDelivered, later=[order_mail.mail_parcel_delivered]),
    on(checkout.VendorOrderCancelled, later=[order_mail.mail_cancelled]),
    on(checkout.ReturnRequested, later=[order_mail.mail_return_requested]),
    on(checkout.ReturnAnswered, later=[order_mail.mail_return_answered]),
    on(checkout.ReturnReceived, later=[order_mail.mail_return_received]),
    on(checkout.CaseOpened, later=[order_mail.mail_case_opened]),
    on(checkout.CaseAnswered, later=[order_mail.mail_case_answered]),
    on(checkout.OrderLinkRequested, later=[order_mail.mail_order_link]),
    on(payouts.StrayRefundRequested, later=[payout_jobs.send_stray_refund]),
    on(payouts.PayoutAccountHeld, later=[vendor_mail.mail_payout_account_held]),
    on(payouts.PayoutAccountActivated, later=[payout_jobs.send_waiting]),
    on(payouts.VendorAdjusted, later=[payout_jobs.send_waiting]),
    on(payouts.WorthChanged, later=[payout_jobs.follow_order]),
    on(payouts.PayoutBankChanged, later=[vendor_mail.mail_payout_bank_changed]),
    on(payouts.PayoutClaimed, later=[payout_jobs.send_payout]),
    on(payouts.PayoutReturned, later=[vendor_mail.mail_payout_returned]),
    on(payouts.DisputeOpened, later=[vendor_mail.mail_dispute_opened]),
    on(payouts.DisputeDue, later=[vendor_mail.mail_dispute_due]),
    on(payouts.DisputeClosed, later=[vendor_mail.mail_dispute_closed]),
    on(community.ReviewPublished, later=[review_mail.mail_review_published]),
    on(community.ReviewRejected, later=[review_mail.mail_review_rejected]),
    on(community.ReviewReported),
    on(community.ReviewReplied, later=[review_mail.mail_review_replied]),
    on(community.AlertsWanted, now=[record_alerts_wanted]),
    on(community.VariantRestocked, later=[product_mail.mail_restocked]),
    on(outreach.MailPosted, later=[sending.send_mail]),
)
