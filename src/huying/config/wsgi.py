"""The pages and REST, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from huying.config.launch import servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # set by `huying web`: we are one of its worker processes
    servers.worker_process_starts()
application = get_wsgi_application()
