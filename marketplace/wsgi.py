"""The WSGI entry point that granian serves."""

from django.core.wsgi import get_wsgi_application

from marketplace import env

env.export("DJANGO_SETTINGS_MODULE", "marketplace.settings")
application = get_wsgi_application()
