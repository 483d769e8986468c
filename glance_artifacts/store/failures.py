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

"""What drivers of stores raise, as an answer and a line in the log."""

from __future__ import annotations

from glance_store import exceptions as store_exc
from oslo_log import log as logging

from glance_artifacts import exceptions
from glance_artifacts.store import redaction

LOG = logging.getLogger(__name__)


def unavailable(backend: str, exc: Exception) -> exceptions.Unavailable:
    """What to say of a store that failed, after a line in the log."""
    # the type alone: messages of drivers hold locations
    redaction.say(LOG.error, 'Store %s failed: %s', backend,
                  type(exc).__name__)
    if isinstance(exc, store_exc.StorageFull):
        return exceptions.Unavailable('The store is full.',
                                      code='store.full')
    if isinstance(exc, store_exc.NotFound):
        return exceptions.Unavailable('The bytes cannot be found now.',
                                      code='store.object_missing')
    return exceptions.Unavailable('The store does not answer now.')
