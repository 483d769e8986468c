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

"""A development server: a real glance-api with artifacts, set up from nothing.

Run it by ``./toxw -e serve -- OPTIONS``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
import os
import pathlib
import signal
import sys
import time
from types import FrameType

from glance_artifacts.dev import checks
from glance_artifacts.dev import server
from glance_artifacts.dev import standalone

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Seconds until a stop that went nowhere is tried again.
_AGAIN = 0.2

_EPILOG = """\
Identity (flavor development): a request without a token comes from user demo
in project demo with the roles member and reader; any other identity is chosen
with the header  X-Auth-Token: USER:PROJECT:ROLE[,ROLE...]
openstacksdk and glanceclient take the endpoint without its /v2.

There are two pools, general and second, each on a file store of its own. All
types go to general; a draft asks for the other with  "pool": "second".

With --standalone, artifacts are served by two services. Each may end alone:
what is left goes on, and the end is told.

The configuration lies in DIR/etc, logs in DIR/log. Files that exist are kept:
a later start changes only what its options name.
"""


class Stopped(BaseException):
    """A signal asked for the end; not an error."""


def default_state() -> pathlib.Path:
    """Return the state directory used unless another is named."""
    cache = os.environ.get('XDG_CACHE_HOME') or '~/.cache'
    return pathlib.Path(cache).expanduser() / 'glance-artifacts'


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError('must be at least 1')
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='serve', description=__doc__.splitlines()[0], epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--port', type=_positive, metavar='N',
        help=f'port on {checks.HOST} (default: {server.DEFAULT_PORT})')
    parser.add_argument(
        '--state', type=pathlib.Path, metavar='DIR', default=default_state(),
        help='where everything is kept; may be used again'
             ' (default: %(default)s)')
    parser.add_argument(
        '--database-url', metavar='URL',
        help='SQLAlchemy URL (default: SQLite in DIR)')
    parser.add_argument(
        '--processes', type=_positive, metavar='N', default=2,
        help='uWSGI processes (default: %(default)s)')
    parser.add_argument(
        '--threads', type=_positive, metavar='N', default=8,
        help='threads of each process (default: %(default)s)')
    parser.add_argument(
        '--flavor', metavar='NAME',
        help='pipeline of the paste file, for example keystone'
             ' (default: development)')
    parser.add_argument(
        '--standalone', action='store_true',
        help='run the standalone artifact service as well, on the same'
             ' database and stores')
    parser.add_argument(
        '--artifacts-port', type=_positive, metavar='N',
        default=standalone.DEFAULT_PORT,
        help='its port (default: %(default)s)')
    return parser


def _stop_on_signals() -> None:
    def again(number: int, frame: FrameType | None) -> None:
        raise Stopped

    def stop(number: int, frame: FrameType | None) -> None:
        _ignore_signals()  # once is enough: stopping must not be cut short
        # Python swallows what is raised in what it runs around a fork
        signal.signal(signal.SIGALRM, again)
        signal.setitimer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
        raise Stopped

    def swallowed(lost: sys.UnraisableHookArgs) -> None:
        if not isinstance(lost.exc_value, Stopped):
            sys.__unraisablehook__(lost)

    sys.unraisablehook = swallowed
    for number in _STOP_SIGNALS:
        signal.signal(number, stop)


def _ignore_signals() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _say(text: str) -> None:
    print(text, flush=True)


def _announce(url: str) -> None:
    # another version each time: the state may hold the one of last time
    body = json.dumps({'name': 'hello', 'version': f'0.0.{int(time.time())}'})
    _say(f'ready: {url}')
    _say(f'curl -X POST {url}/artifacts/generic'
         f" -H 'Content-Type: application/json' -d '{body}'")
    _say(f'curl {url}/artifacts/generic')


def _run(glance: server.Server,
         beside: standalone.Standalone | None) -> None:
    if beside:
        checks.port(beside.port)
    glance.prepare()
    running = [glance]
    if beside:
        beside.configure()
        running.append(beside)
    for one in running:
        one.start()
    for one in running:
        one.wait_ready()
    glance.start_worker()
    _announce(glance.url)
    if beside:
        _say(f'ready: {beside.url}')
    raise checks.SetupError(
        glance.wait(*(one.uwsgi for one in running[1:])).last_words())


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until a signal comes; return the exit status."""
    args = vars(_parser().parse_args(argv))
    port = args.pop('artifacts_port')
    beside = None
    if args.pop('standalone'):
        beside = standalone.Standalone(
            args['state'], port=port, processes=args['processes'],
            threads=args['threads'], flavor=args['flavor'], beside=True,
            report=_say)
    glance = server.Server(report=_say, pools=True, **args)
    try:
        _stop_on_signals()
        _run(glance, beside)
    except checks.SetupError as error:
        print(f'serve: {error}', file=sys.stderr)
        return 1
    except Stopped:
        _ignore_signals()
        _say('stopping')
        return 0
    finally:
        _ignore_signals()
        if beside:
            beside.stop()
        glance.stop()
    return 0


if __name__ == '__main__':
    sys.exit(main())
