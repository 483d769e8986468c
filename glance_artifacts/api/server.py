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

"""What there is to know of the server that we run in."""

from __future__ import annotations

try:
    import uwsgi
except ImportError:  # another one
    uwsgi = None


def threads() -> int | None:
    """Threads of each process; None when the server does not tell."""
    if uwsgi is None or 'gevent' in uwsgi.opt or 'async' in uwsgi.opt:
        return None
    said = uwsgi.opt.get('threads', 1)
    if isinstance(said, list):
        said = said[-1]
    return int(said)
