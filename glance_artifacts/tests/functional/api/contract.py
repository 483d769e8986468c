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

"""Has schemathesis hold a server to its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from schemathesis import config
from schemathesis import engine
from schemathesis.engine import events
from schemathesis import openapi
from schemathesis.specs.openapi.schemas import OpenApiSchema

#: What each answer is held to.
CHECKS = ('not_a_server_error', 'status_code_conformance',
          'content_type_conformance', 'response_headers_conformance',
          'response_schema_conformance', 'negative_data_rejection',
          'unsupported_method', 'allow_header_conformance')
#: For wrong data; what the request is held to first may not hold, either.
REFUSED = [400, 403, 404, 405, 409, 412, 413, 415, 416]


def load(root: str, seed: int, examples: int, token: str,
         operations: Iterable[dict[str, Any]] = ()) -> OpenApiSchema:
    """The document of a server, and how to try it out.

    :param root: the server's base URL
    :param examples: how many requests are made up for each operation, beside
        those that go through the values of its parameters one by one
    :param operations: settings of some operations, such as an id that exists
    """
    return openapi.from_url(
        root + '/v2/artifacts/openapi.json', headers={'X-Auth-Token': token},
        config=config.SchemathesisConfig.from_dict({
            'base-url': root, 'seed': seed, 'headers': {'X-Auth-Token': token},
            'request-timeout': 60, 'operations': list(operations),
            'continue-on-failure': True, 'warnings': False,
            'generation': {'max-examples': examples, 'database': 'none',
                           # the server of the tests takes any caller
                           'with-security-parameters': False},
            'phases': {'examples': {'enabled': False}},
            'checks': {
                'enabled': False,
                **{name: {'enabled': True} for name in CHECKS},
                'negative_data_rejection': {'expected-statuses': REFUSED}}}))


class Trial:
    """One run of all operations.

    :ivar statuses: what was answered, by the name of the operation
    :ivar problems: what was wrong, in words, each kind once an operation
    """

    def __init__(self, schema: OpenApiSchema) -> None:
        self.statuses: dict[str, list[int]] = {}
        self.problems: dict[tuple, str] = {}
        for event in engine.from_schema(schema).execute():
            if isinstance(event, events.NonFatalError | events.FatalError):
                self.problems[type(event), str(event.info)] = str(event.info)
            elif isinstance(event, events.ScenarioFinished):
                self._note(event.recorder)

    def _note(self, recorder: Any) -> None:
        for case, interaction in recorder.interactions.items():
            if interaction.response is not None:
                self.statuses.setdefault(_operation(recorder, case), []
                                         ).append(
                    interaction.response.status_code)
        for case, failure in _failures(recorder):
            self.problems.setdefault(
                (_operation(recorder, case), type(failure), failure.title),
                _in_words(failure, recorder.interactions.get(case)))


def _operation(recorder: Any, case: str) -> str:
    return recorder.cases[case].value.operation.label


def _failures(recorder: Any) -> Iterator[tuple[str, Any]]:
    for case, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                yield case, check.failure_info.failure


def _in_words(failure: Any, interaction: Any) -> str:
    words = ['%s: %s' % (failure.title, failure.message)]
    if interaction is not None:
        sent = interaction.request
        words.append('%s %s %r %r' % (sent.method, sent.uri, sent.headers,
                                      (sent.body or b'')[:1000]))
        if interaction.response is not None:
            words.append('%d %r' % (interaction.response.status_code,
                                    interaction.response.content[:1000]))
    return '\n'.join(words)
