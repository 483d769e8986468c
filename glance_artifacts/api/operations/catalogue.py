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

"""What the service offers."""

from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations.base import Answer
from glance_artifacts.api.operations.base import Operation

OPERATIONS = {
    ('GET', ''): Operation(
        'Show the catalogue',
        'Shows the types that this service offers, its pools and its limits.',
        (Answer(200, answers.OK.description, body='catalogue'),),
        samples={'catalogue-show': ''}),

    ('GET', '/openapi.json'): Operation(
        'Show the OpenAPI document',
        'Describes the whole API of this service in OpenAPI 3.1, with the '
        'fields of each type that it offers. The paths are those of the '
        'types, one by one.\n\nA type that is offered in several versions has '
        'paths of its own for each, with ``v{type_version}`` behind its name. '
        'The segment is taken in the paths of every type.',
        (Answer(200, answers.OK.description, body='openapi',
                headers=('ETag',)),
         Answer(304, '``If-None-Match`` names the document\'s ``ETag``: you '
                'have it.', variant='document', headers=('ETag',))),
        parameters=('If-None-Match',)),

    ('GET', '/usage'): Operation(
        'Show usage',
        'Shows what the project of the token uses of what is counted, what '
        'uploads under way have reserved, and how much there may be: in all, '
        'by type, and by pool. A limit of -1 is none. Images are not counted '
        'here.',
        (Answer(200, answers.OK.description, body='usage'),
         Answer(400, 'The token is for no project.', ('request.invalid',),
                'usage'), answers.NO_LIMITS),
        samples={'usage-show': ''}),

    ('GET', '/schemas'): Operation(
        'Show all schemas',
        'Shows the JSON Schema of each type, in its highest version.',
        (Answer(200, answers.OK.description, body='schemas'),),
        samples={'schemas-list': ''}),

    ('GET', '/schemas/all/member'): Operation(
        'Show the schema of a member',
        'Shows the JSON Schema of a project that an artifact is shared with.',
        (Answer(200, answers.OK.description, body='schema'),),
        samples={'schema-member': ''}),

    ('GET', '/schemas/all/members'): Operation(
        'Show the schema of members',
        'Shows the JSON Schema of the members of an artifact.',
        (Answer(200, answers.OK.description, body='schema'),),
        samples={'schema-members': ''}),

    ('GET', '/schemas/{type_name}'): Operation(
        'Show a schema',
        'Shows the JSON Schema of one type, in its highest version unless '
        'the path pins another. ``$id`` is the same for all of them.\n\n'
        '``x-glance-artifacts`` of each property holds what JSON Schema has '
        'no words for: the kind of the field, and whether lists are filtered '
        'or sorted by it. A property with ``readOnly`` is set by the server, '
        'or by the type itself.',
        (Answer(200, answers.OK.description, body='schema'),
         answers.NOT_OFFERED),
        samples={'schema-show': ''}),
}
