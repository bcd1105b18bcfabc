"""What the pages load: pictures. How the pages are made stands in pages.py."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.static import serve

A_YEAR = 31_536_000


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """An uploaded picture, where SERVE_MEDIA asks for it; elsewhere a web server or object storage answers.

    Nothing is ever stored twice under one name, so browsers may keep it.
    """
    if not settings.SERVE_MEDIA:
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    return response
