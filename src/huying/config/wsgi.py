"""The pages and REST, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from huying.config import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
application = get_wsgi_application()
if proxies := environment.text("HUYING_PROXIES"):  # only these may say on whose behalf they ask (X-Forwarded-For)
    application = wrap_wsgi_with_proxy_headers(application, proxies)
