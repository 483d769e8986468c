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

"""Objects found by their names, in stores that can be searched."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator
import dataclasses
import re

#: What may follow the name that a driver was given: Swift's keeps what it does
#: not send as one in pieces that it numbers.
PIECE = r'(?:-[0-9]{5,})?'


@dataclasses.dataclass(frozen=True)
class Object:
    """An object, a piece of one, or an upload to one that has not ended.

    :param name: the one that the driver was given, perhaps with a ``PIECE``
    :param age: in seconds, by the store's own clock
    :param delete: deletes it; that it is gone already is fine
    """

    name: str
    age: float
    delete: Callable[[], None]


class Search(abc.ABC):
    """Looks through a store; errors are those of its driver."""

    @abc.abstractmethod
    def objects(self, prefix: str) -> Iterator[Object]:
        """What has a name that begins so, little by little."""

    def named(self, name: str) -> list[Object]:
        """What has a name, its pieces included."""
        pattern = re.compile(re.escape(name) + PIECE)
        return [one for one in self.objects(name)
                if pattern.fullmatch(one.name)]
