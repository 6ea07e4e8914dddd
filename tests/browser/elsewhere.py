"""Another website on this machine, whose page holds a form that posts a choice to the shop."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.integration.running_demo import RunningDemo

PAGE = """<!doctype html><html lang="en"><title>Elsewhere</title><form method="post" action="{shop}/consent/choice">
<input type="hidden" name="choice" value="{choice}"><input type="hidden" name="notice" value="{notice}">
<button>Win a ring</button></form></html>"""


def foreign_form(demo: RunningDemo, choice: str, notice: str) -> str:
    """Write a page whose only button posts a choice to the shop."""
    return PAGE.format(shop=demo.address, choice=choice, notice=notice)


class Elsewhere:
    """Another website on this machine; its page holds a form that posts a choice to the shop."""

    def __init__(self) -> None:
        self.body = b""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(site.body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://elsewhere.localhost:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
