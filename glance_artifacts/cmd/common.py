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

"""What every command has in common: how it fails, and what it hides."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import logging
import sys
import warnings

from glance_artifacts.store import pools


class CommandError(Exception):
    """A command cannot do what it was told; the text is one line."""

    def __init__(self, text: str) -> None:
        super().__init__(' '.join(text.split()))


def confirmed(question: str, answer: str) -> bool:
    """Whether somebody at a terminal answers so."""
    if not sys.stdin.isatty():
        print('Not a terminal: confirm with --yes.', file=sys.stderr)
        return False
    try:
        return input(question).strip() == answer
    except EOFError:
        return False


def pool(found: pools.Pools, name: str) -> pools.Pool:
    """The pool that a command line names.

    :raises CommandError: when there is none
    """
    if name not in found:
        raise CommandError('There is no pool "%s"; there are: %s.' % (
            name, ', '.join(one.name for one in found)))
    return found.get(name)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what libraries log and warn from between our own lines."""
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            yield
    finally:
        logging.getLogger().removeHandler(handler)
