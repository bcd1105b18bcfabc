"""The addresses of the pages."""

from django.urls import path

from marketplace.web import account, checkout, listings, mail, privacy, security, shop, statements

app_name = "web"

urlpatterns = [
    path("", shop.home, name="home"),
    path("products", shop.products, name="products"),
    path("products/<slug:slug>", shop.product, name="product"),
    path("products/<slug:slug>/add", shop.add, name="add"),
    path("cart", shop.cart, name="cart"),
    path("cart/line", shop.change, name="change"),
    path("cart/coupon", shop.coupon, name="coupon"),
    path("checkout", checkout.checkout, name="checkout"),
    path("checkout/contact", checkout.contact, name="contact"),
    path("checkout/addresses", checkout.addresses, name="addresses"),
    path("checkout/shipping", checkout.shipping, name="shipping"),
    path("checkout/order", checkout.order, name="place"),
    path("orders/<slug:number>", checkout.receipt, name="order"),
    path("orders/<slug:number>/payment", checkout.payment, name="payment"),
    path("orders/<slug:number>/return", checkout.come_back, name="return"),
    path("account/sign-in", account.sign_in, name="sign_in"),
    path("account/sign-up", account.sign_up, name="sign_up"),
    path("account/sign-out", account.sign_out, name="sign_out"),
    path("account/verify", account.verify, name="verify"),
    path("account/invitation", account.invitation, name="invitation"),
    path("account/reset", account.reset, name="reset"),
    path("account", security.account, name="account"),
    path("account/second-step", security.second_step, name="second_step"),
    path("account/second-factor", security.second_factor, name="second_factor"),
    path("account/second-factor/remove", security.remove_factor, name="remove_factor"),
    path("account/recovery-codes", security.recovery_codes, name="recovery_codes"),
    path("account/confirm", security.confirm, name="confirm"),
    path("account/password", security.change_password, name="change_password"),
    path("account/email", security.change_email, name="change_email"),
    path("account/data", privacy.data, name="data"),
    path("account/data/export", privacy.request_export, name="request_export"),
    path("account/data/file", privacy.download, name="download"),
    path("account/data/delete", privacy.delete, name="delete_account"),
    path("account/sessions", security.end_sessions, name="end_sessions"),
    path("account/vendors/<slug:vendor>/listings.<slug:ending>", listings.all_listings, name="all_listings"),
    path(
        "account/vendors/<slug:vendor>/imports/<int:number>.<slug:ending>",
        listings.refused_rows,
        name="refused_rows",
    ),
    path("account/vendors/<slug:vendor>/<slug:name>.<slug:ending>", statements.statement, name="statement"),
    path("account/mail", mail.preferences, name="mail"),
    path("mail/unsubscribe", mail.unsubscribe, name="unsubscribe"),
]
