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

"""Keystone's unified limits, by way of oslo.limit.

``enforce`` of oslo.limit looks and then leaps; here it only reads, and the
counters in ``db.usage`` decide.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from oslo_log import log as logging

from glance_artifacts import exceptions
from glance_artifacts.quota import limits
from glance_artifacts.quota import names

LOG = logging.getLogger(__name__)
#: For how long what Keystone said is believed.
SECONDS = 30.0
#: Projects that are remembered at most.
_MOST = 10000


class Keystone(limits.Source):
    """Limits of each project: its own, else those that are registered."""

    def __init__(self) -> None:
        self._enforcer: Any = None
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, limits.ProjectLimits]] = {}

    def of(self, project: str) -> limits.ProjectLimits:
        now = time.monotonic()
        said, known = self._known.get(project, (None, None))
        if known is not None and now - said < SECONDS:
            return known
        # not under the lock: one slow answer must not hold up the others
        known = self._ask(project)
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[project] = now, known
        return known

    def _ask(self, project: str) -> limits.ProjectLimits:
        try:
            enforcer = self._connected()
            found = dict(enforcer.get_registered_limits(None))
            found.update(enforcer.get_project_limits(project, None))
        except NotImplementedError as exc:
            raise self._unavailable(
                'Keystone has another model than "flat"') from exc
        except Exception as exc:
            # whatever keystoneauth1, openstacksdk and oslo.limit raise
            raise self._unavailable('%s: %s' % (
                type(exc).__name__, ' '.join(str(exc).split()))) from exc
        return names.from_keystone(found)

    def _connected(self):
        if self._enforcer is None:
            # late: it loads openstacksdk, and takes its options from the
            # global configuration, which is glance-api's by now
            from oslo_limit import limit
            # its own cache never forgets
            self._enforcer = limit.Enforcer(lambda *_: {}, cache=False)
        return self._enforcer

    @staticmethod
    def _unavailable(reason: str) -> exceptions.Unavailable:
        LOG.error('Limits cannot be read from Keystone: %s', reason)
        return exceptions.Unavailable('Limits cannot be read now.',
                                      code='quota.unavailable')
