"""The WSGI entry point that granian serves."""

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from marketplace import env
from marketplace.gateway import registry

env.export("DJANGO_SETTINGS_MODULE", "marketplace.settings")
application = get_wsgi_application()
# Play money in earnest would be found out too late, so a server that would take it does not start.
registry.default()
# It knows models, which are there only now.
import_string("marketplace.tallying.write_by_itself")()
