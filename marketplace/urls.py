"""Root: every address the web server answers."""

from django.contrib import admin
from django.urls import include, path

from marketplace import health, webhooks
from marketplace.api.http import endpoint
from marketplace.schema import schema
from marketplace.web import views

urlpatterns = [
    path("", include("marketplace.web.urls")),
    path("graphql/", endpoint(schema)),
    path("admin/", admin.site.urls),
    path("webhooks/<slug:provider>", webhooks.webhook),
    path("webhooks/<slug:provider>/connect", webhooks.connect_webhook),
    path("sandbox/", include("marketplace.gateway.sandbox.urls")),
    path("metrics", health.metrics),
    path("media/<path:path>", views.media),
]
