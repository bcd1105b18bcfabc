"""What granian serves beside the marketplace, to compare."""

from django.core.wsgi import get_wsgi_application

from marketplace import env

env.export("DJANGO_SETTINGS_MODULE", "bench.bare.settings")
application = get_wsgi_application()
