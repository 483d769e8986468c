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

"""What was found out about one kind of database."""

from __future__ import annotations

import dataclasses

from bench.metadata import inside
from bench.metadata import load
from bench.metadata import measure


@dataclasses.dataclass
class Result:
    """All that one run has measured on one kind of database.

    :ivar facts: what the server says about itself
    :ivar sizes: how many artifacts there were, lowest first
    :ivar filled: seconds to fill, by size; those that were there are not
    :ivar times: through HTTP
    :ivar seen: at the repository, with the most artifacts
    :ivar creates: of several clients at once, slice by slice
    :ivar images: the same of images
    :ivar mixed: reads and writes at once, if that was wanted
    """

    kind: str
    facts: str
    sizes: list[int]
    filled: dict[int, float] = dataclasses.field(default_factory=dict)
    times: measure.Found = dataclasses.field(default_factory=dict)
    seen: dict[measure.Key, inside.Seen] = dataclasses.field(
        default_factory=dict)
    creates: list[load.Load] = dataclasses.field(default_factory=list)
    images: list[load.Load] = dataclasses.field(default_factory=list)
    mixed: load.Load | None = None
    seconds: float = 0.0

    def rate(self, loads: list[load.Load]) -> float:
        """Requests a second."""
        return (sum(len(one.of()) - len(one.errors) for one in loads)
                / (self.seconds * len(loads)))
