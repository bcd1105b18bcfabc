"""The addresses of the sandbox, under /sandbox/."""

from django.urls import path

from marketplace.gateway.sandbox import views

urlpatterns = [
    path("v1/intents/<str:ref>/confirm", views.confirm),
    path("3ds/<str:ref>", views.three_d_secure),
]
