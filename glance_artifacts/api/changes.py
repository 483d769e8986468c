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

"""Changing an artifact that others change, too."""

from __future__ import annotations

from collections.abc import Callable
import functools
from typing import Any
from typing import TypeVar

import tenacity

from glance_artifacts.api import request
from glance_artifacts.db import records
from glance_artifacts.repository import base
from glance_artifacts.repository import conditions
from glance_artifacts.repository import type_versions

Answer = TypeVar('Answer')
Handler = Callable[[request.Request], Any]
_ATTEMPTS = 5


@tenacity.retry(retry=tenacity.retry_if_exception_type(base.Stale),
                stop=tenacity.stop_after_attempt(_ATTEMPTS),
                wait=tenacity.wait_random_exponential(0.05, max=0.5),
                reraise=True)
def apply(req: request.Request,
          change: Callable[[records.Artifact], Answer], *,
          without_plugin: bool = False) -> Answer:
    """Read the artifact, authorize, change it; again if it was overtaken.

    With ``If-Match`` nothing is done again: the revision named is gone.

    :param without_plugin: also where nobody knows the type any more
    :raises Stale: when others were faster five times
    :raises RevisionMismatch: when ``If-Match`` does not hold
    """
    artifact = req.record(as_kept=without_plugin)
    req.authorize(artifact)
    req.check_if_match(artifact)
    if not without_plugin:
        type_versions.check_offered(req.class_of(artifact))
    return change(artifact)


def follow(handler: Handler) -> Handler:
    """Have a handler begin anew when its artifact came to another pool.

    Whoever serves that pool, and how many transfers it may have, is asked
    again then; of the body nothing has been read.
    """
    @functools.wraps(handler)
    def run(req: request.Request) -> Any:
        while True:
            try:
                return handler(req)
            except conditions.Moved:
                continue

    return run
