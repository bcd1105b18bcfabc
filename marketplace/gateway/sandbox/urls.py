"""The addresses of the sandbox, under /sandbox/."""

from django.urls import path

from marketplace.gateway.sandbox import views

app_name = "sandbox"

urlpatterns = [
    path("v1/intents/<slug:ref>/confirm", views.confirm, name="confirm"),
    path("3ds/<slug:ref>", views.three_d_secure),
]
