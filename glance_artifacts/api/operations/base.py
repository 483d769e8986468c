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

"""What is known of an operation besides how it works.

Texts are those of the API reference and of the OpenAPI document alike: words
between double backquotes are code in both.
"""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses

#: The schema of an answer that is neither JSON nor empty.
BYTES = 'bytes'


@dataclasses.dataclass(frozen=True)
class Answer:
    """One status that may be answered, and when.

    :param status: the HTTP status
    :param description: when it is answered
    :param codes: of an error, the stable codes that it may have
    :param variant: tells answers of one status apart
    :param body: the name of a schema of ``openapi.schemas``; None without a
        body. Errors have the one body that errors have.
    :param headers: the names of headers of ``parameters``
    """

    status: int
    description: str
    codes: tuple[str, ...] = ()
    variant: str = 'default'
    body: str | None = None
    headers: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        return self.status >= 400


@dataclasses.dataclass(frozen=True)
class Operation:
    """One method of one path, as its users know it.

    :param title: what it does, as a headline
    :param text: what it does, in paragraphs
    :param answers: those that not every operation has
    :param parameters: names in ``parameters``, those of the path left out
    :param request: by media type, the name of the schema of its body
    :param policy: which other policies are asked, and when
    :param request_sample: the name of a sample of the request
    :param samples: the names of samples of answers, each with what it shows
    :param folder: what it is where the field in the path is a folder; None
        where that is not answered
    """

    title: str
    text: str
    answers: tuple[Answer, ...]
    parameters: tuple[str, ...] = ()
    request: Mapping[str, str] = dataclasses.field(default_factory=dict)
    policy: str = ''
    request_sample: str = ''
    samples: Mapping[str, str] = dataclasses.field(default_factory=dict)
    folder: Operation | None = None


def policies(operation: Operation, name: str) -> str:
    """Which policies are asked.

    :param name: of the route's own
    """
    more = '; ' + operation.policy if operation.policy else ''
    return 'Policy: ``%s``%s.' % (name, more)
