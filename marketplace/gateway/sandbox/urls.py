"""The addresses of the sandbox, under /sandbox/."""

from django.urls import path

from marketplace.gateway.sandbox import vendor_views, views
from marketplace.gateway.sandbox.stripe_api.views import api

app_name = "sandbox"

urlpatterns = [
    path("v1/intents/<slug:ref>/confirm", views.confirm, name="confirm"),
    path("stripe/v1/<path:path>", api),
    path("v1/setups/<slug:ref>/confirm", views.confirm, name="confirm_setup"),
    path("onboarding/<slug:ref>", vendor_views.onboarding),
    path("dashboard/<slug:ref>", vendor_views.dashboard),
    path("3ds/<slug:ref>", views.three_d_secure),
]
