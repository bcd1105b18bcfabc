"""The ASGI entry point, for servers that want one; granian serves WSGI (ARCHITECTURE.md says why)."""

from django.core.asgi import get_asgi_application

from marketplace import env

env.export("DJANGO_SETTINGS_MODULE", "marketplace.settings")
application = get_asgi_application()
