"""The ASGI entry point, for servers that want one; granian serves WSGI (ARCHITECTURE.md says why)."""

from django.core.asgi import get_asgi_application

from marketplace import env
from marketplace.gateway import registry

env.export("DJANGO_SETTINGS_MODULE", "marketplace.settings")
application = get_asgi_application()
# Play money in earnest would be found out too late, so a server that would take it does not start.
registry.default()
