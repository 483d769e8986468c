# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Notes what code of ours a request enters; imported by glance-api.

Only requests with a header ``X-Trace`` are looked at. What was found goes to
a file, as the last code may run after the answer's headers are sent: one line
for each request, with the header's value and a list of functions.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
import json
import os
import pathlib
import sys
import threading
from types import FrameType
from typing import Any

import glance.wsgi.api

import glance_artifacts

FILE = 'traced.json'
_ROOT = str(pathlib.Path(glance_artifacts.__file__).parent) + os.sep
#: The filter that stands where Keystone's would, and what looks.
_OTHERS = (os.path.join(_ROOT, 'dev', ''), __file__)
_lock = threading.Lock()


class Tracer:
    """A WSGI application around another.

    :param found: where lines are added
    """

    def __init__(self, app: Callable, found: pathlib.Path) -> None:
        self._app = app
        self._found = found

    def __call__(self, environ: dict[str, Any],
                 start_response: Callable) -> Iterable[bytes]:
        mark = environ.get('HTTP_X_TRACE')
        if mark is None:
            return self._app(environ, start_response)
        return self._traced(mark, environ, start_response)

    def _traced(self, mark: str, environ: dict[str, Any],
                start_response: Callable) -> Iterable[bytes]:
        entered: set[str] = set()

        def note(frame: FrameType, event: str, arg: Any) -> None:
            code = frame.f_code
            if event == 'call' and is_ours(code.co_filename):
                entered.add('%s:%s' % (code.co_filename, code.co_qualname))

        threading.setprofile(note)
        sys.setprofile(note)
        try:
            body = self._app(environ, start_response)
            try:
                yield from body
            finally:
                getattr(body, 'close', int)()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            self._write(mark, sorted(entered))

    def _write(self, mark: str, entered: list[str]) -> None:
        with _lock, open(self._found, 'a') as found:
            found.write(json.dumps([mark, entered]) + '\n')


def is_ours(filename: str) -> bool:
    """Whether code in a file is of the package, tests and all."""
    return filename.startswith(_ROOT) and not filename.startswith(_OTHERS)


glance.wsgi.api.application = Tracer(
    glance.wsgi.api.application,
    pathlib.Path(os.environ['OS_GLANCE_CONFIG_DIR'], FILE))
