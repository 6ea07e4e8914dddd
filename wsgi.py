"""The WSGI application, configured by the environment."""

import os

from consent_service.app import create_app
from consent_service.settings import Settings

application = create_app(Settings.from_environ(os.environ))
