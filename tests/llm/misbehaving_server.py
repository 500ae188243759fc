"""A real HTTP server on this machine that answers as scripted, however badly."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class MisbehavingServer:
    """Answers the n-th chat request with the n-th script; the last one stays. A script writes to the handler."""

    def __init__(self):
        self.scripts = []
        self.requests = []  # parsed bodies
        self.headers = []  # names in lower case
        self.done = threading.Event()  # set at the end, for those that stall
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.requests.append(json.loads(body))
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                self._play(outer.scripts[min(len(outer.requests), len(outer.scripts)) - 1])

            def do_GET(self):
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                self._play(outer.models)

            def _play(self, script):
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    script(self)
                self.close_connection = True

            def log_message(self, *args):
                pass

        self.models = reply_json({"data": [{"id": "nomic-embed-text"}, {"id": "little-model"}]})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.done = self.done
        self._http.handle_error = lambda *args: None
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def plays(self, *scripts):
        self.scripts = list(scripts)
        return self

    def close(self):
        self.done.set()
        self._http.shutdown()
        self._http.server_close()


def send(handler, status, body, headers=None):
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def reply_json(value, status=200, headers=None):
    return lambda handler: send(
        handler, status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})}
    )


def reply(content, *, finish="stop", **message):
    """A chat completion whose message has this content."""
    return reply_json(
        {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "little-model",
            "choices": [
                {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
            ],
            "usage": {"prompt_tokens": 700, "completion_tokens": 150, "total_tokens": 850},
        }
    )


def fault(status, message="", headers=None, **more):
    return reply_json({"error": {"message": message, **more}}, status, headers)


def raw(body, status=200, headers=None):
    return lambda handler: send(handler, status, body, headers or {"Content-Type": "application/json"})
